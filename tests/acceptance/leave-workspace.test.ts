// S4 Workspace left: a person leaves by themselves, over REST.
import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deviceHeader, protocolVersion, schemaVersion } from "#protocol/version.ts";
import { openTestApp, password, type Ask, type TestApp } from "../support/test-app.ts";

let it: TestApp;
let ana: Ask;

beforeEach(async () => {
  it = await openTestApp();
  ana = await it.setUp();
});

afterEach(() => it.close());

const leave = (who: Ask, said: unknown = { password }) =>
  who("/api/v1/session/leave", { method: "POST", body: said });

test("[S44] S4 workspace left: who leaves is signed out everywhere, their devices hear of it, and the activity says so", async () => {
  const finn = await it.person(ana, "field");
  const client = randomUUIDv7();
  const feeds = { org: { from: 0 }, team: { from: 0 }, roll: { from: 0 } };
  const sender = { v: protocolVersion, schema: schemaVersion, client, instance: randomUUIDv7() };
  const body = { ...sender, epoch: null, ch: "c", feeds };
  expect((await finn("/sync/pull", { method: "POST", body })).statusCode).toBe(200);
  const { email, id } = (await finn("/api/v1/session")).json().user;

  expect((await leave(finn)).statusCode).toBe(204);
  expect((await finn("/api/v1/session")).statusCode).toBe(401);
  const signIn = { method: "POST", body: { email, password } } as const;
  expect((await it.nobody("/api/auth/sign-in/email", signIn)).statusCode).toBe(401);
  const headers = { [deviceHeader]: client };
  const late = await finn("/sync/push", { method: "POST", headers, body: {} });
  expect(late.json()).toMatchObject({ status: 410, type: "/docs/errors#revoked" });
  expect(late.json().detail).toContain("no longer in this workspace");

  const people = (await ana("/api/v1/members")).json().items;
  expect(people).toMatchObject([{ name: "Ana" }]);
  const { items } = (await ana("/api/v1/activity")).json();
  expect(items[0]).toMatchObject({ event: "member.left", detail: { name: "field" } });
  expect(items[0].by.id ?? items[0].by).toBe(id);
});

test("S4 workspace left: the last administrator cannot, and is told what to do first", async () => {
  const refused = await leave(ana);
  expect(refused.json()).toMatchObject({
    status: 409,
    type: "/docs/errors#last_admin",
    title: "The workspace needs an administrator",
    detail: "Make somebody else an administrator first.",
  });
  expect((await ana("/api/v1/members")).json().items).toMatchObject([{ name: "Ana" }]);
  await it.person(ana, "admin");
  expect((await leave(ana)).statusCode).toBe(204);
});

test("S4 workspace left: a device left open cannot be used for it, nor a key", async () => {
  const finn = await it.person(ana, "field");
  expect((await leave(finn, {})).json()).toMatchObject({ status: 422, field: "password" });
  const wrong = await leave(finn, { password: "not the password" });
  expect(wrong.json()).toMatchObject({ status: 401, field: "password" });
  for (let i = 0; i < 4; i += 1) await leave(finn, { password: "not the password" });
  expect((await leave(finn)).statusCode).toBe(429);
  expect((await finn("/api/v1/session")).statusCode).toBe(200);
  const made = await ana("/api/v1/keys", { method: "POST", body: { name: "k", role: "admin" } });
  const bearer = { authorization: `Bearer ${made.json().key}`, cookie: "" };
  const answer = await it.nobody("/api/v1/session/leave", {
    method: "POST",
    headers: bearer,
    body: { password },
  });
  expect(answer.json()).toMatchObject({ status: 403, detail: "An API key is revoked instead." });
});
