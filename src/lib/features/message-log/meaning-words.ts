/** What came of a message that somebody wrote to us. */
import type { LogItem } from "#lib/state/message-log.svelte.ts";

export const meaningWords = {
  stop: "Unsubscribed",
  start: "Subscribed again",
  complaint: "Reported as unwanted",
  other: "None",
} as const satisfies Record<NonNullable<LogItem["meaning"]>, string>;
