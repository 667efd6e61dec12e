import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  ana,
  askAs,
  cookiesOf,
  openTestApp,
  password,
  type TestApp,
} from "../../tests/support/test-app.ts";

let it: TestApp;

beforeEach(async () => {
  it = await openTestApp();
});

afterEach(() => it.close());

const signIn = (email: string, given = password) =>
  it.nobody("/api/auth/sign-in/email", { method: "POST", body: { email, password: given } });

describe("set-up", () => {
  test("an empty server says that it is not set up", async () => {
    const answer = await it.nobody("/api/v1/session");
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { setUp: false, user: null, workspace: null, role: null, access: null },
    ]);
  });

  test("makes the workspace and signs its administrator in", async () => {
    const admin = await it.setUp();
    expect((await admin("/api/v1/session")).json()).toMatchObject({
      setUp: true,
      user: { name: "Ana", email: "ana@example.com" },
      workspace: { name: "Acme", access: { fieldMaySend: false } },
      role: "admin",
    });
    expect(await it.store.admin.doctor({})).toEqual([]);
  });

  test("is possible once, also for two who try at the same moment", async () => {
    const tries = ["a@example.com", "b@example.com"].map((email) =>
      it.nobody("/api/v1/set-up", { method: "POST", body: { ...ana, email } }),
    );
    const statuses = (await Promise.all(tries)).map(({ statusCode }) => statusCode);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 409]);
    expect(await it.store.access.workspaces({})).toHaveLength(1);
    expect((await it.nobody("/api/v1/session")).statusCode).toBe(401);
  });

  test.each([
    [{ ...ana, password: "short" }, "password"],
    [{ ...ana, email: "ana" }, "email"],
    [{ ...ana, name: " " }, "name"],
    [{ ...ana, workspace: 7 }, "workspace"],
    [{ ...ana, role: "admin" }, "role"],
    [{ name: "Ana" }, "workspace"],
  ])("refuses %j with words about its field, and makes nothing", async (body, field) => {
    const answer = await it.nobody("/api/v1/set-up", { method: "POST", body });
    expect(answer.json()).toMatchObject({ status: 422, field });
    expect(await it.store.access.workspaces({})).toEqual([]);
  });
});

describe("sign-in", () => {
  test("gives a cookie that pages cannot read", async () => {
    await it.setUp();
    const answer = await signIn("Ana@Example.com");
    expect(answer.statusCode).toBe(200);
    const [cookie] = answer.cookies;
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
  });

  test("tells a wrong password and an unknown person in the same words", async () => {
    await it.setUp();
    const [wrong, unknown] = [
      await signIn(ana.email, "wrong password here"),
      await signIn("x@y.example"),
    ];
    expect(wrong.statusCode).toBe(401);
    const { requestId: _, ...words } = wrong.json();
    expect(unknown.json()).toMatchObject(words);
  });

  test("slows guessing down, for the person and for nobody else's password", async () => {
    await it.setUp();
    for (const _ of Array.from({ length: 10 })) {
      // One after the other, as a guesser's bucket empties.
      expect((await signIn(ana.email, "wrong password here")).statusCode).toBe(401);
    }
    const stopped = await signIn(ana.email);
    expect(stopped.statusCode).toBe(429);
    it.wait(Number(stopped.headers["retry-after"]) * 1_000);
    expect((await signIn(ana.email)).statusCode).toBe(200);
  });

  test("refuses another site's form", async () => {
    await it.setUp();
    const answer = await it.nobody("/api/auth/sign-in/email", {
      method: "POST",
      body: { email: ana.email, password },
      headers: { origin: "https://evil.example" },
    });
    expect(answer.json()).toMatchObject({ status: 403, type: "/docs/errors#bad_origin" });
  });
});

test("signing out ends the session at once, wherever its cookie is", async () => {
  const admin = await it.setUp();
  expect((await admin("/api/v1/session")).statusCode).toBe(200);
  expect((await admin("/api/auth/sign-out", { method: "POST" })).statusCode).toBe(204);
  expect((await admin("/api/v1/session")).statusCode).toBe(401);
});

test("a new password ends every session but the one that chose it", async () => {
  const first = await it.setUp();
  const second = askAs(it.app, cookiesOf(await signIn(ana.email)));
  const set = "another long password";
  const change = { method: "POST", body: { was: password, set } } as const;
  const answer = await second("/api/v1/session/password", change);
  expect(answer.statusCode).toBe(200);
  expect((await askAs(it.app, cookiesOf(answer))("/api/v1/session")).statusCode).toBe(200);
  expect((await first("/api/v1/session")).statusCode).toBe(401);
  expect((await signIn(ana.email)).statusCode).toBe(401);
});

describe("members", () => {
  test("what a person may do changes with their role, at once", async () => {
    const admin = await it.setUp();
    const manager = await it.person(admin, "manager");
    const members = (await manager("/api/v1/members")).json();
    expect(members.items.map(({ role }: { role: string }) => role).toSorted()).toEqual([
      "admin",
      "manager",
    ]);
    const id = members.items.find(({ role }: { role: string }) => role === "manager").id;
    expect((await manager("/api/v1/keys")).statusCode).toBe(403);
    await admin(`/api/v1/members/${id}`, { method: "PATCH", body: { role: "admin" } });
    expect((await manager("/api/v1/keys")).statusCode).toBe(200);
    expect(await it.store.admin.doctor({})).toEqual([]);
  });

  test("a removed person is signed out and can be added again", async () => {
    const admin = await it.setUp();
    const field = await it.person(admin, "field");
    const { user } = (await field("/api/v1/session")).json();
    expect((await admin(`/api/v1/members/${user.id}`, { method: "DELETE" })).statusCode).toBe(204);
    expect((await field("/api/v1/session")).statusCode).toBe(401);
    const again = { name: "Bo", email: user.email, role: "office", password };
    expect((await admin("/api/v1/members", { method: "POST", body: again })).statusCode).toBe(201);
    expect(await it.store.admin.doctor({})).toEqual([]);
  });

  test("the last administrator stays", async () => {
    const admin = await it.setUp();
    const { user } = (await admin("/api/v1/session")).json();
    const demoted = await admin(`/api/v1/members/${user.id}`, {
      method: "PATCH",
      body: { role: "field" },
    });
    const removed = await admin(`/api/v1/members/${user.id}`, { method: "DELETE" });
    expect([demoted.statusCode, removed.statusCode]).toEqual([409, 409]);
  });

  test("an address that somebody has is refused", async () => {
    const admin = await it.setUp();
    const body = { name: "Bo", email: "ANA@example.com", role: "office", password };
    const answer = await admin("/api/v1/members", { method: "POST", body });
    expect(answer.json()).toMatchObject({ status: 409, field: "email" });
  });
});

test("the workspace's settings change what field marketers may do", async () => {
  const admin = await it.setUp();
  const body = { name: "Acme North", access: { fieldMaySend: true } };
  const changed = await admin("/api/v1/workspace", { method: "PATCH", body });
  expect(changed.json()).toMatchObject(body);
  const field = await it.person(admin, "field");
  expect((await field("/api/v1/session")).json()).toMatchObject({
    workspace: { name: "Acme North" },
    access: { fieldMaySend: true },
  });
});

describe("API keys", () => {
  test("a key is shown once, works as its role, and ends when it is revoked", async () => {
    const admin = await it.setUp();
    const body = { name: "script", role: "manager" };
    const made = (await admin("/api/v1/keys", { method: "POST", body })).json();
    const script = askAs(it.app, { authorization: `Bearer ${made.key}` });
    expect((await script("/api/v1/members")).statusCode).toBe(200);
    expect((await script("/api/v1/keys")).statusCode).toBe(403);
    const listed = await admin("/api/v1/keys");
    expect(listed.body).not.toContain(made.key);
    expect(listed.json().items).toMatchObject([{ id: made.id, revokedAt: null }]);
    await admin(`/api/v1/keys/${made.id}`, { method: "DELETE" });
    expect((await script("/api/v1/members")).statusCode).toBe(401);
  });

  test("a repeat under the same Idempotency-Key makes no second key and shows none", async () => {
    const admin = await it.setUp();
    const asked = {
      method: "POST",
      body: { name: "script", role: "office" },
      headers: { "idempotency-key": "one" },
    } as const;
    const first = await admin("/api/v1/keys", asked);
    const again = await admin("/api/v1/keys", asked);
    expect([first.statusCode, again.statusCode]).toEqual([201, 409]);
    expect((await admin("/api/v1/keys")).json().items).toHaveLength(1);
  });

  test.each(["fc_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "x", ""])(
    "the key %j opens nothing",
    async (key) => {
      await it.setUp();
      const script = askAs(it.app, { authorization: `Bearer ${key}` });
      expect((await script("/api/v1/members")).statusCode).toBe(401);
    },
  );
});
