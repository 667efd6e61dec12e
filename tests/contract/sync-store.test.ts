// What every store promises about documents, feeds and verdicts, held against each way of running it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { List } from "#domain/sync/document.ts";
import type { Write } from "#domain/sync/decision.ts";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import { openThreadedStore } from "#server/store/sqlite/threaded.ts";
import { StoreError, type Moved, type Store } from "#server/store/store.ts";
import type { CommitCommand } from "#server/store/sync-store.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const now = Date.UTC(2026, 5, 1);

const ways = {
  "in line": async (file: string) => openInlineStore(file),
  "in threads": async (file: string) => openThreadedStore(file),
} as const;

function aList(id: string, over: Partial<List> = {}): List {
  return { id, rev: 1, name: `List ${id}`, count: 0, createdAt: now, ...over };
}

function put(id: string, over: Partial<List> = {}): Write {
  return { kind: "list", id, doc: aList(id, over) };
}

function aCommand(mid: number, over: Partial<CommitCommand> = {}): CommitCommand {
  return {
    workspace: "w1",
    origin: {
      client: "c1",
      mid,
      uid: `u${mid}`,
      user: "ana",
      instance: "i1",
      schema: 1,
      subject: ["list", `l${mid}`],
    },
    expect: [],
    writes: [put(`l${mid}`)],
    verdict: { mid, outcome: "ok", refusal: null, lost: [] },
    activity: null,
    now,
    ...over,
  };
}

describe.each(Object.entries(ways))("a store %s", (_, openFile) => {
  const open = (folder: string) => openFile(join(folder, "fieldcast.sqlite"));
  let folder: string;
  let store: Store;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "fieldcast-store-"));
    store = await open(folder);
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const commit = (writes: readonly Write[], workspace = "w1") =>
    store.sync.commitWrites({ workspace, expect: [], writes, activity: null, now });
  const page = async (from: number, maxRows = 100) => {
    const pages = await store.sync.pages({
      workspace: "w1",
      user: "u1",
      from: { org: from },
      maxRows,
      maxBytes: 1_000_000,
    });
    const { org } = pages;
    if (org === undefined) throw new Error("no page");
    return org;
  };

  test("[S14] versions of a feed have no gaps, however many write at once", async () => {
    await Promise.all(
      Array.from({ length: 300 }, (_each, n) => commit([put(`a${n}`), put(`b${n}`)])),
    );
    const { rows, to, more } = await page(0, 1_000);
    expect(rows.ver).toEqual(Array.from({ length: 600 }, (_each, n) => n + 1));
    expect({ to, more }).toEqual({ to: 600, more: false });
  });

  test("a document that changes again leaves its old place in the feed", async () => {
    await commit([put("x"), put("y")]);
    await commit([put("x", { name: "New" })]);
    const { rows, to } = await page(0);
    expect(rows.id).toEqual(["y", "x"]);
    expect(rows.ver).toEqual([2, 3]);
    expect(to).toBe(3);
  });

  test("a page says that more follows, and where to go on", async () => {
    await commit([put("a"), put("b"), put("c")]);
    const first = await page(0, 2);
    expect({ ids: first.rows.id, to: first.to, more: first.more }).toEqual({
      ids: ["a", "b"],
      to: 2,
      more: true,
    });
    expect((await page(first.to, 2)).rows.id).toEqual(["c"]);
  });

  test("one workspace never sees another's rows", async () => {
    await commit([put("mine")], "w1");
    await commit([put("theirs")], "w2");
    expect((await page(0)).rows.id).toEqual(["mine"]);
    expect(await store.sync.read({ workspace: "w1", keys: [["list", "theirs"]] })).toEqual([]);
  });

  test("what is a person's own is in their feed alone, its removal too", async () => {
    const mine = { id: "p1", rev: 1, user: "ana", campaignId: "c1", at: now };
    const heard: Moved[] = [];
    const leave = store.onMove((moved) => heard.push(...moved));
    await commit([{ kind: "pin", id: "p1", doc: mine }]);
    await commit([{ kind: "pin", id: "p2", doc: { ...mine, id: "p2", user: "ben" } }]);
    await commit([{ kind: "pin", id: "p1", doc: null }]);
    leave();
    const own = async (user: string) => {
      const from = { org: 0, user: 0 };
      const limits = { maxRows: 100, maxBytes: 1_000_000 };
      const pages = await store.sync.pages({ workspace: "w1", user, from, ...limits });
      return { to: pages.user?.to, id: pages.user?.rows.id, others: pages.org?.rows.id };
    };
    expect(await own("ana")).toEqual({ to: 2, id: ["p1"], others: [] });
    expect(await own("ben")).toEqual({ to: 1, id: ["p2"], others: [] });
    expect(heard.map(({ feed, user }) => [feed, user])).toEqual([
      ["user", "ana"],
      ["user", "ben"],
      ["user", "ana"],
    ]);
  });

  test("a removal is a tombstone in the feed until it is purged, and the floor tells of it", async () => {
    await commit([put("x"), put("y")]);
    await commit([{ kind: "list", id: "x", doc: null }]);
    expect((await page(0)).rows.doc.at(-1)).toBeNull();
    expect(await store.sync.read({ workspace: "w1", keys: [["list", "x"]] })).toEqual([]);
    expect(await store.sync.purge({ before: now + 1 })).toBe(1);
    const heads = await store.sync.heads({ workspace: "w1", user: "u1", feeds: ["org"] });
    expect(heads["org"]).toEqual({ head: 3, floor: 3 });
  });

  test("a command is done once: asked again, it answers the stored verdict", async () => {
    const first = await store.sync.commitCommand(aCommand(1));
    const again = await store.sync.commitCommand(aCommand(1, { writes: [put("other")] }));
    expect(first).toMatchObject({ outcome: "committed", verdict: { mid: 1, seqs: { org: 1 } } });
    expect(again).toEqual({ ...first, outcome: "known" });
    expect((await page(0)).rows.id).toEqual(["l1"]);
    expect(await store.sync.lastMid({ workspace: "w1", client: "c1" })).toBe(1);
  });

  test("a command out of turn is not done, and the answer says which is next", async () => {
    expect(await store.sync.commitCommand(aCommand(2))).toEqual({ outcome: "gap", expected: 1 });
    expect((await page(0)).rows.id).toEqual([]);
  });

  test("the same uid under another client has one effect", async () => {
    await store.sync.commitCommand(aCommand(1));
    const { origin } = aCommand(1);
    const cloned = await store.sync.commitCommand(
      aCommand(1, { origin: { ...origin, client: "c2" }, writes: [put("doubled")] }),
    );
    expect(cloned).toMatchObject({ outcome: "known", verdict: { mid: 1, outcome: "ok" } });
    expect((await page(0)).rows.id).toEqual(["l1"]);
    expect(await store.sync.lastMid({ workspace: "w1", client: "c2" })).toBe(1);
  });

  test("a document that moved on since it was read is a conflict, and nothing is kept", async () => {
    await commit([put("x", { rev: 2 })]);
    const stale = { key: ["list", "x"] as const, rev: 1 };
    const outcome = await store.sync.commitCommand(aCommand(1, { expect: [stale] }));
    expect(outcome).toEqual({ outcome: "conflict" });
    expect(await store.sync.lastMid({ workspace: "w1", client: "c1" })).toBe(0);
    expect(await commitExpecting([{ key: ["list", "none"], rev: null }])).toBe("committed");
    expect(await commitExpecting([{ key: ["list", "x"], rev: null }])).toBe("conflict");
  });

  const commitExpecting = (expected: CommitCommand["expect"]) =>
    store.sync.commitWrites({ workspace: "w1", expect: expected, writes: [], activity: null, now });

  test("a call that fails leaves those that share its commit alone", async () => {
    const broken: Write = {
      kind: "list",
      id: "broken",
      // A revision that is no number stands for any defect in one call.
      doc: aList("broken", { rev: Number.NaN }),
    };
    const results = await Promise.allSettled([
      commit([put("a")]),
      commit([broken]),
      commit([put("b")]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await page(0)).rows.ver).toEqual([1, 2]);
  });

  test("listeners hear of the feeds that moved, after the commit, until they leave", async () => {
    const heard: Moved[] = [];
    const told = Promise.withResolvers<void>();
    const leave = store.onMove((moved) => {
      heard.push(...moved);
      told.resolve();
    });
    await commit([put("a")]);
    await told.promise;
    leave();
    await commit([put("b")]);
    expect(heard).toEqual([{ workspace: "w1", feed: "org", user: null }]);
  });

  test("every commit is durable before it is answered: write-ahead log, full synchronisation", async () => {
    await commit([put("a")]);
    const beside = new DatabaseSync(join(folder, "fieldcast.sqlite"), { readOnly: true });
    expect(beside.prepare("pragma journal_mode").get()).toEqual({ journal_mode: "wal" });
    expect(beside.prepare("select count(*) as n from document").get()).toEqual({ n: 1 });
    beside.close();
  });

  test("the epoch stays the same over a restart", async () => {
    const before = await store.sync.epoch({});
    await store.close();
    store = await open(folder);
    expect(await store.sync.epoch({})).toBe(before);
  });

  test("a database of a newer version is refused with words, and stays as it is", async () => {
    await store.close();
    const file = join(folder, "newer.sqlite");
    const newer = new DatabaseSync(file);
    newer.exec("pragma user_version = 999");
    newer.close();
    const refused = await openFile(file).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StoreError);
    expect(refused).toMatchObject({
      failure: "newer",
      message: expect.stringContaining("newer version"),
    });
    store = await open(folder);
  });
});
