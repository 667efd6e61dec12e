/** The recipients of a campaign as a table to take away: one form, whoever writes the file. */
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
] as const;

export const recipientHeading = csvLine(recipientColumns);

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
  ]);
}

/** Why it failed, in words; a failed row never has none (I-10). */
export function failedReason({ state, reason }: Pick<RecipientFacts, "state" | "reason">): string {
  if (reason !== "none") return reasonText(reason);
  return state === "failed" || state === "undelivered" ? reasonText("unknown") : "";
}
