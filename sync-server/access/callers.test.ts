import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openInlineStore } from "../store/sqlite/inline.ts";
import { StoreError, type Store } from "../store/store.ts";
import { hashApiKey, newApiKey } from "./api-key.ts";
import { createCallers, type Callers } from "./callers.ts";
import { openPeople, type People } from "./people.ts";
import { createWorkspace } from "./workspace.ts";

const password = "correct horse battery";
const publicUrl = "https://app.example";

let store: Store;
let people: People;
let callers: Callers;
let now: number;
let lookUps: number;

beforeEach(async () => {
  now = Date.now();
  lookUps = 0;
  const clock = (): number => now;
  store = openInlineStore(":memory:");
  people = await openPeople({
    path: ":memory:",
    publicUrl,
    origins: [publicUrl],
    secret: "b1946ac92492d2347c6235b4d2611184",
  });
  const ana = { workspace: "Acme", name: "Ana", email: "ana@example.com", password };
  await createWorkspace({ people, store, clock }, { ...ana, onlyFirst: true });
  const counted: Pick<People, "personOf"> = {
    personOf: (from) => {
      lookUps += 1;
      return people.personOf(from);
    },
  };
  callers = createCallers({ people: counted, store, clock });
});

afterEach(async () => {
  callers.stop();
  people.close();
  await store.close();
});

async function signedInCookie(): Promise<string> {
  const signedIn = await people.signIn("ana@example.com", password, new Headers());
  return (signedIn?.cookies ?? []).map((each) => each.split(";")[0]).join("; ");
}

test("knows a session on https by its cookie that is for https alone", async () => {
  const cookie = await signedInCookie();
  expect(cookie).toContain("__Secure-fieldcast.session_token=");
  const headers = { cookie: `theme=dark; ${cookie}` };
  expect(await callers.callerOf(headers)).toMatchObject({ name: "Ana", role: "admin" });
});

test("looks a session up once in a while, and again after it was told to forget", async () => {
  const cookie = await signedInCookie();
  await callers.callerOf({ cookie });
  await callers.callerOf({ cookie });
  expect(lookUps).toBe(1);
  callers.forget();
  await callers.callerOf({ cookie });
  expect(lookUps).toBe(2);
  now += 10_001;
  await callers.callerOf({ cookie });
  expect(lookUps).toBe(3);
});

test("a new role counts from the next request", async () => {
  const cookie = await signedInCookie();
  const caller = await callers.callerOf({ cookie });
  const { workspace = "", user = "" } = caller ?? {};
  const bo = { workspace, user: randomUUIDv7(), name: "Bo", email: "bo@x.example" };
  await store.access.addMember({ membership: { ...bo, role: "admin" }, by: user, now });
  await store.access.setRole({ workspace, user, role: "field", by: bo.user, now });
  expect(await callers.callerOf({ cookie })).toMatchObject({ role: "field" });
});

test("an Authorization header is taken at its word: a bad key never falls back to the cookie", async () => {
  const cookie = await signedInCookie();
  const [workspace] = await store.access.workspaces({});
  const key = newApiKey();
  const facts = { id: randomUUIDv7(), workspace: workspace?.id ?? "", name: "script" };
  const times = { createdAt: now, lastUsedAt: null, revokedAt: null };
  await store.access.addKey({
    key: { ...facts, role: "office", ...times },
    hash: hashApiKey(key),
    by: "",
  });
  const good = await callers.callerOf({ cookie, authorization: `Bearer ${key}` });
  expect(good).toMatchObject({ user: facts.id, role: "office", viaKey: true });
  // Screens name who made what: the key is known to them by its name.
  const known = await store.sync.list({ workspace: facts.workspace, kind: "member" });
  expect(known.find(({ id }) => id === facts.id)).toMatchObject({ name: facts.name, isKey: true });
  const bad = `Bearer ${key.slice(0, -1)}`;
  expect(await callers.callerOf({ cookie, authorization: bad })).toBe(null);
  expect(await callers.callerOf({ cookie, authorization: "Basic YTpi" })).toBe(null);
});

test("a key is good while the disk is full and nobody can note that it was used", async () => {
  const [workspace] = await store.access.workspaces({});
  const key = newApiKey();
  const facts = { id: randomUUIDv7(), workspace: workspace?.id ?? "", name: "script" };
  const times = { createdAt: now, lastUsedAt: null, revokedAt: null };
  const made = { ...facts, role: "office", ...times } as const;
  await store.access.addKey({ key: made, hash: hashApiKey(key), by: "" });
  const full = {
    ...store,
    access: {
      ...store.access,
      useKey: () => Promise.reject(new StoreError("full", "there is no room")),
    },
  };
  const others = createCallers({ people, store: full, clock: () => now });
  expect(await others.callerOf({ authorization: `Bearer ${key}` })).toMatchObject({
    user: facts.id,
  });
  expect(await others.callerOf({ authorization: `Bearer ${newApiKey()}` })).toBe(null);
  others.stop();
});
