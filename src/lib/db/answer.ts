/** What the server last answered to a question that no feed answers: screens draw it without a network. */
import type { ClientDb } from "./client-db.ts";
import { unlessEnded } from "./ended.ts";

export async function loadAnswer(db: ClientDb, key: string): Promise<unknown> {
  return (await db.answer.get(key))?.value ?? null;
}

/** A device that was revoked keeps nothing. */
export async function keepAnswer(db: ClientDb, key: string, value: unknown): Promise<void> {
  await unlessEnded(db, [db.answer], () => db.answer.put({ key, value }));
}
