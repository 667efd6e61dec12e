/** Where mails come back to: whatever keeps this promise can be read. */
import { err, ok, type Result } from "#domain/core/result.ts";
import type { Settings } from "../providers/provider.ts";
import type { Batch, MailboxDeps, Reading } from "./reading.ts";
import { readImap, tryImap } from "./imap.ts";
import { readMaildir, tryMaildir } from "./maildir.ts";

/** Reads the next mails. Throws in words when the mailbox cannot be read. */
export async function readNext(deps: MailboxDeps, reading: Reading): Promise<Batch> {
  switch (reading.settings["bounces"]) {
    case "imap":
      return readImap(deps, reading);
    case "maildir":
      return readMaildir(deps, reading);
    default:
      return { cursor: null, hasMore: false };
  }
}

/** Whether the mailbox can be read, in words. */
export async function tryMailbox(
  deps: MailboxDeps,
  settings: Settings,
): Promise<Result<string, string>> {
  try {
    switch (settings["bounces"]) {
      case "imap":
        return ok(await tryImap(deps, settings));
      case "maildir":
        return ok(await tryMaildir(deps, settings));
      case "post":
        return ok("Bounces are posted to us. Nothing has to be read.");
      default:
        return err("This account reads no bounces.");
    }
  } catch (error) {
    return err(wordsOf(error));
  }
}

export function wordsOf(error: unknown): string {
  const known = error instanceof Error ? error : new Error(String(error));
  const said = "responseText" in known ? String(known.responseText) : "";
  return (said === "" ? known.message : `${known.message}: ${said}`).slice(0, 300);
}
