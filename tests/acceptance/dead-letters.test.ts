// What providers report that belongs to nothing, as the operator and the administrator see it.
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestApp, type Ask, type TestApp } from "../support/test-app.ts";

let server: TestApp;
let admin: Ask;
let receipts: string;

beforeEach(async () => {
  server = await openTestApp();
  admin = await server.setUp();
  const account = await admin("/api/v1/accounts", {
    method: "POST",
    body: {
      name: "Hook",
      channel: "email",
      provider: "webhook",
      settings: { url: "http://127.0.0.1:9/messages" },
    },
  });
  receipts = `/api/v1/receipts/${String(account.json().id)}`;
});

afterEach(() => server.close());

const list = async (who: Ask) => (await who("/api/v1/receipts/unmatched")).json();

test("unknown and malformed receipts are listed for who may change accounts, without addresses", async () => {
  const unknown = { key: "abc", state: "failed", code: "550", words: "no bo@example.org" };
  const taken = await server.nobody(receipts, { method: "POST", body: { receipts: [unknown] } });
  expect([taken.statusCode, taken.json()]).toEqual([200, { received: 1, applied: 0 }]);
  for (let again = 0; again < 2; again++) {
    const bad = await server.nobody(receipts, { method: "POST", body: { key: 5, state: "gone" } });
    expect(bad.statusCode).toBe(400);
  }
  const { items } = await list(admin);
  expect(items).toHaveLength(2);
  expect(items).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        key: "abc",
        said: "failed",
        why: "unknown_key",
        words: "550 no •••@•••",
        n: 1,
        retryAt: expect.any(String),
      }),
      expect.objectContaining({ why: "malformed", n: 2, retryAt: null }),
    ]),
  );
  const office = await server.person(admin, "office");
  expect((await office("/api/v1/receipts/unmatched")).statusCode).toBe(403);
  const metrics = await server.nobody("/metrics");
  expect(metrics.body).toContain('fieldcast_receipts_unmatched{kind="waiting"} 1');
  expect(metrics.body).toContain('fieldcast_receipts_unmatched{kind="given_up"} 1');
});

test("what was given up is tried again or discarded by who may change accounts, and stays counted", async () => {
  for (const key of ["abc", "def"]) {
    await server.nobody(receipts, { method: "POST", body: { key, state: "failed" } });
  }
  await server.nobody(receipts, { method: "POST", body: { key: "ghi", state: "teleported" } });
  const [workspace = { id: "" }] = await server.store.access.workspaces({});
  const { items, totals } = await list(admin);
  expect(totals).toEqual({ waiting: 2, givenUp: 1 });
  const named = (key: string) => {
    const found = items.find((each: { key: string }) => each.key === key);
    return { accountId: found.accountId, key, said: found.said };
  };
  await server.store.delivery.retriedUnmatched({
    workspace: workspace.id,
    ...named("abc"),
    outcome: "given up",
    retryAt: 0,
  });
  const decide = (who: Ask, act: string, ...keys: readonly string[]) =>
    who(`/api/v1/receipts/unmatched/${act}`, {
      method: "POST",
      body: { chosen: keys.map(named) },
    });
  const office = await server.person(admin, "office");
  expect((await decide(office, "discard", "abc")).statusCode).toBe(403);
  expect((await decide(admin, "retry", "abc", "ghi")).json()).toEqual({ changed: 1 });
  expect((await list(admin)).totals).toEqual({ waiting: 2, givenUp: 2 });
  expect((await decide(admin, "discard", "abc", "ghi")).json()).toEqual({ changed: 2 });
  const left = await list(admin);
  expect(left.items.map((each: { key: string }) => each.key)).toEqual(["def"]);
  expect(left.totals).toEqual({ waiting: 1, givenUp: 3 });
});
