import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { openPeople, type People } from "./people.ts";

const ana = { name: "Ana", email: "ana@example.com", password: "correct horse battery" };

function open(path = ":memory:"): Promise<People> {
  const publicUrl = "http://localhost:3000";
  return openPeople({ path, publicUrl, origins: [publicUrl], secret: "x1".repeat(20) });
}

function cookieOf(cookies: readonly string[]): Headers {
  return new Headers({ cookie: cookies.map((each) => each.split(";")[0]).join("; ") });
}

test("knows a person by the cookies that signing in gave, until they sign out", async () => {
  const people = await open();
  const created = await people.create(ana);
  const signedIn = await people.signIn("ANA@example.com", ana.password, new Headers());
  const cookies = signedIn?.cookies ?? [];
  expect(cookies.join()).toMatch(/HttpOnly.*SameSite=Lax/i);
  const headers = cookieOf(cookies);
  if (!created.ok) throw new Error(created.error);
  expect(await people.personOf(headers)).toMatchObject(created.value);
  await people.signOut(headers);
  expect(await people.personOf(headers)).toBe(null);
});

test("takes no wrong password and no unknown person", async () => {
  const people = await open();
  await people.create(ana);
  expect(await people.signIn(ana.email, "wrong horse battery", new Headers())).toBe(null);
  expect(await people.signIn("bo@example.com", ana.password, new Headers())).toBe(null);
});

test("makes one person of an address, in whatever case", async () => {
  const people = await open();
  await people.create(ana);
  expect(await people.create({ ...ana, email: "Ana@Example.com" })).toEqual({
    ok: false,
    error: "exists",
  });
});

test("a new password ends the sessions and the old password", async () => {
  const people = await open();
  await people.create(ana);
  const signedIn = await people.signIn(ana.email, ana.password, new Headers());
  await people.setPassword(signedIn?.person.id ?? "", "another long password");
  expect(await people.personOf(cookieOf(signedIn?.cookies ?? []))).toBe(null);
  expect(await people.signIn(ana.email, ana.password, new Headers())).toBe(null);
  expect(await people.signIn(ana.email, "another long password", new Headers())).not.toBe(null);
});

test("takes no cookie that it did not sign", async () => {
  const people = await open();
  await people.create(ana);
  const signedIn = await people.signIn(ana.email, ana.password, new Headers());
  const cookie = cookieOf(signedIn?.cookies ?? []).get("cookie") ?? "";
  expect(await people.personOf(new Headers({ cookie: cookie.slice(0, -8) + "AAAAAAA%3D" }))).toBe(
    null,
  );
});

test("removes a person with their sessions", async () => {
  const people = await open();
  await people.create(ana);
  const signedIn = await people.signIn(ana.email, ana.password, new Headers());
  await people.remove(signedIn?.person.id ?? "");
  expect(await people.byEmail(ana.email)).toBe(null);
  expect(await people.personOf(cookieOf(signedIn?.cookies ?? []))).toBe(null);
});

test("a file that cannot be written now is told as the store tells it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fieldcast-people-"));
  const people = await open(join(folder, "people.db"));
  await people.create(ana);
  const other = new DatabaseSync(join(folder, "people.db"));
  other.exec("begin immediate");
  await expect(people.signIn(ana.email, ana.password, new Headers())).rejects.toMatchObject({
    name: "StoreError",
    failure: "busy",
  });
  other.exec("rollback");
  other.close();
  people.close();
  rmSync(folder, { recursive: true });
});
