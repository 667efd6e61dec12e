/**
 * How evidence about a message is merged: a join, so any order, duplication or batching of
 * the same evidence gives the same state.
 *
 * Proof of delivery beats everything, of whichever generation; without it the latest
 * generation counts; inside a generation only progress counts. So a late "undelivered" never
 * undoes "delivered", and a late "delivered" undoes "undelivered".
 */
import type { Instant } from "../core/time.ts";
import type { Reason } from "./reason.ts";
import { reasonCode } from "./reason.ts";
import { kindOf, stateCodes, type MessageState } from "./state.ts";

/** Any proof about a message, ours or the provider's. */
export interface Evidence {
  /** Counts deliberate sends: rises only by our decision after a definite failure. */
  readonly gen: number;
  readonly state: MessageState;
  readonly at: Instant;
  readonly reason: Reason;
}

/** Positive when `a` wins over `b`, negative when `b` wins, 0 when they say the same. */
export function compareEvidence(a: Evidence, b: Evidence): number {
  const positive = Number(kindOf[a.state] === "positive") - Number(kindOf[b.state] === "positive");
  if (positive !== 0) return positive;
  if (kindOf[a.state] !== "positive" && a.gen !== b.gen) return a.gen - b.gen;
  if (a.state !== b.state) return stateCodes[a.state] - stateCodes[b.state];
  if (a.at !== b.at) return b.at - a.at;
  return reasonCode(b.reason) - reasonCode(a.reason);
}

export function mergeEvidence(a: Evidence, b: Evidence): Evidence {
  return compareEvidence(a, b) >= 0 ? a : b;
}

/**
 * Whether evidence from outside (a response or a receipt) says something new: a state that
 * wins, or of the same state an earlier moment. States below `submitted` are local working
 * states: only the engine moves among them, and any proof from outside beats them.
 */
export function adds(known: Evidence, heard: Evidence): boolean {
  return compareEvidence(heard, known) > 0;
}
