import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestApp, type Ask, type TestApp } from "../../tests/support/test-app.ts";

let server: TestApp;
let admin: Ask;

beforeEach(async () => {
  server = await openTestApp();
  admin = await server.setUp();
});

afterEach(() => server.close());

async function aDeletedCampaign(ask: Ask): Promise<string> {
  const body = { name: "Spring", type: "sms", content: { text: "Hello" } };
  const { id } = (await ask("/api/v1/campaigns", { method: "POST", body })).json();
  const answer = await ask(`/api/v1/campaigns/${id}`, { method: "DELETE" });
  expect(answer.statusCode).toBe(204);
  return `/api/v1/campaigns/${id}`;
}

test("brings a deleted campaign back as it was, and tells so", async () => {
  const url = await aDeletedCampaign(admin);
  expect((await admin(`${url}/report`)).statusCode).toBe(404);
  const back = await admin(`${url}/restore`, { method: "POST" });
  expect(back.json()).toMatchObject({
    name: "Spring",
    phase: "draft",
    number: 1001,
    content: { text: "Hello" },
  });
  expect((await admin(url)).json()).toEqual(back.json());
  expect((await admin(`${url}/report`)).statusCode).toBe(200);
  const { items } = (await admin(`${url}/activity`)).json();
  expect(items.map(({ event }: { readonly event: string }) => event)).toEqual([
    "campaign.restore",
    "campaign.delete",
    "campaign.create",
  ]);
  const findings = await server.store.admin.doctor({});
  expect(findings).toEqual([]);
});

test("can be deleted and brought back again", async () => {
  const url = await aDeletedCampaign(admin);
  await admin(`${url}/restore`, { method: "POST" });
  await admin(url, { method: "DELETE" });
  expect((await admin(`${url}/restore`, { method: "POST" })).statusCode).toBe(200);
});

test("refuses what is not deleted, what never was, and what is another person's", async () => {
  const url = await aDeletedCampaign(admin);
  const field = await server.person(admin, "field");
  expect((await field(`${url}/restore`, { method: "POST" })).statusCode).toBe(403);
  await admin(`${url}/restore`, { method: "POST" });
  const twice = await admin(`${url}/restore`, { method: "POST" });
  expect(twice.json()).toMatchObject({ status: 409, type: "/docs/errors#exists" });
  const never = "/api/v1/campaigns/01900000-0000-7000-8000-000000000000/restore";
  expect((await admin(never, { method: "POST" })).statusCode).toBe(404);
});
