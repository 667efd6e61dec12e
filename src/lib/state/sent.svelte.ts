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

/** How many of the sent commands are told. */
const sentShown = 30;

/** Newest first. Give it back by `device.detach`. */
export function watchSent(device: Device): Live<readonly SentCommandRow[]> {
  return device.live<readonly SentCommandRow[]>([], async (db) => {
    const newest = (await db.sent.orderBy("mid").last())?.mid ?? 0;
    const commands = await db.sent
      .where("mid")
      .above(newest - sentShown)
      .toArray();
    return Promise.all(
      commands.toReversed().map(async (command) => ({
        ...toPending(command),
        text: await describeAct(db, command.act),
        doneAt: command.coveredAt,
      })),
    );
  });
}
