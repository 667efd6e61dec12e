/**
 * The rule of the unreachable: who was missed by so many campaigns in a row, without a confirmed
 * delivery between them, is put on a review list, and nothing is spent on them once a person
 * (or, where a workspace wants it, the rule itself) unsubscribes them.
 *
 * A pure function of the outcomes that are known: hearing one twice, late or in another order
 * ends in the same standing. What was never confirmed and never failed is no outcome.
 */
import type { Instant } from "../core/time.ts";

/** What became of one campaign for one address. */
export interface Outcome {
  /** Rises from campaign to campaign. */
  readonly order: number;
  readonly sign: "missed" | "reached";
  readonly at: Instant;
}

export interface Standing {
  /** Campaigns that missed it since one reached it. */
  readonly misses: number;
  /** When the first of them did; null without any. */
  readonly since: Instant | null;
  readonly isUnreachable: boolean;
}

export interface Rule {
  /** So many campaigns in a row. */
  readonly threshold: number;
  /** Campaigns up to this one do not count: a person gave the address a new start. */
  readonly after: number;
}

export function standingOf(outcomes: readonly Outcome[], { threshold, after }: Rule): Standing {
  const reached = outcomes.filter(({ sign }) => sign === "reached").map(({ order }) => order);
  const start = Math.max(after, ...reached);
  const missed = outcomes.filter(({ order, sign }) => sign === "missed" && order > start);
  const misses = new Set(missed.map(({ order }) => order)).size;
  const since = misses === 0 ? null : Math.min(...missed.map(({ at }) => at));
  return { misses, since, isUnreachable: misses >= threshold };
}

/** `listed`: waits for a person. `suppressed`: nothing is sent to it any more. */
export type UnreachableState = "none" | "listed" | "suppressed";

/** Where an address goes from where it is. Automatic: without waiting for a person. */
export function nextState(
  state: UnreachableState,
  { isUnreachable }: Pick<Standing, "isUnreachable">,
  isAutomatic: boolean,
): UnreachableState {
  if (!isUnreachable) return "none";
  if (state === "suppressed" || isAutomatic) return "suppressed";
  return "listed";
}
