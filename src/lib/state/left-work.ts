/** Unsent work that others left in this browser; asked at the door, where nobody is signed in. */
import { ClientDb } from "../db/client-db.ts";
import { countUnsent } from "../db/outbox.ts";
import { Registry } from "../db/registry.ts";

export interface LeftWork {
  /** Whose it is. */
  readonly name: string;
  readonly unsent: number;
}

/** Nobody's work is opened for it: it is only counted. */
export async function readLeftWork(registry = new Registry()): Promise<readonly LeftWork[]> {
  try {
    const found: LeftWork[] = [];
    for (const { database, name } of await registry.lease.toArray()) {
      const db = new ClientDb(database);
      const unsent = await countUnsent(db).finally(() => db.close());
      if (unsent > 0) found.push({ name, unsent });
    }
    return found;
  } finally {
    registry.close();
  }
}
