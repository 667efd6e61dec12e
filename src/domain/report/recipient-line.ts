/** The recipients of a campaign as a table to take away: one form, whoever writes the file. */
import type { Channel } from "../campaign/channel.ts";
import type { Instant } from "../core/time.ts";
import type { Reason } from "../message/reason.ts";
import { reasonText } from "../message/reason-text.ts";
import type { MessageState } from "../message/state.ts";
import { csvLine } from "./cell.ts";

export interface RecipientFacts {
  /** Its place in the campaign, from 1. */
  readonly n: number;
  readonly address: string;
  readonly name: string;
  readonly state: MessageState;
  /** When it entered the state; 0: nothing happened yet. */
  readonly at: Instant;
  readonly reason: Reason;
  readonly attempts: number;
  readonly segments: number;
  /** The provider's own, of the try that the reason comes from; "" where it gave none. */
  readonly code: string;
  readonly words: string;
  /** null: nobody knows it, or the channel has none. */
  readonly carrier: string | null;
  /** The number of the text that it carries; null: nothing went out, or nobody knows. */
  readonly edition: number | null;
  /** Of a campaign that falls back to another channel: the one that it goes, or went, by. */
  readonly channel?: Channel;
  /** Of a campaign that repeats: which of its runs; null: one that was deleted. */
  readonly run?: number | null;
}

export const recipientColumns = [
  "n",
  "address",
  "name",
  "state",
  "time",
  "failed reason",
  "reason code",
  "provider code",
  "provider words",
  "attempts",
  "segments",
  "carrier",
  "text version",
] as const;

export type RecipientColumn = (typeof recipientColumns)[number] | "channel" | "run";

/** What the rows of a campaign have beyond what all have. */
export interface RecipientKind {
  /** It falls back to another channel, so that messages go by one of two. */
  readonly fallsBack?: boolean;
  /** It repeats: the rows are the recipients of all its runs. */
  readonly isOfRuns?: boolean;
}

export function columnsOf({
  fallsBack = false,
  isOfRuns = false,
}: RecipientKind): readonly RecipientColumn[] {
  const channel = fallsBack ? (["channel"] as const) : [];
  return [...recipientColumns, ...channel, ...(isOfRuns ? (["run"] as const) : [])];
}

export function recipientHeading(kind: RecipientKind = {}): string {
  return csvLine(columnsOf(kind));
}

export function recipientLine(row: RecipientFacts): string {
  return csvLine([
    row.n,
    row.address,
    row.name,
    row.state,
    row.at === 0 ? "" : new Date(row.at).toISOString(),
    failedReason(row),
    row.reason === "none" ? "" : row.reason,
    row.code,
    row.words,
    row.attempts,
    row.segments,
    row.carrier ?? "",
    row.edition ?? "",
    ...(row.channel === undefined ? [] : [row.channel]),
    ...(row.run === undefined ? [] : [row.run ?? ""]),
  ]);
}

/** Why it failed, in words; a failed row never has none (I-10). */
export function failedReason({ state, reason }: Pick<RecipientFacts, "state" | "reason">): string {
  if (reason !== "none") return reasonText(reason);
  return state === "failed" || state === "undelivered" ? reasonText("unknown") : "";
}
