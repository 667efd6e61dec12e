/** Everything of a run that is decided before its first step, all of it from the seed. */
import { defaultLimits, type Limits } from "#domain/campaign/account.ts";
import { secondMs } from "#domain/core/time.ts";
import type { Random } from "../random.ts";
import type { DeliveryBug } from "./violation.ts";

export interface Plan {
  readonly seed: number;
  readonly bug: DeliveryBug | null;
  /** Whether the provider acts once on a repeated key. */
  readonly isKeyed: boolean;
  readonly receipts: "push" | "pull";
  readonly receiptWindowMs: number;
  readonly people: number;
  readonly campaigns: 1 | 2;
  readonly limits: Limits;
  /** How long after the start a schedule comes due; null: sent at once. */
  readonly scheduledInMs: number | null;
  readonly ifLate: "hold" | "sendNow";
  /** Acts before the faults end. */
  readonly acts: number;
  /** Power cuts at one passing of a fault point, before or after the commit. */
  readonly cutChance: number;
  readonly jumps: boolean;
  readonly fills: boolean;
}

export function createPlan(seed: number, random: Random, bug: DeliveryBug | null): Plan {
  const isLarge = random.chance(0.01);
  return {
    seed,
    bug,
    isKeyed: random.chance(0.55),
    receipts: random.chance(0.75) ? "push" : "pull",
    receiptWindowMs: random.pick([5 * secondMs, 120 * secondMs, 600 * secondMs]),
    people: isLarge ? 495 + random.below(120) : 4 + random.below(36),
    campaigns: !isLarge && random.chance(0.2) ? 2 : 1,
    limits: {
      ...defaultLimits,
      perSecond: random.chance(0.5) ? null : 2 + random.below(40),
      concurrency: 1 + random.below(20),
    },
    scheduledInMs: random.chance(0.15) ? random.below(20 * secondMs) : null,
    ifLate: random.pick(["hold", "sendNow"]),
    acts: 60 + random.below(60),
    cutChance: random.pick([0, 0.004, 0.02]),
    jumps: random.chance(0.3),
    fills: random.chance(0.3),
  };
}

/** The plan in one line, for who repeats a seed. */
export function describePlan(plan: Plan): string {
  return JSON.stringify(plan);
}
