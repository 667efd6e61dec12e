/**
 * Unsaved input of forms, by key. What is typed may hold numbers and addresses of people, so it lies
 * sealed with the key of the person's own work. On a page over plain http the browser cannot
 * encrypt: there it lies as it is, rather than to be lost.
 */
import type { ClientDb, DraftRecord } from "./client-db.ts";
import { hasEnded, unlessEnded } from "./ended.ts";
import { canSeal, openSeal } from "./seal.ts";

export async function loadDraft(db: ClientDb, key: string): Promise<unknown> {
  const { value, sealed } = (await db.draft.get(key)) ?? {};
  return (sealed === undefined ? value : await openSeal(db, "work").open(sealed)) ?? null;
}

/** Keeps the value; null forgets it. A device that was revoked keeps nothing. */
export async function saveDraft(db: ClientDb, key: string, value: unknown): Promise<void> {
  if (value === null) {
    await db.draft.delete(key);
    return;
  }
  if (await hasEnded(db)) return;
  const record = await closed(db, key, value);
  await unlessEnded(db, [db.draft], () => db.draft.put(record));
}

/** Seals what an older app left readable, unless it is written anew meanwhile. */
export async function sealDrafts(db: ClientDb): Promise<void> {
  if (!canSeal()) return;
  const open = await db.draft.filter(({ sealed }) => sealed === undefined).toArray();
  for (const { key, value } of open) {
    const record = await closed(db, key, value);
    await unlessEnded(db, [db.draft], async () => {
      const now = await db.draft.get(key);
      const isSame = JSON.stringify(now?.value) === JSON.stringify(value);
      if (now?.sealed === undefined && isSame) await db.draft.put(record);
    });
  }
}

async function closed(db: ClientDb, key: string, value: unknown): Promise<DraftRecord> {
  return canSeal() ? { key, sealed: await openSeal(db, "work").seal(value) } : { key, value };
}
