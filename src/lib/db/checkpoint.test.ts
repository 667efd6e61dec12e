import "fake-indexeddb/auto";
import { defaultAccessSettings } from "#domain/access/permission.ts";
import { dayMs } from "#domain/core/time.ts";
import type { Feed } from "#domain/sync/document.ts";
import type { FeedPage, Page } from "#protocol/down.ts";
import { afterEach, describe, expect, test } from "vitest";
import { aRollup } from "../../../tests/support/analytics.ts";
import { ana, anAudience, anId, noon } from "../../../tests/support/campaigns.ts";
import { receivePage, receiveReset, type PageOutcome } from "./checkpoint.ts";
import { ClientDb, type OutboxCommand, type OutboxState } from "./client-db.ts";
import { loadMeta } from "./sync-meta.ts";

const actor = { user: ana, role: "admin", access: defaultAccessSettings } as const;
const opened: ClientDb[] = [];
let made = 0;

function newId(): string {
  made += 1;
  return anId(0x9000 + made);
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((db) => db.delete()));
});

/** A device that hears pages of one feed, from a connection whose hello named `liveChain`. */
function aListener({ liveChain = null }: { readonly liveChain?: string | null } = {}) {
  const db = new ClientDb(`checkpoint-${newId()}`);
  opened.push(db);
  /** What the device takes for the server's time. */
  const clock = { now: noon };
  const context = () => ({ actor, now: clock.now, newId, liveChain });
  const meta = () => db.transaction("rw", db.meta, () => loadMeta(db, newId));
  return {
    db,
    meta,
    clock,
    /** `ch`: what the page was asked under; left out: the device's chain. `time`: when it was read. */
    hear: async (
      part: FeedPage,
      ch?: string,
      time = noon,
      feed: Feed = "org",
    ): Promise<PageOutcome> => {
      const page: Page = {
        t: "page",
        epoch: "one",
        ch: ch ?? (await meta()).ch,
        feeds: {},
        time,
      };
      return receivePage(db, { ...page, feeds: { [feed]: part } }, context());
    },
    reset: (feeds: Readonly<Partial<Record<Feed, { readonly h0: number }>>>, epoch = "one") =>
      receiveReset(db, { t: "reset", epoch, feeds, time: 0 }, context()),
    names: async () => (await db.audience.toArray()).map(({ doc }) => doc.name),
  };
}

/** Audiences that are named as their versions, from after `from` on. */
function aPart(from: number, to: number, more = false): FeedPage {
  const ver = Array.from({ length: to - from }, (_, i) => from + 1 + i);
  const doc = ver.map((n) => ({ ...anAudience({ id: anId(n), name: String(n) }) }));
  const rows = { ver, kind: ver.map(() => "audience" as const), id: ver.map(anId), doc };
  return { from, to, more, rows };
}

const point = (n: number, sent: number) => ({ at: n * 60_000, entered: { sent } });

/** Counters of one campaign, as a page of their feed has them. */
function counted(from: number, doc: FeedPage["rows"]["doc"][number]): FeedPage {
  const rows = { ver: [from + 1], kind: ["rollup" as const], id: [anId(7)], doc: [doc] };
  return { from, to: from + 1, more: false, rows };
}

function aCommand(mid: number, state: OutboxState): OutboxCommand {
  const args = { id: anId(0x800 + mid), name: "Kept", rule: { kind: "all" } } as const;
  const at = { wall: noon, offset: 0, offsetAge: 0 };
  const act = { name: "audience.create", args } as const;
  return { mid, uid: anId(0x700 + mid), act, v: 1, at, now: noon, mine: null, state, seqs: {} };
}

describe("a checkpoint", () => {
  test("[S17] a page of which more must follow is kept, and shown together with the last one", async () => {
    const { hear, names, meta } = aListener();
    expect(await hear(aPart(0, 2, true))).toBe("staged");
    expect([await names(), (await meta()).cursors.org]).toEqual([[], 0]);
    expect(await hear(aPart(2, 3), (await meta()).staging?.ch)).toBe("revealed");
    expect([await names(), (await meta()).cursors.org]).toEqual([["1", "2", "3"], 3]);
  });

  test("[S18] a page is taken only under the chain that it was asked with, which each checkpoint changes", async () => {
    const { hear, meta } = aListener();
    const { ch } = await meta();
    expect(await hear(aPart(0, 2), ch)).toBe("revealed");
    expect((await meta()).ch).not.toBe(ch);
    expect(await hear(aPart(2, 3), ch)).toBe("dropped");
    expect(await hear(aPart(2, 3))).toBe("revealed");
  });

  test("[S18] what was begun goes on under its own chain only", async () => {
    const { hear, meta } = aListener({ liveChain: "of the connection" });
    expect(await hear(aPart(0, 2, true), "of the connection")).toBe("staged");
    expect(await hear(aPart(2, 3))).toBe("dropped");
    expect(await hear(aPart(2, 3), (await meta()).staging?.ch)).toBe("revealed");
  });

  test("[S18] after a reset, what a connection was sent before it is not taken as the new beginning", async () => {
    const { hear, reset, names } = aListener({ liveChain: "of the connection" });
    expect(await hear(aPart(0, 3), "of the connection")).toBe("revealed");
    // Another tab was told to start again; a first page of before it had stood still on its way.
    await reset({ org: { h0: 3 } });
    expect(await hear(aPart(0, 1), "of the connection")).toBe("dropped");
    expect(await hear(aPart(0, 1, true), "of the connection")).toBe("dropped");
    expect(await names()).toEqual(["1", "2", "3"]);
    expect(await hear(aPart(0, 4))).toBe("revealed");
    expect(await hear(aPart(4, 5), "of the connection")).toBe("revealed");
  });

  test("[S19] holes, repeats and columns that do not match are dropped", async () => {
    const { hear, names } = aListener();
    expect(await hear(aPart(0, 2))).toBe("revealed");
    expect(await hear(aPart(3, 4))).toBe("dropped");
    expect(await hear(aPart(0, 2))).toBe("dropped");
    const ragged = aPart(2, 3);
    expect(await hear({ ...ragged, rows: { ...ragged.rows, id: [] } })).toBe("dropped");
    expect(await names()).toEqual(["1", "2"]);
  });

  test("[S21] what was sent is kept until a page was read a week later, however late pages come", async () => {
    const { hear, db, clock } = aListener();
    await db.outbox.bulkPut([aCommand(1, "accepted"), aCommand(2, "waiting")]);
    await hear(aPart(0, 1));
    expect(await db.sent.count()).toBe(1);
    // The tablet slept, and a page of before the sleep was still on its way into the app. The
    // server may have been restored meanwhile.
    clock.now = noon + 40 * dayMs;
    expect(await hear(aPart(1, 2), undefined, noon + dayMs)).toBe("revealed");
    expect(await db.sent.count()).toBe(1);
    expect(await hear(aPart(2, 3), undefined, noon + 7 * dayMs)).toBe("revealed");
    expect(await db.sent.count()).toBe(1);
    expect(await hear(aPart(3, 4), undefined, noon + 7 * dayMs + 1)).toBe("revealed");
    expect(await db.sent.count()).toBe(0);
  });

  test("[S22] a reset empties what was staged, and what is shown stays until the new base is whole", async () => {
    const { hear, reset, names, meta, db } = aListener();
    await hear(aPart(0, 3));
    await hear(aPart(3, 4, true));
    await reset({ org: { h0: 9 } });
    expect([await names(), await db.stage.count()]).toEqual([["1", "2", "3"], 0]);
    expect(await hear(aPart(0, 1, true))).toBe("staged");
    expect(await names()).toEqual(["1", "2", "3"]);
    // Since then 2 was removed, and its tombstone purged: the new base does not have it.
    const last = aPart(1, 3);
    const without = {
      ver: [3],
      kind: ["audience" as const],
      id: [anId(3)],
      doc: last.rows.doc.slice(1),
    };
    expect(await hear({ ...last, rows: without }, (await meta()).staging?.ch)).toBe("revealed");
    expect(await names()).toEqual(["1", "3"]);
  });

  test("[S51] counters that came without their whole become whole, to the letter", async () => {
    const { hear, db } = aListener();
    const first = aRollup({ id: anId(7), series: [point(0, 5), point(1, 3)] });
    await hear(counted(0, { ...first }), undefined, noon, "roll");
    const change = { id: anId(7), since: 1, rate: 9, series: [point(1, 4), point(2, 1)] };
    expect(await hear(counted(1, change), undefined, noon, "roll")).toBe("revealed");
    const whole = { ...first, rate: 9, series: [point(0, 5), point(1, 4), point(2, 1)] };
    const shown = (await db.rollup.get(anId(7)))?.doc;
    expect(JSON.stringify(shown)).toBe(JSON.stringify(whole));
  });

  test("[S51] a change of counters that this device does not have, or has otherwise, is dropped", async () => {
    const { hear, reset, meta, db } = aListener({ liveChain: "of the connection" });
    const change = { id: anId(7), since: 0, rate: 9 };
    expect(await hear(counted(0, change), undefined, noon, "roll")).toBe("dropped");
    const first = aRollup({ id: anId(7) });
    await hear(counted(0, { ...first }), undefined, noon, "roll");
    expect(await hear(counted(1, change), undefined, noon, "roll")).toBe("dropped");
    await reset({ roll: { h0: 2 } });
    expect(await hear(counted(0, change), (await meta()).ch, noon, "roll")).toBe("dropped");
    expect((await db.rollup.get(anId(7)))?.doc).toEqual(first);
  });
});
