/** What this device has sent lately; lives as long as the page that shows it. */
import type { Instant } from "#domain/core/time.ts";
import { describeAct } from "./describe-act.ts";
import type { Device } from "./device.svelte.ts";
import type { Live } from "./live.svelte.ts";
import { toPending, type PendingCommand } from "./sync.svelte.ts";

/** A command whose effect came back from the server; kept for some days. */
export interface SentCommandRow extends Omit<PendingCommand, "state" | "copied" | "bytes"> {
  /** What it did, in words: `Send “Summer sale”`. */
  readonly text: string;
  /** When its effect was here. */
  readonly doneAt: Instant;
}

export interface SentHistory {
  /** Newest first. */
  readonly rows: readonly SentCommandRow[];
  /** How many are kept. */
  readonly total: number;
}

const nothing: SentHistory = { rows: [], total: 0 };

/** The newest so many. Give it back by `device.detach`. */
export function watchSent(device: Device, count: number): Live<SentHistory> {
  return device.live<SentHistory>(nothing, async (db) => {
    const mids = await db.sent.toCollection().primaryKeys();
    const newest = await db.sent.bulkGet(mids.slice(-count).toReversed());
    const commands = newest.filter((command) => command !== undefined);
    const rows = await Promise.all(
      commands.map(async (command) => ({
        ...toPending(command),
        text: await describeAct(db, command.act),
        doneAt: command.coveredAt,
      })),
    );
    return { rows, total: mids.length };
  });
}
