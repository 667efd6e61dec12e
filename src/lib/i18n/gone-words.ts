/** What had gone out when something arrived that was to stop it. */
import type { Instant } from "#domain/core/time.ts";
import type { CommandName } from "#domain/sync/command.ts";
import { formatCount, formatDateTime, formatNumber } from "./format.ts";

export interface GoneBefore {
  readonly since: Instant;
  readonly count: number;
  /** All that a campaign has; null for messages to one person. */
  readonly total: number | null;
}

const done: Readonly<Partial<Record<CommandName, string>>> = {
  "campaign.pause": "Paused.",
  "campaign.cancel": "Canceled.",
  "campaign.end": "Ended.",
};

export function goneWords(
  command: CommandName,
  { since, count, total }: GoneBefore,
): { readonly title: string; readonly happened: string } {
  const when = formatDateTime(since);
  if (total === null) {
    return {
      title: "Something had already gone",
      happened: `The withdrawal counts. Between ${when}, when you noted it, and this device's next connection ${formatCount(count, "message")} went out or arrived. Nothing more is sent.`,
    };
  }
  return {
    title: "It came later than you did it",
    happened: `${done[command] ?? "Done."} ${formatNumber(count)} of ${formatNumber(total)} were already sent: you did it at ${when}, and this device had no connection then.`,
  };
}
