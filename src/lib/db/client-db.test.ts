import "fake-indexeddb/auto";
import { Dexie } from "dexie";
import { expect, test } from "vitest";
import { ClientDb } from "./client-db.ts";

/** The stores of the first version that an app wrote. */
const first = {
  campaign: "id",
  audience: "id",
  account: "id",
  list: "id",
  import: "id",
  member: "id",
  workspace: "id",
  rollup: "id, n",
  shadow: "[kind+id]",
  outbox: "mid",
  inbox: "id",
  sent: "mid, coveredAt",
  meta: "key",
  stage: "[feed+ver]",
  block: "[campaignId+n+columns.part], campaignId",
  blockList: "campaignId",
  activity: "campaignId",
  draft: "key",
};

test("what an older app left on the device is kept, but for blocks that lay open", async () => {
  const old = new Dexie("older");
  old.version(1).stores(first);
  await old.open();
  await old.table("outbox").add({ mid: 7, bytes: 120 });
  await old.table("draft").add({ key: "campaign", value: "typed" });
  await old.table("blockList").add({ campaignId: "c" });
  old.close();

  const db = new ClientDb("older");
  await db.open();
  expect(await db.table("outbox").where("bytes").above(100).primaryKeys()).toEqual([7]);
  expect(await db.table("draft").toArray()).toEqual([{ key: "campaign", value: "typed" }]);
  expect(await db.part.count()).toBe(0);
  const stores = [...db.backendDB().objectStoreNames];
  expect(stores).not.toContain("block");
  expect(stores).not.toContain("blockList");
  expect(stores.toSorted()).toEqual(db.tables.map(({ name }) => name).toSorted());
  await db.delete();
});

test("what the last app left opens as it is", async () => {
  const fresh = new ClientDb("same");
  await fresh.open();
  await fresh.table("kept").add({ key: "kept", keeping: "k" });
  fresh.close();
  const again = new ClientDb("same");
  await again.open();
  expect(await again.kept.count()).toBe(1);
  expect(again.verno).toBe(11);
  await again.delete();
});
