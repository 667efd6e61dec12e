// What every store promises about unique codes, held against each way of running it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import { openThreadedStore } from "#server/store/sqlite/threaded.ts";
import type { Store } from "#server/store/store.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const ways = {
  "in line": async (file: string) => openInlineStore(file),
  "in threads": async (file: string) => openThreadedStore(file),
} as const;

const now = Date.UTC(2026, 10, 1);
const of = { workspace: "w1", poolId: "p1" } as const;

describe.each(Object.entries(ways))("a store %s", (_, openFile) => {
  let folder: string;
  let file: string;
  let store: Store;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "fieldcast-codes-"));
    file = join(folder, "fieldcast.sqlite");
    store = await openFile(file);
    await store.codes.addPool({ ...of, name: "Summer", perCode: 2, now });
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const add = (...codes: readonly string[]) => store.codes.addCodes({ ...of, codes, now });
  const redeem = (code: string, key: string, over: { readonly workspace?: string } = {}) =>
    store.codes.redeem({ ...of, ...over, code, key, by: "message", at: now, properties: {}, now });

  test("a pool is made once, and is seen by its own workspace alone", async () => {
    expect(await store.codes.addPool({ ...of, name: "Other", perCode: 1, now })).toBe("exists");
    await add("A", "B");
    expect(await store.codes.counts(of)).toEqual({
      size: 2,
      left: 2,
      reserved: 0,
      published: 0,
      redeemed: 0,
      startsAt: null,
      endsAt: null,
      isDisabled: false,
      redemptions: 0,
    });
    const stranger = { ...of, workspace: "w2" };
    expect(await store.codes.counts(stranger)).toBeNull();
    expect(await store.codes.addCodes({ ...stranger, codes: ["C"], now })).toBeNull();
    expect(await store.codes.codes({ ...stranger, after: 0, limit: 9 })).toEqual([]);
    expect(await redeem("A", "1", { workspace: "w2" })).toEqual({ outcome: "no_pool" });
    const [pool] = await store.sync.list({ workspace: "w1", kind: "codePool" });
    expect(pool).toMatchObject({ id: "p1", name: "Summer", size: 2, left: 2, rev: 2 });
  });

  test("a code is in a pool once, whatever its case and however often it is brought", async () => {
    expect(await add("A", "B", "a")).toEqual({ duplicates: [2], size: 2 });
    expect(await add("b", "C")).toEqual({ duplicates: [0], size: 3 });
    const rows = await store.codes.codes({ ...of, after: 1, limit: 9 });
    expect(rows.map(({ code, state }) => [code, state])).toEqual([
      ["B", "left"],
      ["C", "left"],
    ]);
  });

  test("S0-D3 a redemption counts once for its key, to the pool's limit, and is there after a restart", async () => {
    await add("A", "B");
    expect(await redeem("a", "k1")).toMatchObject({ outcome: "redeemed", redemptions: 1 });
    await store.close();
    store = await openFile(file);
    expect(await redeem("A", "k1")).toMatchObject({ outcome: "repeated", redemptions: 1 });
    expect(await redeem("A", "k2")).toMatchObject({ outcome: "redeemed", redemptions: 2 });
    expect(await redeem("A", "k3")).toEqual({ outcome: "used_up", redemptions: 2 });
    expect(await redeem("X", "k1")).toEqual({ outcome: "unknown" });
    expect(await store.codes.counts(of)).toMatchObject({
      left: 1,
      published: 1,
      redeemed: 1,
      redemptions: 2,
    });
    const findings = await store.admin.doctor({});
    expect(findings.filter(({ check }) => check === "codes")).toEqual([]);
  });

  test("twenty at once get the last use exactly once", async () => {
    await add("A");
    await redeem("A", "first");
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_each, n) => redeem("A", `k${n}`)),
    );
    expect(answers.filter(({ outcome }) => outcome === "redeemed")).toHaveLength(1);
    expect(answers.filter(({ outcome }) => outcome === "used_up")).toHaveLength(19);
  });
});
