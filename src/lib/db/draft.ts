/** Unsaved input of forms, by key. */
import type { ClientDb } from "./client-db.ts";
import { unlessEnded } from "./ended.ts";

export async function loadDraft(db: ClientDb, key: string): Promise<unknown> {
  return (await db.draft.get(key))?.value ?? null;
}

/** Keeps the value; null forgets it. A device that was revoked keeps nothing. */
export async function saveDraft(db: ClientDb, key: string, value: unknown): Promise<void> {
  if (value === null) await db.draft.delete(key);
  else await unlessEnded(db, [db.draft], () => db.draft.put({ key, value }));
}
