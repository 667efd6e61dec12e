/**
 * What becomes of the wish to redeem a code, and why it may be refused. The list is closed; its
 * words are for people.
 */
import type { Instant } from "../core/time.ts";

export const useResults = ["redeemed", "refused", "rolled_back"] as const;

export type UseResult = (typeof useResults)[number];

export const useRefusals = [
  "unknown",
  "not_active_yet",
  "expired",
  "disabled",
  "used_up",
  "nobody",
  "several",
  "key_rolled_back",
] as const;

export type UseRefusal = (typeof useRefusals)[number];

export const refusalSentences = {
  unknown: "The pool has no such code",
  not_active_yet: "The codes of this pool are not active yet",
  expired: "The codes of this pool have expired",
  disabled: "The codes of this pool are switched off",
  used_up: "The code was redeemed as often as it may be",
  nobody: "There is no such customer",
  several: "The address is that of several customers",
  key_rolled_back: "The redemption of this key was rolled back: another use needs another key",
} as const satisfies Record<UseRefusal, string>;

/** When a pool's codes may be redeemed. */
export interface PoolTimes {
  /** From then on; null: always. */
  readonly startsAt: Instant | null;
  /** Before then; null: for ever. */
  readonly endsAt: Instant | null;
  readonly isDisabled: boolean;
}

/** Why nothing of a pool may be redeemed at a moment; null: it may. */
export function closedBecause(
  { startsAt, endsAt, isDisabled }: PoolTimes,
  at: Instant,
): Extract<UseRefusal, "not_active_yet" | "expired" | "disabled"> | null {
  if (isDisabled) return "disabled";
  if (startsAt !== null && at < startsAt) return "not_active_yet";
  return endsAt !== null && at >= endsAt ? "expired" : null;
}

/**
 * The fifteen reasons for which redemptions fail elsewhere (S0-D4), and ours for the same; null:
 * it cannot occur here, as codes carry no gift cards, orders or conditions of their own: whoever
 * redeems them decides these before they ask.
 */
export const documentedReasons = {
  "does not exist": "unknown",
  "not active yet": "not_active_yet",
  expired: "expired",
  disabled: "disabled",
  "quantity exceeded": "used_up",
  "gift amount exceeded": null,
  "order rules mismatch": null,
  "customer not in segment": null,
  "conditions not met": null,
  "order incorrectly specified": null,
  "amount incorrect": null,
  "amount missing": null,
  "items missing": null,
  "customer missing": "nobody",
  "invalid input": "key_rolled_back",
} as const satisfies Record<string, UseRefusal | null>;

/** A code for who may not see it: enough to compare it with what somebody holds. */
export function maskCode(code: string): string {
  return code.length < 8 ? "•••" : `${code.slice(0, 2)}•••${code.slice(-2)}`;
}
