import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestApp, type Ask, type TestApp } from "../../tests/support/test-app.ts";

let it: TestApp;
let admin: Ask;

beforeEach(async () => {
  it = await openTestApp();
  admin = await it.setUp();
});

afterEach(() => it.close());

const post = (ask: Ask, url: string, body: unknown) => ask(url, { method: "POST", body });
const set = (ask: Ask, body: unknown) => ask("/api/v1/limits", { method: "PATCH", body });
const url = "/api/v1/suppressions";

test("a list of addresses is suppressed, and what is no address is named", async () => {
  const addresses = ["Ana@Shop.Example", "+351 210 000 001", "nonsense", "ana@shop.example"];
  const body = { addresses, reason: "complained", note: "told us by phone", source: "old system" };
  const answer = await post(admin, url, body);
  expect(answer.json()).toEqual({ added: 2, known: 0, invalid: ["nonsense"] });
  expect((await post(admin, url, body)).json()).toMatchObject({ added: 0, known: 2 });
  const { items, next, total } = (await admin(url)).json();
  expect([next, total]).toEqual([null, 2]);
  expect(items).toMatchObject([
    { kind: "phone", address: "+351210000001", reason: "complained" },
    { kind: "email", address: "ana@shop.example", note: "told us by phone", source: "old system" },
  ]);
});

test("pages follow each other, and a part of an address or a reason narrows them", async () => {
  const addresses = Array.from({ length: 25 }, (_, n) => `p${n + 10}@shop.example`);
  await post(admin, url, { addresses });
  const seen: string[] = [];
  let cursor = "";
  for (let pages = 0; pages < 3; pages++) {
    const page = (await admin(`${url}?limit=10${cursor}`)).json();
    seen.push(...page.items.map(({ address }: { address: string }) => address));
    cursor = `&cursor=${page.next}`;
  }
  expect(seen).toEqual(addresses);
  expect((await admin(`${url}?q=P12@`)).json()).toMatchObject({ total: 1 });
  expect((await admin(`${url}?reason=hard_bounce`)).json()).toMatchObject({ total: 0 });
});

test("an address is let go with a note, and its whole story is kept", async () => {
  const address = "ana@shop.example";
  await post(admin, url, { addresses: [address], until: "2026-12-01T00:00:00Z" });
  const removal = { address, note: "mailbox is back" };
  expect((await post(admin, `${url}/removals`, removal)).statusCode).toBe(200);
  expect((await post(admin, `${url}/removals`, removal)).statusCode).toBe(404);
  const { items } = (await admin(`${url}/log?address=${address}`)).json();
  expect(items).toMatchObject([{ act: "removed", note: "mailbox is back" }, { act: "added" }]);
  const activity = (await admin("/api/v1/activity")).json().items;
  const told = activity.map(({ event }: { event: string }) => event);
  expect(told).toEqual(expect.arrayContaining(["suppression.added", "suppression.removed"]));
  expect(JSON.stringify(activity)).not.toContain(address);
});

test("who may not see addresses sees them masked, and finds only whole ones", async () => {
  await post(admin, url, { addresses: ["ana@shop.example"] });
  const field = await it.person(admin, "field");
  expect((await field(url)).json().items).toMatchObject([{ address: "a•••@shop.example" }]);
  expect((await field(`${url}?q=ana`)).json()).toMatchObject({ total: 0 });
  expect((await field(`${url}?q=ana@shop.example`)).json()).toMatchObject({ total: 1 });
  expect((await post(field, url, { addresses: ["b@shop.example"] })).statusCode).toBe(403);
});

test.each([
  [{ addresses: [] }, "addresses"],
  [{ addresses: ["a@b.example"], reason: "unreachable_7" }, "reason"],
  [{ addresses: ["a@b.example"], until: "2020-01-01T00:00:00Z" }, "until"],
])("%j is refused with its field", async (body, field) => {
  const answer = await post(admin, url, body);
  expect([answer.statusCode, answer.json().field]).toEqual([422, field]);
});

test("AMB-14 caps and the rule are set by administrators, never below seven", async () => {
  const limits = {
    frequency: { email: { messages: 3, days: 7 }, sms: null },
    unreachable: { threshold: 9, isAutomatic: true },
  };
  expect((await admin("/api/v1/limits")).json()).toEqual({
    frequency: { email: null, sms: null },
    unreachable: { threshold: 7, isAutomatic: false },
  });
  expect((await set(admin, limits)).statusCode).toBe(200);
  expect((await admin("/api/v1/limits")).json()).toEqual(limits);
  const few = { ...limits, unreachable: { threshold: 6, isAutomatic: false } };
  const refused = await set(admin, few);
  expect([refused.statusCode, refused.json().field]).toEqual([422, "unreachable.threshold"]);
  const office = await it.person(admin, "office");
  expect((await set(office, limits)).statusCode).toBe(403);
});
