/** How much this device keeps, how safely, and whether the browser ever took it away. */
import type { Instant } from "#domain/core/time.ts";
import type { ClientDb, Eviction } from "../db/client-db.ts";
import { loadKept } from "../db/kept.ts";
import { readStorage } from "./storage.ts";

export type { Eviction } from "../db/client-db.ts";
export { markEvictionRead } from "../db/kept.ts";

export interface StorageFacts {
  /** Bytes; null where the browser does not tell. */
  readonly used: number | null;
  readonly quota: number | null;
  /** Whether the browser promised not to clear it by itself. */
  readonly isProtected: boolean;
  /** When this device noticed that its data had been deleted; null: never. */
  readonly evictedAt: Instant | null;
  readonly eviction: Eviction | null;
  /** Whether the deletion was told and read. */
  readonly isEvictionRead: boolean;
}

export async function readStorageFacts(db: ClientDb | null): Promise<StorageFacts> {
  const { usage, quota, persisted } = await readStorage();
  const kept = db === null ? null : await loadKept(db);
  const eviction = kept?.eviction ?? null;
  return {
    used: usage,
    quota,
    isProtected: persisted,
    evictedAt: eviction?.at ?? null,
    eviction,
    isEvictionRead: kept?.isRead ?? false,
  };
}

/** What a person is told of a deletion. */
export function evictionText({ lostUnsent }: Eviction): string {
  const what =
    "This browser deleted what the app kept on this device. It came back from the server.";
  if (lostUnsent === 0) return `${what} Nothing was unsent.`;
  const changes = lostUnsent === 1 ? "1 unsent change" : `${lostUnsent} unsent changes`;
  return `${what} ${changes} may be lost.`;
}
