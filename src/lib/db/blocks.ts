/** Report blocks on this device: 5,000 recipients a record, by column. They can always be fetched again. */
import type { Id } from "#domain/core/id.ts";
import type { ClientDb, StoredBlockList, StoredPart } from "./client-db.ts";

export function loadBlockList(db: ClientDb, campaign: Id): Promise<StoredBlockList | undefined> {
  return db.blockList.get(campaign);
}

export function loadParts(db: ClientDb, campaign: Id): Promise<StoredPart[]> {
  return db.block.where("campaignId").equals(campaign).toArray();
}

/** Keeps the list, and forgets parts of blocks that are no longer in it. */
export async function saveBlockList(db: ClientDb, list: StoredBlockList): Promise<void> {
  const known = new Set(list.blocks.map(({ n }) => n));
  await withSpace(db, list.campaignId, () =>
    db.transaction("rw", db.block, db.blockList, async () => {
      const mine = db.block.where("campaignId").equals(list.campaignId);
      await mine.filter(({ n }) => !known.has(n)).delete();
      await db.blockList.put(list);
    }),
  );
}

export async function savePart(db: ClientDb, part: StoredPart): Promise<void> {
  await withSpace(db, part.campaignId, () => db.block.put(part));
}

/** When the disk is full, blocks of other campaigns make room; what still does not fit is only shown. */
async function withSpace(db: ClientDb, keep: Id, save: () => PromiseLike<unknown>): Promise<void> {
  try {
    await save();
  } catch (error) {
    if (!isFull(error)) throw error;
    await db.block.where("campaignId").notEqual(keep).delete();
    await db.blockList.where("campaignId").notEqual(keep).delete();
    await Promise.resolve(save()).catch((again: unknown) => {
      if (!isFull(again)) throw again;
    });
  }
}

function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const inner = "inner" in error ? error.inner : null;
  const names = [error.name, inner instanceof Error ? inner.name : ""];
  return names.includes("QuotaExceededError");
}
