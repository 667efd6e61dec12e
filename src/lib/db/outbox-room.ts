/** How much waits on the device, and whether more may. */
import type { Act } from "#domain/sync/command.ts";
import type { ClientDb } from "./client-db.ts";
import { maxWaiting, maxWaitingBytes } from "./limits.ts";

/** What a command weighs: what it says, as JSON, in bytes. */
export function bytesOf(act: Act): number {
  return new TextEncoder().encode(JSON.stringify(act.args)).length;
}

/** Whether so much more may wait. By the index alone: the commands themselves may be large. */
export async function hasRoom(db: ClientDb, acts: readonly Act[]): Promise<boolean> {
  if ((await db.outbox.count()) + acts.length > maxWaiting) return false;
  const waiting = await db.outbox.orderBy("bytes").keys();
  const bytes = waiting.reduce((sum: number, each) => sum + Number(each), 0);
  return bytes + acts.reduce((sum, act) => sum + bytesOf(act), 0) <= maxWaitingBytes;
}
