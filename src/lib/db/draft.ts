/** Unsaved input of forms, by key. */
import type { ClientDb } from "./client-db.ts";

export async function loadDraft(db: ClientDb, key: string): Promise<unknown> {
  return (await db.draft.get(key))?.value ?? null;
}

/** Keeps the value; null forgets it. */
export async function saveDraft(db: ClientDb, key: string, value: unknown): Promise<void> {
  if (value === null) await db.draft.delete(key);
  else await db.draft.put({ key, value });
}
