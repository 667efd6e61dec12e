/** Cards of Needs attention on this device. */
import type { Id } from "#domain/core/id.ts";
import type { ClientDb } from "./client-db.ts";

export async function dismissCard(db: ClientDb, id: Id): Promise<void> {
  await db.inbox.delete(id);
}
