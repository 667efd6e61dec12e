// What people write back comes in from outside: only who has the account's secret may say it.
import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sign } from "#server/receipts/signature.ts";
import { openTestApp, type Ask, type TestApp } from "../support/test-app.ts";

let it: TestApp;
let admin: Ask;
let url: string;
let seconds: number;
const phone = "+351210000001";

beforeEach(async () => {
  it = await openTestApp();
  admin = await it.setUp();
  seconds = Date.parse("2026-11-21T10:00:00Z") / 1_000;
  url = `/api/v1/inbound/${await anAccount({ secret: "s3cret-of-the-carrier" })}`;
  const yes = { channel: "sms", granted: true, at: "2026-11-01T10:00:00Z" };
  await admin("/api/v1/contacts", { method: "POST", body: { phone, consents: [yes] } });
});

afterEach(() => it.close());

async function anAccount(extra: object): Promise<string> {
  const settings = { url: "http://127.0.0.1:9/x", ...extra };
  const body = { name: "Carrier", channel: "sms", provider: "webhook", settings };
  return (await admin("/api/v1/accounts", { method: "POST", body })).json().id;
}

function say(body: unknown, { secret = "s3cret-of-the-carrier", at = seconds, to = url } = {}) {
  const payload = typeof body === "string" ? body : JSON.stringify(body);
  const headers = {
    "content-type": "application/json",
    "fieldcast-signature": sign(secret, payload, at),
  };
  return it.app.inject({ method: "POST", url: to, headers, payload });
}

async function consent(): Promise<unknown> {
  const [contact] = (await admin("/api/v1/contacts")).json().items;
  return contact.consents[0];
}

test("STOP withdraws consent with its source, START gives it again, other words do nothing", async () => {
  const thanks = await say({ from: phone, text: "Thanks a lot!" });
  expect(thanks.json()).toEqual({ received: 1, understood: 0 });
  expect(await consent()).toMatchObject({ granted: true });
  const stop = await say({ from: "+351 210 000 001", text: " Stop. " });
  expect(stop.json()).toEqual({ received: 1, understood: 1 });
  expect(await consent()).toMatchObject({ granted: false, source: "STOP reply" });
  it.wait(60_000);
  await say({ from: phone, text: "START" }, { at: seconds + 60 });
  expect(await consent()).toMatchObject({ granted: true, source: "START reply" });
});

test("a caught STOP that is played again does not undo a later START", async () => {
  const stop = { from: phone, text: "STOP" };
  await say(stop);
  it.wait(60_000);
  await say({ from: phone, text: "START" }, { at: seconds + 60 });
  for (let times = 0; times < 20; times++) await say(stop);
  expect(await consent()).toMatchObject({ granted: true, source: "START reply" });
  it.wait(10 * 60_000);
  expect((await say(stop)).statusCode).toBe(401);
});

test("nothing is taken without the right signature, or for an account without a secret", async () => {
  const stop = { from: phone, text: "STOP" };
  const open = `/api/v1/inbound/${await anAccount({})}`;
  const bare = { method: "POST", url, headers: {}, payload: stop } as const;
  const answers = [
    await say(stop, { secret: "wrong" }),
    await say(stop, { at: seconds - 3_600 }),
    await say(stop, { to: open, secret: "" }),
    await it.app.inject(bare),
    await it.app.inject({ ...bare, url: open }),
  ];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401, 401, 401]);
  const nobody = await say(stop, { to: `/api/v1/inbound/${randomUUIDv7()}` });
  expect(nobody.statusCode).toBe(404);
  expect(await consent()).toMatchObject({ granted: true });
});

test.each([
  ["no JSON", "{"],
  ["no sender", { text: "STOP" }],
  ["a sender that is no number", { from: "nobody", text: "STOP" }],
  ["too many at once", { messages: Array.from({ length: 1_001 }, () => ({ from: phone })) }],
])("%s is refused and changes nothing", async (_, body) => {
  expect((await say(body)).statusCode).toBe(400);
  expect(await consent()).toMatchObject({ granted: true });
});

test("who is no contact is remembered all the same, and a complaint suppresses for good", async () => {
  const stranger = "+351210000009";
  await say({
    messages: [
      { from: stranger, text: "UNSUBSCRIBE" },
      { from: phone, event: "complaint" },
    ],
  });
  const { items } = (await admin("/api/v1/suppressions")).json();
  expect(items).toMatchObject([
    { address: phone, reason: "complained", source: "complaint" },
    { address: stranger, reason: "unsubscribed", source: "STOP reply" },
  ]);
  it.wait(60_000);
  await say(
    {
      messages: [
        { from: stranger, text: "START" },
        { from: phone, text: "START" },
      ],
    },
    { at: seconds + 60 },
  );
  const left = (await admin("/api/v1/suppressions")).json().items;
  expect(left).toMatchObject([{ address: phone, reason: "complained" }]);
});

test("another workspace's secret says nothing here", async () => {
  const foreign = randomUUIDv7();
  await say({ from: phone, text: "STOP" }, { to: `/api/v1/inbound/${foreign}` });
  expect(await consent()).toMatchObject({ granted: true });
});

test("S4-D3 nobody of the workspace lifts an opt-out that a person made by STOP; they do themselves", async () => {
  const [contact] = (await admin("/api/v1/contacts")).json().items;
  await say({ from: phone, text: "STOP" });
  it.wait(60_000);
  const yes = { channel: "sms", granted: true };
  const left = { granted: false, source: "STOP reply" };

  const noted = await admin(`/api/v1/contacts/${contact.id}/consents`, {
    method: "POST",
    body: yes,
  });
  expect(noted.statusCode).toBe(409);
  expect(noted.json()).toMatchObject({
    type: "/docs/errors#opted_out",
    title: "They unsubscribed by themselves",
  });
  expect(await consent()).toMatchObject(left);

  const csv = `phone,sms_consent\n${phone},yes\n`;
  const headers = { "content-type": "text/csv" };
  const started = await admin("/api/v1/contacts/import", { method: "POST", body: csv, headers });
  const job = `/api/v1/imports/${started.json().id}`;
  await expect
    .poll(async () => (await admin(job)).json(), { timeout: 10_000 })
    .toMatchObject({ state: "done", updated: 1 });
  expect(await consent()).toMatchObject(left);

  // Another contact with the same number, added by hand.
  const other = { email: "other@example.org", phone, consents: [yes] };
  const added = await admin("/api/v1/contacts", { method: "POST", body: other });
  expect(added.statusCode).toBe(201);
  expect(added.json().consents).toEqual([]);

  it.wait(60_000);
  await say({ from: phone, text: "START" }, { at: seconds + 200 });
  expect(await consent()).toMatchObject({ granted: true, source: "START reply" });
});
