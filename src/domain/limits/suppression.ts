/**
 * Addresses that must not be used, and what evidence about a message does to its address. The
 * rows are the column "suppression" of the table of reasons: some suppress at once, an invalid
 * address at its second campaign, and some only count towards the rule of unreachable.ts.
 */
import type { AddressKind } from "../campaign/channel.ts";
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";
import type { Reason } from "../message/reason.ts";

export const suppressionReasons = [
  "hard_bounce",
  "invalid_address",
  "blocked",
  "opted_out",
  "complained",
  "unreachable_7",
  "unsubscribed",
  "by_hand",
] as const;

export type SuppressionReason = (typeof suppressionReasons)[number];

/** The reasons that a person may give; the others are found by the server. */
export const givenReasons = [
  "by_hand",
  "unsubscribed",
  "complained",
  "hard_bounce",
  "invalid_address",
] as const satisfies readonly SuppressionReason[];

/** An address that must not be used. */
export interface Suppression {
  readonly kind: AddressKind;
  readonly address: string;
  readonly reason: SuppressionReason;
  /** Where we have it from: `receipt`, `api`, `by hand`, `import:<file name>`, … */
  readonly source: string;
  /** What a person wrote beside it; "" without words. */
  readonly note: string;
  readonly at: Instant;
  /** When it ends; null for never. */
  readonly until: Instant | null;
  /** Who added it; null when a rule did. */
  readonly by: Id | null;
  /** The campaign whose message showed it; null when none did. */
  readonly campaignId: Id | null;
}

/** What a message that ended for this reason does to its address. */
export interface Effect {
  readonly reason: SuppressionReason;
  /** In how many campaigns it has to happen. */
  readonly times: 1 | 2;
  /** Whether the person said no: consent for the channel is withdrawn too. */
  readonly withdraws: boolean;
}

/** null: the address may be used on. A mailbox that does not exist is a hard bounce; a number may come back. */
export function effectOf(reason: Reason, kind: AddressKind): Effect | null {
  switch (reason) {
    case "invalid_address":
      return { reason: "invalid_address", times: 2, withdraws: false };
    case "unknown_recipient":
      return kind === "email" ? { reason: "hard_bounce", times: 1, withdraws: false } : null;
    case "blocked_by_recipient":
      return { reason: "blocked", times: 1, withdraws: false };
    case "opted_out":
      return { reason: "opted_out", times: 1, withdraws: true };
    default:
      return null;
  }
}

/** Reasons that say something of the recipient: a campaign that ended so was missed. */
export const missReasons = [
  "invalid_address",
  "unknown_recipient",
  "not_capable",
  "unreachable",
  "blocked_by_recipient",
  "opted_out",
  "expired",
] as const satisfies readonly Reason[];
