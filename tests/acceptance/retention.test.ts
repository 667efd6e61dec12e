// What is kept, and for how long, asked over REST of the real app after the clock went on.
import { afterAll, beforeAll, expect, test } from "vitest";
import { dayMs } from "#domain/core/time.ts";
import { tidy } from "#server/operator/tidy.ts";
import { openTestApp, type Ask, type TestApp } from "../support/test-app.ts";

let app: TestApp;
let admin: Ask;
const started = Date.parse("2026-11-21T10:00:00Z");

beforeAll(async () => {
  app = await openTestApp();
  admin = await app.setUp();
});

afterAll(() => app.close());

async function itemsOf(url: string): Promise<readonly unknown[]> {
  const answer = await admin(url);
  expect(answer.statusCode).toBe(200);
  const page: { readonly items: readonly unknown[] } = answer.json();
  return page.items;
}

test("S0-D8 attempts to use a code outlast 30 days and the activity outlasts twelve months, whatever is tidied up", async () => {
  const body = { name: "Summer" };
  const pool = (await admin("/api/v1/code-pools", { method: "POST", body })).json();
  const url = `/api/v1/code-pools/${pool.id}`;
  const headers = { "content-type": "text/csv" };
  await admin(`${url}/import`, { method: "POST", body: "SUMMER-AB12", headers });
  const use = (key: string) =>
    admin(`${url}/redemptions`, { method: "POST", body: { code: "SUMMER-AB12", key } });
  expect((await use("till 1")).statusCode).toBe(200);
  expect((await use("till 2")).statusCode).toBe(409);
  const campaign = { name: "Summer", type: "sms", content: { subject: "", text: "Hello" } };
  await admin("/api/v1/campaigns", { method: "POST", body: campaign });
  const lists = ["/api/v1/redemptions", "/api/v1/redemptions?result=refused", "/api/v1/activity"];
  const before = await Promise.all(lists.map(itemsOf));
  expect(before.map(({ length }) => length)).toEqual([2, 1, 1]);
  for (const days of [31, 190, 400]) {
    app.wait(days * dayMs);
    await tidy(app.store, started + 1_000 * dayMs);
    expect(await Promise.all(lists.map(itemsOf))).toEqual(before);
  }
});
