import "fake-indexeddb/auto";
import { defaultAccessSettings } from "#domain/access/permission.ts";
import { stateCodes, noCounts } from "#domain/message/state.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import * as v from "valibot";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { aCampaign, aSignUp, ana, anId } from "../../../tests/support/campaigns.ts";
import {
  dropUnreadable,
  loadPart,
  loadReport,
  partNames,
  savePart,
  touchReport,
} from "../db/blocks.ts";
import { loadActivity } from "../db/activity.ts";
import { ClientDb } from "../db/client-db.ts";
import { keepWithin, makeRoom, usualBudget } from "../db/room.ts";
import { openSeal } from "../db/seal.ts";
import { failure, type Api } from "./api.ts";
import { createSyncCore } from "./core.ts";
import { newId } from "./new-id.ts";
import { keptReports } from "../state/kept-reports.svelte.ts";
import { keepPins, look } from "./pin-keeper.ts";

const campaign = aCampaign({ phase: "completed" });

const of = (value: number) => [value, value];

/** A server with a report of `blocks` blocks of two rows; `cutAfter` parts the network goes. */
function aServer(blocks: number) {
  const fetched: string[] = [];
  const activities: string[] = [];
  const server = {
    activities,
    asOf: 1_000,
    ver: 1,
    erased: 0,
    cutAfter: Number.POSITIVE_INFINITY,
    fetched,
    api: null as Api | null,
  };
  const answer = (path: string): unknown => {
    const [, n, part] = /blocks\/(\d+)\/(\w+)/.exec(path) ?? [];
    if (n === undefined) {
      return {
        asOf: server.asOf,
        total: 2 * blocks,
        erased: server.erased,
        blocks: Array.from({ length: blocks }, (_, each) => ({
          n: each,
          rows: 2,
          // In the first block somebody is erased.
          staticHash: `s${each}-${each === 0 ? server.erased : 0}`,
          // Only the last block moves.
          dynamicHash: `d${each}-${each === blocks - 1 ? server.ver : 1}`,
        })),
      };
    }
    fetched.push(`${n}:${part}`);
    const first = 2 * Number(n) + 1;
    if (part === "static") {
      const [address, name] = n === "0" && server.erased > 0 ? ["", ""] : ["a@x.org", "A"];
      return { part, first, masked: false, address: [address, "b@x.org"], name: [name, "B"] };
    }
    return {
      part,
      first,
      state: of(stateCodes.delivered),
      at: of(server.ver),
      reason: of(0),
      attempts: of(1),
      segments: of(1),
    };
  };
  const api: Api = {
    request: async (schema, _method, path) => {
      if (path.includes("/blocks/") && fetched.length >= server.cutAfter) {
        return { ok: false, error: failure("unreachable") };
      }
      if (path.includes("/activity")) {
        activities.push(path);
        const at = new Date(server.asOf).toISOString();
        const line = { seq: activities.length, at, event: "launched", by: null, detail: {} };
        const items = [{ ...line, campaignId: campaign.id }];
        return { ok: true, value: v.parse(schema, { items, next: null }) };
      }
      return { ok: true, value: v.parse(schema, answer(path)) };
    },
  };
  return Object.assign(server, { api });
}

function aRollup(total: number, at: number): Rollup {
  const nothing = { total, states: noCounts, segments: noCounts, reasons: [], marks: {} };
  return { id: campaign.id, ...nothing, spanMs: 1, series: [], rate: 0, at };
}

let db: ClientDb;
beforeEach(async () => {
  db = new ClientDb(`fieldcast:${newId()}:${newId()}`);
  await db.open();
  await db.campaign.put({ id: campaign.id, doc: campaign, n: 0 });
});
afterEach(() => db.close());

async function pin(id = anId(0x500)): Promise<void> {
  const doc = { id, rev: 1, user: ana, campaignId: campaign.id, at: 1 };
  await db.pin.put({ id, doc, n: 0 });
}

function deps(server: ReturnType<typeof aServer>) {
  const { api } = server;
  return { db, api, now: () => 5_000, locks: undefined, estimate: async () => null, lookMs: 5 };
}

const signal = new AbortController().signal;

test("a pin that came from another device is fetched, sealed, and says how old it is", async () => {
  const server = aServer(3);
  await db.rollup.put({ id: campaign.id, doc: aRollup(6, 900), n: 0 });
  const stop = keepPins(deps(server));
  await pin();
  await vi.waitFor(async () =>
    expect(await loadReport(db, campaign.id)).toMatchObject({ isComplete: true, asOf: 1_000 }),
  );
  stop();
  expect(await partNames(db, campaign.id)).toHaveLength(6);
  const stored = await db.part.get([campaign.id, 0, "static"]);
  expect(stored?.packed).toBeNull();
  expect(new TextDecoder().decode(stored?.sealed?.bytes)).not.toContain("a@x.org");
  expect(await loadPart(db, campaign.id, { n: 0, part: "static" })).toMatchObject({
    address: "a@x.org\0b@x.org",
  });
});

test("after a cut connection only what is missing is fetched, and meanwhile it says how far it is", async () => {
  const server = aServer(4);
  await db.rollup.put({ id: campaign.id, doc: aRollup(8, 900), n: 0 });
  await pin();
  server.cutAfter = 3;
  await look(deps(server), signal);
  expect(await loadReport(db, campaign.id)).toMatchObject({ isComplete: false });
  expect(await partNames(db, campaign.id)).toHaveLength(3);
  server.cutAfter = Number.POSITIVE_INFINITY;
  await look(deps(server), signal);
  expect(await loadReport(db, campaign.id)).toMatchObject({ isComplete: true });
  expect(server.fetched).toHaveLength(8);
  expect(new Set(server.fetched).size).toBe(8);
});

test("of a report that moved only the moved parts are fetched, and the age is the old one until they are here", async () => {
  const server = aServer(3);
  await db.rollup.put({ id: campaign.id, doc: aRollup(6, 900), n: 0 });
  await pin();
  await look(deps(server), signal);
  server.fetched.length = 0;
  await look(deps(server), signal);
  expect(server.fetched).toEqual([]);

  Object.assign(server, { ver: 2, asOf: 60_000 });
  await db.rollup.put({ id: campaign.id, doc: aRollup(6, 50_000), n: 0 });
  server.cutAfter = 0;
  await look(deps(server), signal);
  expect(await loadReport(db, campaign.id)).toMatchObject({ isComplete: true, asOf: 1_000 });
  server.cutAfter = Number.POSITIVE_INFINITY;
  await look(deps(server), signal);
  expect(server.fetched).toEqual(["2:dynamic"]);
  expect(await loadReport(db, campaign.id)).toMatchObject({ asOf: 60_000 });
});

test("while it sends, moved parts come no more often than every 30 s", async () => {
  const server = aServer(1);
  const active = { ...campaign, phase: "active" } as const;
  await db.campaign.put({ id: campaign.id, doc: active, n: 0 });
  await db.rollup.put({ id: campaign.id, doc: aRollup(2, 900), n: 0 });
  await pin();
  await look(deps(server), signal);
  Object.assign(server, { ver: 2, asOf: 40_000 });
  for (const [at, times] of [
    [1_500, 2],
    [30_999, 2],
    [31_000, 3],
  ] as const) {
    await db.rollup.put({ id: campaign.id, doc: aRollup(2, at), n: 0 });
    await look(deps(server), signal);
    expect(server.fetched).toHaveLength(times);
  }
});

test("[S50] of a campaign that was deleted nothing is kept nor asked for, its pin says so, and it comes back with it", async () => {
  const server = aServer(2);
  await db.rollup.put({ id: campaign.id, doc: aRollup(4, 900), n: 0 });
  await pin();
  await look(deps(server), signal);
  expect(await keptReports(db)).toMatchObject([
    { name: campaign.name, recipients: 4, asOf: 1_000, parts: 4, allParts: 4, isComplete: true },
  ]);
  await db.campaign.delete(campaign.id);
  server.fetched.length = 0;
  await look(deps(server), signal);
  await look(deps(server), signal);
  expect([await db.report.count(), await db.part.count(), server.fetched]).toEqual([0, 0, []]);
  expect(await keptReports(db)).toMatchObject([{ name: null, asOf: null, parts: 0, bytes: 0 }]);
  await db.campaign.put({ id: campaign.id, doc: campaign, n: 0 });
  await look(deps(server), signal);
  expect(await keptReports(db)).toMatchObject([{ name: campaign.name, isComplete: true }]);
});

test("[S50] with a pinned report comes what happened to the campaign, anew when something did, and it goes with it", async () => {
  const server = aServer(1);
  await db.rollup.put({ id: campaign.id, doc: aRollup(2, 900), n: 0 });
  await pin();
  await look(deps(server), signal);
  expect(await loadActivity(db, campaign.id)).toMatchObject({ at: 5_000, entries: [{ key: "1" }] });
  await look(deps(server), signal);
  expect(server.activities).toHaveLength(1);

  // Somebody remarks on it: no counter moves.
  const doc = { ...campaign, rev: campaign.rev + 1, updatedAt: 50_000 };
  await db.campaign.put({ id: campaign.id, doc, n: 0 });
  const later = { ...deps(server), now: () => 60_000 };
  await look(later, signal);
  await look(later, signal);
  expect(server.activities).toHaveLength(2);
  expect(await loadActivity(db, campaign.id)).toMatchObject({ at: 60_000 });

  await db.campaign.delete(campaign.id);
  await look(later, signal);
  expect(await loadActivity(db, campaign.id)).toBeUndefined();
});

test("more recipients than the device may keep are not fetched", async () => {
  const server = aServer(1);
  await db.rollup.put({ id: campaign.id, doc: aRollup(1_000_001, 900), n: 0 });
  await pin();
  await look(deps(server), signal);
  expect(server.fetched).toEqual([]);
});

async function hasReport(id: string, usedAt: number, bytes: number): Promise<void> {
  await db.report.put({
    campaignId: id,
    asOf: 1,
    total: 2,
    blocks: [{ n: 0, rows: 2, staticHash: "s", dynamicHash: "d" }],
    bytes,
    usedAt,
    isComplete: true,
  });
  await savePart(db, {
    campaignId: id,
    n: 0,
    hash: "s",
    packed: { part: "static", first: 1, rows: 1, address: "a", name: "A" },
  });
}

async function reports(): Promise<string[]> {
  return (await db.report.toArray()).map(({ campaignId }) => campaignId).toSorted();
}

test("reports that nobody looked at for longest go first, pinned ones and the newest stay", async () => {
  await pin();
  await hasReport(campaign.id, 0, 60_000_000);
  const [old, middle, newest] = [anId(0x601), anId(0x602), anId(0x603)];
  await hasReport(old, 1, 30_000_000);
  await hasReport(middle, 2, 30_000_000);
  await hasReport(newest, 3, 30_000_000);
  expect(await keepWithin(db, usualBudget, null)).toEqual([old, middle]);
  expect(await reports()).toEqual([campaign.id, newest].toSorted());
  expect(await partNames(db, old)).toEqual([]);
  await hasReport(old, 1, 100);
  await touchReport(db, old, 9);
  const nearlyFull = { usage: 90, quota: 100 };
  expect(await keepWithin(db, usualBudget, nearlyFull)).toEqual([newest]);
});

test("a full disk: unpinned reports go, then staged pages, and what was typed stays", async () => {
  const core = createSyncCore({
    db,
    transport: {
      push: async () => ({ ok: false, error: { kind: "unreachable", retryAfterMs: null } }),
      pull: async () => ({ ok: false, error: { kind: "unreachable", retryAfterMs: null } }),
    },
    clock: { wall: Date.now, monotonic: Date.now },
    newId,
    actor: () => ({ user: ana, role: "admin", access: defaultAccessSettings }),
  });
  const typed = { name: "pin.add", args: { id: anId(0x500), campaignId: campaign.id } } as const;
  expect((await core.write(typed)).ok).toBe(true);
  await db.stage.put({ feed: "org", ver: 1, kind: "list", id: newId(), doc: null });
  await hasReport(campaign.id, 0, 10);
  await hasReport(anId(0x601), 1, 10);
  const put = db.part.put.bind(db.part);
  let refusals = 1;
  vi.spyOn(db.part, "put").mockImplementation((...args) => {
    if (refusals-- > 0) throw new DOMException("full", "QuotaExceededError");
    return put(...args);
  });
  const packed = { part: "static", first: 1, rows: 1, address: "b", name: "B" } as const;
  expect(await savePart(db, { campaignId: campaign.id, n: 0, hash: "s2", packed })).toBe(true);
  expect(await reports()).toEqual([campaign.id]);
  expect(await db.stage.count()).toBe(1);
  await makeRoom(db, null);
  expect(await db.stage.count()).toBe(0);
  expect(await db.outbox.count()).toBe(1);
  refusals = 2;
  expect(await savePart(db, { campaignId: campaign.id, n: 0, hash: "s3", packed })).toBe(false);
});

test("when the key is gone nothing of a report can be read, and it is fetched again", async () => {
  const server = aServer(1);
  await db.rollup.put({ id: campaign.id, doc: aRollup(2, 900), n: 0 });
  await pin();
  await look(deps(server), signal);
  await openSeal(db, "cache").shred();
  expect(await loadPart(db, campaign.id, { n: 0, part: "static" })).toBeNull();
  await dropUnreadable(db);
  expect(await reports()).toEqual([]);
  await look(deps(server), signal);
  expect(await loadPart(db, campaign.id, { n: 0, part: "static" })).not.toBeNull();
});

test("[S54] whoever was erased goes from a pinned report by the block that moved, and from another with all of it", async () => {
  const server = aServer(3);
  await db.rollup.put({ id: campaign.id, doc: aRollup(6, 900), n: 0 });
  await pin();
  await look(deps(server), signal);
  server.fetched.length = 0;
  Object.assign(server, { erased: 1 });
  const erased = { ...aRollup(6, 950), erased: 1 };
  await db.rollup.put({ id: campaign.id, doc: erased, n: 0 });
  await look(deps(server), signal);
  expect(server.fetched).toEqual(["0:static"]);
  expect(await loadPart(db, campaign.id, { n: 0, part: "static" })).toMatchObject({
    address: "\0b@x.org",
  });
  await look(deps(server), signal);
  expect(server.fetched).toHaveLength(1);

  await db.pin.clear();
  await db.rollup.put({ id: campaign.id, doc: { ...erased, erased: 2 }, n: 0 });
  await look(deps(server), signal);
  expect(await loadReport(db, campaign.id)).toBeUndefined();
  expect(await partNames(db, campaign.id)).toEqual([]);
});

test("[S54] of a person who signed up here and was erased nothing stays: not the row, not what was sealed, not what was sent", async () => {
  const [mine, other] = [
    aSignUp({ sealed: [newId()] }),
    aSignUp({ id: newId(), sealed: [newId()] }),
  ];
  const sealed = await openSeal(db, "work").seal({ email: "a@x.org" });
  for (const { id, sealed: names } of [mine, other]) {
    await db.sealed.bulkPut(names.map((name) => ({ id: name, sealed })));
    await db.signUp.put({ id, doc: id === mine.id ? mine : other, n: 0 });
  }
  const server = aServer(1);
  await look(deps(server), signal);
  expect(await db.signUp.count()).toBe(2);
  await db.erasedSignUp.put({ id: mine.id, doc: { id: mine.id, user: ana }, n: 0 });
  await look(deps(server), signal);
  expect(await db.signUp.toCollection().primaryKeys()).toEqual([other.id]);
  expect(await db.sealed.toCollection().primaryKeys()).toEqual(other.sealed);
});
