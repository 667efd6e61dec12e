/** The mark that a device leaves when it was revoked: from then on nothing is kept in its database. */
import type { Table } from "dexie";
import type { ClientDb } from "./client-db.ts";

export const metaKey = "sync";

/** Whether this device was revoked, for what does not go through `loadMeta`. */
export async function hasEnded(db: ClientDb): Promise<boolean> {
  return (await db.meta.get(metaKey))?.value.hasEnded === true;
}

/** Writes in one transaction with a look at the mark. False: the device has ended, and nothing was written. */
export function unlessEnded(
  db: ClientDb,
  tables: readonly Table[],
  write: () => PromiseLike<unknown>,
): Promise<boolean> {
  return db.transaction("rw", [db.meta, ...tables], async () => {
    if (await hasEnded(db)) return false;
    await write();
    return true;
  });
}
