// The lease of what a device keeps: noted while somebody is in, judged before anything is shown.
import "fake-indexeddb/auto";
import { defaultAccessSettings } from "#domain/access/permission.ts";
import { emptyContent } from "#domain/campaign/campaign.ts";
import { dayMs, hourMs, minuteMs } from "#domain/core/time.ts";
import { problem } from "#protocol/error.ts";
import { protocolVersion } from "#protocol/version.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ClientDb, databaseName } from "../db/client-db.ts";
import type { KeptNote, NotePlace } from "../db/kept.ts";
import { loadLast, Registry, saveLast, type SignedIn } from "../db/registry.ts";
import { openSeal } from "../db/seal.ts";
import { createApi } from "./api.ts";
import { createSyncCore } from "./core.ts";
import { keepLease } from "./lease-keeper.ts";
import { judgeOthers, type Lock } from "./lease-lock.ts";
import { keptComparison } from "./lease-page.ts";
import { newId } from "./new-id.ts";
import { createSessionKeeper, type SessionStatus } from "./session-keeper.ts";

const begin = Date.UTC(2026, 10, 1);
const until = begin + 14 * dayMs;

let who: SignedIn;
let registry: Registry;
let db: ClientDb;
let wall: number;
let isOnline: boolean;
let notes: Map<string, KeptNote>;
let place: NotePlace;
/** What keepers ask the server meanwhile; nobody waits for it but the end of the test. */
let asking: Promise<void>[];
let told: { status: SessionStatus; lock: Lock | null; detail: string | null }[];

beforeEach(async () => {
  who = {
    user: { id: newId(), name: "Ana", email: "ana@example.org" },
    workspace: { id: newId(), name: "Acme" },
    role: "admin",
    access: defaultAccessSettings,
  };
  registry = new Registry(`registry-${newId()}`);
  db = new ClientDb(databaseName(who.workspace.id, who.user.id));
  wall = begin;
  isOnline = false;
  notes = new Map([[db.name, { keeping: newId(), unsent: 1, at: begin }]]);
  place = {
    read: (name) => notes.get(name) ?? null,
    write: (name, note) => void notes.set(name, note),
    remove: (name) => void notes.delete(name),
  };
  told = [];
  asking = [];
  await saveLast(registry, { signedIn: who, mustSignOut: false });
  await lease({});
});

afterEach(async () => {
  await Promise.all(asking);
  db.close();
  registry.close();
});

async function lease(how: { readonly offset?: number; readonly until?: number }): Promise<void> {
  const given = { until, seen: begin, offset: 0, ...how };
  await registry.lease.put({ database: db.name, user: who.user.id, name: "Ana", ...given });
}

const unreachable = async () =>
  ({ ok: false, error: { kind: "unreachable", retryAfterMs: null } }) as const;

/** One act that no server has heard of, and one sealed value of either kind. */
async function work() {
  const core = createSyncCore({
    db,
    transport: { push: unreachable, pull: unreachable },
    clock: { wall: () => wall, monotonic: () => wall },
    newId,
    actor: () => ({ user: who.user.id, role: "admin", access: defaultAccessSettings }),
  });
  const args = { id: newId(), type: "email", name: "Mine", content: emptyContent } as const;
  const more = { audienceId: null, accountId: null };
  const done = await core.write({ name: "campaign.create", args: { ...args, ...more } });
  expect(done.ok).toBe(true);
  return {
    cached: await openSeal(db, "cache").seal("a recipient"),
    typed: await openSeal(db, "work").seal("an address"),
  };
}

function ours(status: number, body: unknown): Response {
  const headers = { "fieldcast-protocol": String(protocolVersion) };
  return new Response(JSON.stringify(body), { status, headers });
}

/** The app is started anew. */
async function start() {
  told = [];
  const { user, workspace, role, access } = who;
  const answered = {
    setUp: true,
    user,
    workspace: { ...workspace, access, createdAt: "2026-11-21T12:00:00.000Z" },
    role,
    access,
  };
  const api = createApi({
    fetch: async (input) => {
      if (!isOnline) throw new TypeError("failed to fetch");
      const path = input instanceof Request ? input.url : String(input);
      return path.endsWith("/session") ? ours(200, answered) : ours(401, problem("gone"));
    },
    base: "",
    newId,
  });
  const keeper = createSessionKeeper({
    api,
    registry,
    place,
    wall: () => wall,
    onReady: async () => undefined,
    onNobody: async () => undefined,
    tell: (status, _who, trouble, lock) => {
      told.push({ status, lock: lock ?? null, detail: trouble?.detail ?? null });
    },
  });
  const refresh = keeper.refresh.bind(keeper);
  keeper.refresh = () => {
    const asked = refresh();
    asking.push(asked);
    return asked;
  };
  await keeper.open();
  return keeper;
}

const last = () => told.at(-1);

test("[S46] S4 survival: a lease that is over locks: unsent work is kept and counted, addresses are unreadable", async () => {
  const { cached, typed } = await work();
  wall = until - 1;
  await start();
  expect(last()).toMatchObject({ status: "ready" });
  wall = until;
  await start();
  expect(last()).toMatchObject({ status: "locked", lock: { why: "over", until, unsent: 1 } });
  expect(await openSeal(db, "cache").open(cached)).toBeUndefined();
  expect(await openSeal(db, "work").open(typed)).toBe("an address");
  expect(await db.outbox.count()).toBe(1);
});

test("[S46] S4 survival: a clock that is set back opens nothing that was locked", async () => {
  await work();
  wall = until + hourMs;
  await start();
  wall = begin + dayMs;
  const keeper = await start();
  expect(last()).toMatchObject({ status: "locked" });
  await keeper.judge();
  expect(last()).toMatchObject({ status: "locked", lock: { unsent: 1 } });
});

test("[S46] S4 survival: it opens again when the server answers, with everything unsent", async () => {
  await work();
  wall = until + 3 * dayMs;
  const keeper = await start();
  expect(last()).toMatchObject({ status: "locked" });
  isOnline = true;
  await keeper.judge();
  await expect.poll(() => last()?.status).toBe("ready");
  expect(await db.outbox.count()).toBe(1);
  wall += hourMs;
  isOnline = false;
  await start();
  expect(last()).toMatchObject({ status: "ready" });
});

test("[S46] S4 survival: a clock that is years off says so and costs nothing once it is right", async () => {
  const { cached } = await work();
  wall = begin + 3_650 * dayMs;
  const keeper = await start();
  expect(last()).toMatchObject({ status: "locked", lock: { why: "unsure", seen: begin, wall } });
  expect(await openSeal(db, "cache").open(cached)).toBe("a recipient");
  wall = begin + dayMs;
  await keeper.judge();
  expect(last()).toMatchObject({ status: "ready" });
  // Years behind, and it was so when it met the server, or was set right since.
  await lease({ offset: 2_000 * dayMs });
  for (const shown of [begin - 1_999 * dayMs, begin + dayMs]) {
    wall = shown;
    await start();
    expect(last()).toMatchObject({ status: "ready" });
  }
});

test("[S46] S4 survival: a week after its end everything is removed, and what was lost is said", async () => {
  await work();
  wall = until + 30 * dayMs;
  await start();
  // Found over for the first time: a clock may be wrong for a moment.
  expect(last()).toMatchObject({ status: "locked", lock: { unsent: 1, wipeAt: wall + dayMs } });
  wall += dayMs;
  await start();
  expect(last()).toMatchObject({
    status: "signed-out",
    detail: "Its data was removed. One change that had not been sent is lost.",
  });
  expect(await registry.lease.count()).toBe(0);
  expect(notes.size).toBe(0);
  expect(await loadLast(registry)).toEqual({ signedIn: null, mustSignOut: true });
  await db.open();
  expect(await db.outbox.count()).toBe(0);
});

test("[S46] S4 survival: what others left in this browser is locked and removed in its time too", async () => {
  const { cached } = await work();
  db.close();
  await judgeOthers("somebody else", { registry, place, wall: until });
  await db.open();
  expect(await openSeal(db, "cache").open(cached)).toBeUndefined();
  expect(await db.outbox.count()).toBe(1);
  db.close();
  await judgeOthers(db.name, { registry, place, wall: until + 7 * dayMs });
  expect(await registry.lease.count()).toBe(1);
  await judgeOthers(null, { registry, place, wall: until + 7 * dayMs });
  expect(await registry.lease.count()).toBe(0);
});

function aKeeper() {
  let monotonic = 0;
  const ended: string[] = [];
  const clock = { wall: () => wall, monotonic: () => monotonic };
  const { id, name } = who.user;
  const onOver = () => void ended.push("over");
  const deps = { registry, database: db.name, user: id, name, clock, onOver };
  const pass = (ms: number) => {
    wall += ms;
    monotonic += ms;
  };
  const noted = async () => {
    const known = await registry.lease.get(db.name);
    if (known === undefined) throw new Error("no lease is noted");
    return known;
  };
  return { keeper: keepLease(deps), pass, ended, noted };
}

test("[S46] S4 survival: each contact renews the lease, written once a minute", async () => {
  const { keeper, pass, noted } = aKeeper();
  keeper.renewed(begin + 14 * dayMs + 5, begin + 5);
  await expect.poll(async () => (await noted()).seen).toBe(begin + 5);
  pass(30_000);
  keeper.renewed(begin + 14 * dayMs + 30_000, begin + 30_000);
  pass(40_000);
  keeper.renewed(begin + 14 * dayMs + 70_000, begin + 70_000);
  await expect.poll(async () => (await noted()).seen).toBe(begin + 70_000);
  expect(await noted()).toMatchObject({ until: begin + 14 * dayMs + 70_000, name: "Ana" });
});

test("[S46] S4 survival: the time that passes without the server counts, however the clock is set", async () => {
  const { keeper, pass, ended, noted } = aKeeper();
  keeper.renewed(until, begin);
  pass(10 * dayMs);
  await keeper.look();
  expect((await noted()).seen).toBe(begin + 10 * dayMs);
  wall = begin;
  pass(3 * dayMs);
  await keeper.look();
  expect((await noted()).seen).toBe(begin + 13 * dayMs);
  wall = begin;
  expect(ended).toEqual([]);
  pass(dayMs + minuteMs);
  await keeper.look();
  await keeper.look();
  expect(ended).toEqual(["over"]);
});

test("[S49] what was compared is kept with its time, and follows a clock that is set back meanwhile", async () => {
  const { keeper, pass, noted } = aKeeper();
  wall = begin - 5_000;
  keeper.renewed(until, begin);
  await expect.poll(async () => (await noted()).comparedAt).toBe(begin);
  pass(2 * hourMs);
  await keeper.look();
  expect(await keptComparison(registry, db.name)).toEqual({
    offset: 5_000,
    comparedAt: begin,
    seen: begin + 2 * hourMs,
  });
  wall -= hourMs;
  pass(minuteMs);
  await keeper.look();
  expect(await noted()).toMatchObject({ offset: 5_000 + hourMs, comparedAt: begin });
});
