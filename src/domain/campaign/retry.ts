/** A person sends again what ended without arriving: in the same campaign, under new keys. */
import type { Instant } from "../core/time.ts";
import { mayPick, retryPlan, type Picked } from "../message/again.ts";
import {
  accepted,
  rejected,
  type DecideContext,
  type Decision,
  type View,
} from "../sync/decision.ts";
import type { Campaign } from "./campaign.ts";
import { expected } from "./expected.ts";
import { illegal, written } from "./launch.ts";
import { next } from "./lifecycle.ts";

/** The picks are what the person saw counted: what failed meanwhile for another reason stays out. */
export function retry(
  view: View,
  known: Campaign,
  picks: readonly Picked[],
  context: DecideContext,
): Decision {
  if (!mayRetry(known)) return illegal(known, "retry");
  const wrong = picks.find((pick) => !mayPick(pick));
  if (wrong !== undefined) return rejected("invalid", "picks", { ...wrong });
  const plan = retryPlan(view.get("rollup", known.id)?.reasons ?? [], picks);
  if (plan.n === 0) return rejected("nothing_to_retry");
  // Everybody would be skipped again; a new campaign has no end yet.
  if (hasEnded(known, context.now)) {
    const message = "has passed: send to them with a new campaign";
    return rejected("invalid", "validUntil", { message });
  }
  if (!context.authority) return accepted([written({ ...known, waiting: "retry" }, context)]);
  return accepted([
    written(
      {
        ...known,
        phase: "active",
        waiting: null,
        completedAt: null,
        run: runOf(known) + 1,
        retry: { picks, at: context.now, n: plan.n },
      },
      context,
    ),
  ]);
}

/**
 * Whether what failed may be sent again now: others of it may still be on their way, or be tried
 * again by themselves; those are not touched. What stands still has to go on first, and what
 * people enter one by one has to be ended.
 */
export function mayRetry(known: Campaign): boolean {
  return next(expected(known), "retry", true) !== null;
}

/** 1 at the launch, and one more each time that a person sends again. */
export function runOf({ run = 1 }: Campaign): number {
  return run;
}

/** Whether the time is over in which it may write to people. */
export function hasEnded({ validUntil }: Pick<Campaign, "validUntil">, now: Instant): boolean {
  return (validUntil ?? Infinity) <= now;
}
