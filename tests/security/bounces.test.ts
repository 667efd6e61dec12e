// The endpoint that takes mails from outside: who may post to it, how much, and what a forged
// mail can do. Nobody has to be trusted for what a mail says: only a key that we made counts.
import { afterEach, beforeEach, expect, test } from "vitest";
import { sign } from "#server/receipts/signature.ts";
import { deliveryReport, feedbackReport } from "../support/delivery/returned-mail.ts";
import { openTestApp, type Ask, type TestApp } from "../support/test-app.ts";

const secret = "hush hush";
const settings = {
  host: "127.0.0.1",
  from: "news@example.org",
  bounceAddress: "bounces@back.example",
  bounces: "post",
  bounceSecret: secret,
};
const account = { name: "Mail", channel: "email", provider: "smtp", settings };
const key = "abcdefghijklmnopqrstuvwxyz234";

let server: TestApp;
let admin: Ask;
let accountId: string;

beforeEach(async () => {
  server = await openTestApp();
  admin = await server.setUp();
  const made = await admin("/api/v1/accounts", { method: "POST", body: account });
  accountId = String(made.json().id);
});

afterEach(() => server.close());

interface Post {
  readonly by?: string;
  readonly at?: number;
  readonly to?: string;
  readonly type?: string;
}

function post(
  mail: string,
  { by = secret, at = 0, to = accountId, type = "message/rfc822" }: Post = {},
) {
  const seconds = Date.parse("2026-11-21T10:00:00Z") / 1_000 + at;
  return server.nobody(`/api/v1/receipts/${to}/mail`, {
    method: "POST",
    body: mail,
    headers: { "content-type": type, "fieldcast-signature": sign(by, mail, seconds) },
  });
}

const counts = async () =>
  (await admin(`/api/v1/accounts/${accountId}/bounces`)).json<{ counts: object }>().counts;

test("only who has the account's secret may post, not long ago, and only mails", async () => {
  const mail = deliveryReport({ key });
  expect((await post(mail)).statusCode).toBe(200);
  expect((await post(mail, { by: "guessed" })).statusCode).toBe(401);
  expect((await post(mail, { by: "" })).statusCode).toBe(401);
  expect((await post(mail, { at: -400 })).statusCode).toBe(401);
  expect((await post(mail, { type: "application/json" })).statusCode).toBe(415);
  expect((await post(mail, { to: "00000000-0000-7000-8000-000000000099" })).statusCode).toBe(404);
  expect(await counts()).toEqual({ forged: 1 });
});

test("an account that has no secret of its own takes nothing under an empty one", async () => {
  const open = { ...account, settings: { ...settings, bounceSecret: "" } };
  const made = await admin("/api/v1/accounts", { method: "POST", body: open });
  expect(
    (await post("From: a@b.c\r\n\r\n", { by: "", to: String(made.json().id) })).statusCode,
  ).toBe(401);
});

test("a mail of more than a megabyte is refused", async () => {
  expect((await post(`From: a@b.c\r\n\r\n${"x".repeat(1024 * 1024)}`)).statusCode).toBe(413);
});

test("posts are counted against the limit of requests, unlike other receipts", async () => {
  const answer = await post("From: a@b.c\r\n\r\nHello");
  expect(answer.headers["x-ratelimit-limit"]).toBe("6000");
  const left = Number(answer.headers["x-ratelimit-remaining"]);
  const next = await post("From: a@b.c\r\n\r\nHello");
  expect(Number(next.headers["x-ratelimit-remaining"])).toBe(left - 1);
});

test("forged bounces and complaints change nothing and are counted", async () => {
  for (const mail of [deliveryReport({ key }), feedbackReport(key)]) {
    expect((await post(mail)).json()).toEqual({ kind: "forged" });
  }
  expect(await counts()).toEqual({ forged: 2 });
  expect((await admin("/api/v1/suppressions")).json().items).toEqual([]);
});

test("neither the mailbox's password nor the secret is ever answered", async () => {
  const imap = { imapHost: "127.0.0.1", imapUser: "bounces", imapPassword: "opensesame" };
  const body = { settings: { ...imap, bounces: "imap" } };
  const changed = await admin(`/api/v1/accounts/${accountId}`, { method: "PATCH", body });
  expect(changed.statusCode).toBe(200);
  const all = [changed.body, (await admin("/api/v1/accounts")).body, ...server.lines].join();
  expect(all).not.toContain("opensesame");
  expect(all).not.toContain(secret);
});

test.each([
  ["no address to come back to", { bounceAddress: "" }, "settings.bounceAddress"],
  ["an address with a plus", { bounceAddress: "a+b@c.example" }, "settings.bounceAddress"],
  [
    "an address that is too long",
    { bounceAddress: `${"a".repeat(31)}@c.example` },
    "settings.bounceAddress",
  ],
  ["no server", { bounces: "imap" }, "settings.imapHost"],
  ["no folder", { bounces: "maildir" }, "settings.maildir"],
  ["a folder outside", { bounces: "maildir", maildir: "../etc" }, "settings.maildir"],
  ["a folder of the machine", { bounces: "maildir", maildir: "/var/mail" }, "settings.maildir"],
])("%s is refused with its field", async (_, part, field) => {
  const body = { ...account, settings: { ...settings, ...part } };
  const answer = await admin("/api/v1/accounts", { method: "POST", body });
  expect([answer.statusCode, answer.json().field]).toEqual([422, field]);
});

test("without a folder opened by the operator no mail folder is read", async () => {
  const body = { settings: { bounces: "maildir", maildir: "bounces" } };
  await admin(`/api/v1/accounts/${accountId}`, { method: "PATCH", body });
  const tried = await admin(`/api/v1/accounts/${accountId}/bounces/test`, {
    method: "POST",
    body: {},
  });
  expect(tried.json()).toMatchObject({
    ok: false,
    detail: expect.stringContaining("MAILDIR_ROOT"),
  });
});
