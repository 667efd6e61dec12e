/** What the engine does now and then, in bounded parts: nothing waits for it. */
import { hourMs, secondMs, type Instant } from "#domain/core/time.ts";
import type { EngineDeps, FaultPoint } from "./carriers.ts";
import { measureUntold } from "./measure.ts";
import { retryUnmatched } from "./unmatched.ts";

export interface Upkeep {
  /** Answers when more is to be done; null: nothing that anybody waits for, as the engine steps at least every half minute. */
  tend(now: Instant): Promise<Instant | null>;
}

/** Old counts over time that are folded in one transaction. */
const foldBatch = 500;

interface Chore {
  readonly everyMs: number;
  /** Whether more of it is left. */
  readonly work: (now: Instant) => Promise<boolean>;
}

export function createUpkeep(
  deps: Pick<EngineDeps, "store" | "keys" | "leaveLinks" | "trackedLinks" | "templates">,
  point: (name: FaultPoint) => void,
): Upkeep {
  const chores: readonly Chore[] = [
    {
      everyMs: hourMs,
      work: async (now) => {
        const folded = await deps.store.delivery.fold({ now, limit: foldBatch });
        point("folded");
        return folded === foldBatch;
      },
    },
    { everyMs: 20 * secondMs, work: (now) => retryUnmatched(deps, now) },
    { everyMs: secondMs, work: (now) => measureUntold(deps, now) },
  ];
  const nextAt = new Map<Chore, Instant>();
  return {
    tend: async (now) => {
      let next: Instant | null = null;
      for (const chore of chores) {
        const at = nextAt.get(chore) ?? now;
        // A clock that was set back must not keep it waiting.
        if (at > now && at <= now + chore.everyMs) continue;
        const isMore = await chore.work(now);
        nextAt.set(chore, isMore ? now : now + chore.everyMs);
        if (isMore) next = now;
      }
      return next;
    },
  };
}
