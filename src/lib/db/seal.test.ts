import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ClientDb } from "./client-db.ts";
import { openSeal } from "./seal.ts";

let db: ClientDb;
let made = 0;

beforeEach(async () => {
  made += 1;
  db = new ClientDb(`fieldcast:w:u${made}`);
  await db.open();
});

afterEach(() => db.close());

describe("what is sealed on a device", () => {
  test("opens again, after a restart too, and is not readable as it lies there", async () => {
    const rows = { address: ["ana@example.org", "+60123456789"] };
    const sealed = await openSeal(db, "cache").seal(rows);
    await db.draft.put({ key: "sealed", value: sealed });
    expect(new TextDecoder().decode(sealed.bytes)).not.toContain("example");
    db.close();
    db = new ClientDb(db.name);
    const kept = (await db.draft.get("sealed"))?.value;
    expect(kept).toEqual(sealed);
    expect(await openSeal(db, "cache").open(sealed)).toEqual(rows);
  });

  test("has a key that no script can take out", async () => {
    await openSeal(db, "cache").seal(1);
    const [stored] = await db.seal.toArray();
    if (stored === undefined) throw new Error("no key was kept");
    expect(stored.key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("raw", stored.key)).rejects.toThrow("not extractable");
  });

  test("never opens again once its key is shredded; another purpose is not touched", async () => {
    const cache = openSeal(db, "cache");
    const work = openSeal(db, "work");
    const block = await cache.seal("a block");
    const typed = await work.seal("typed here");
    await cache.shred();
    expect(await cache.open(block)).toBeUndefined();
    expect(await work.open(typed)).toBe("typed here");
    // What is sealed from now on has another key; what was sealed before stays closed.
    expect(await cache.open(await cache.seal("new"))).toBe("new");
    expect(await cache.open(block)).toBeUndefined();
  });

  test("that was altered is not opened", async () => {
    const cache = openSeal(db, "cache");
    const sealed = await cache.seal("a block");
    const bytes = new Uint8Array(sealed.bytes);
    bytes.set([(bytes[0] ?? 0) ^ 1]);
    expect(await cache.open(sealed)).toBeUndefined();
  });

  test("by two tabs at once is sealed with one key", async () => {
    const tabs = [openSeal(db, "cache"), openSeal(db, "cache")];
    const sealed = await Promise.all(tabs.map((tab, i) => tab.seal(i)));
    const opened = await Promise.all(sealed.map((each) => openSeal(db, "cache").open(each)));
    expect(opened).toEqual([0, 1]);
  });
});
