import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestApp, type Ask, type TestApp } from "../../tests/support/test-app.ts";

let app: TestApp;
let ana: Ask;

beforeEach(async () => {
  app = await openTestApp();
  ana = await app.setUp();
});
afterEach(() => app.close());

const url = "/api/v1/accounts";
const smtp = {
  name: "Mail",
  channel: "email",
  provider: "smtp",
  settings: { host: "mail.example.org", user: "u", password: "s3cret-pass", from: "a@example.org" },
  limits: { perSecond: 5 },
};

function post(body: unknown) {
  return ana(url, { method: "POST", body });
}

test("an account is made, changed and removed, and its secret is never answered nor stored in the open", async () => {
  const made = await post(smtp);
  expect(made.statusCode).toBe(201);
  const account = made.json();
  expect(account).toMatchObject({
    settings: { host: "mail.example.org", port: 587, user: "u" },
    limits: { perSecond: 5, concurrency: 8 },
  });
  const changed = await ana(`${url}/${account.id}`, {
    method: "PATCH",
    body: { name: "Post", settings: { port: 465, secure: true } },
  });
  expect(changed.json()).toMatchObject({ name: "Post", rev: 2, settings: { port: 465 } });
  const all = [made.body, changed.body, (await ana(url)).body, ...app.lines].join();
  const [workspace] = await app.store.access.workspaces({});
  const stored = await app.store.delivery.account({
    workspace: workspace?.id ?? "",
    accountId: account.id,
  });
  expect(stored?.sealed).toMatch(/^v1\./);
  expect(`${all}${JSON.stringify(stored)}`).not.toContain("s3cret-pass");
  expect((await ana(`${url}/${account.id}`, { method: "DELETE" })).statusCode).toBe(204);
  expect((await ana(`${url}/${account.id}`)).statusCode).toBe(404);
});

test.each([
  ["an unknown setting", { settings: { ...smtp.settings, nonsense: 1 } }, "settings.nonsense"],
  ["a missing one", { settings: { from: "a@example.org" } }, "settings.host"],
  [
    "a header in the sender",
    { settings: { ...smtp.settings, from: "a@b.c\r\nBcc: x@y.z" } },
    "settings.from",
  ],
  ["a channel that it cannot carry", { channel: "sms" }, "channel"],
  ["an unknown provider", { provider: "pigeon" }, "provider"],
  ["a limit of nothing", { limits: { perSecond: 0 } }, "limits.perSecond"],
  ["no name", { name: " " }, "name"],
])("%s is refused with the field that it is about", async (_words, part, field) => {
  const answer = await post({ ...smtp, ...part });
  expect(answer.statusCode).toBe(422);
  expect(answer.json()).toMatchObject({ field });
});

test("trying an account tells in words whether it works, without an error", async () => {
  const good = (await post({ name: "S", channel: "sms", provider: "sandbox" })).json();
  const tested = await ana(`${url}/${good.id}/test`, { method: "POST", body: {} });
  expect(tested.json()).toMatchObject({ ok: true });
  const settings = { host: "127.0.0.1", port: 9, from: "a@example.org" };
  const bad = (await post({ ...smtp, settings })).json();
  const failed = await ana(`${url}/${bad.id}/test`, { method: "POST", body: {} });
  expect(failed.json()).toMatchObject({
    ok: false,
    detail: expect.stringContaining("127.0.0.1:9"),
  });
});

test("how long proof is waited for is as the provider says, until a person says otherwise, and again when they take it back", async () => {
  const made = (await post(smtp)).json();
  const usual = { resolveMinutes: 10, resolveBasis: "provider", receiptDelay: null };
  expect(made).toMatchObject({ onUnknown: "hold", ...usual });
  const one = `${url}/${made.id}`;
  await ana(one, { method: "PATCH", body: { resolveMinutes: 10 } });
  expect((await ana(one)).json()).toMatchObject({ resolveMinutes: 10, resolveBasis: "person" });
  await ana(one, { method: "PATCH", body: { resolveMinutes: 90 } });
  await ana(one, { method: "PATCH", body: { name: "Post" } });
  const chosen = { name: "Post", resolveMinutes: 90, resolveBasis: "person" };
  expect((await ana(one)).json()).toMatchObject(chosen);
  await ana(one, { method: "PATCH", body: { resolveMinutes: null } });
  expect((await ana(one)).json()).toMatchObject(usual);
  const none = await ana(one, { method: "PATCH", body: { resolveMinutes: 0 } });
  expect(none.statusCode).toBe(422);
  expect(none.json()).toMatchObject({ field: "resolveMinutes" });
});

test("only who may edit accounts does, and everybody who may read them sees them", async () => {
  await post(smtp);
  const manager = await app.person(ana, "manager");
  expect((await manager(url, { method: "POST", body: smtp })).statusCode).toBe(403);
  expect((await manager(url)).json().items).toHaveLength(1);
});

test("a webhook's address is seen whole by who may change accounts; everybody else sees its host", async () => {
  const settings = { url: "https://hooks.example.org/in/t0ken?key=hidden" };
  const made = await post({ name: "Hook", channel: "email", provider: "webhook", settings });
  const { id } = made.json<{ id: string }>();
  expect(made.json()).toMatchObject({ settings });
  expect((await ana(`${url}/${id}`)).json()).toMatchObject({ settings });
  const masked = { settings: { url: "https://hooks.example.org/…" } };
  const [workspace] = await app.store.access.workspaces({});
  const synced = await app.store.sync.list({ workspace: workspace?.id ?? "", kind: "account" });
  expect(synced).toMatchObject([{ summary: masked.settings }]);
  for (const role of ["field", "manager", "office"] as const) {
    const person = await app.person(ana, role);
    expect((await person(url)).json().items).toMatchObject([masked]);
    expect((await person(`${url}/${id}`)).json()).toMatchObject(masked);
  }
});

test("a receipt needs its account's signature", async () => {
  const settings = { url: "http://127.0.0.1:9/", secret: "hush" };
  const made = await post({ name: "Hook", channel: "email", provider: "webhook", settings });
  const { id } = made.json<{ id: string }>();
  const body = JSON.stringify({ key: "nobody", state: "delivered" });
  const seconds = Date.parse("2026-11-21T10:00:00Z") / 1_000;
  const send = (signature: string, to = id) =>
    app.nobody(`/api/v1/receipts/${to}`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", "fieldcast-signature": signature },
    });
  const hex = createHmac("sha256", "hush").update(`${seconds}.${body}`).digest("hex");
  const right = await send(`t=${seconds},v1=${hex}`);
  expect(right.json()).toEqual({ received: 1, applied: 0 });
  expect((await send(`t=${seconds + 400},v1=${hex}`)).statusCode).toBe(401);
  expect((await send(`t=${seconds},v1=${hex.toUpperCase()}`)).statusCode).toBe(401);
  expect((await send("")).statusCode).toBe(401);
  const nowhere = "00000000-0000-7000-8000-000000000099";
  expect((await send(`t=${seconds},v1=${hex}`, nowhere)).statusCode).toBe(404);
});
