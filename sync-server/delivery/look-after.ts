/** Messages that were taken and wait for proof: those whose time has come, some in each step. */
import { secondMs, type Instant } from "#domain/core/time.ts";
import type { OpenDistribution } from "../store/distribution.ts";
import type { EngineDeps, FaultPoint } from "./carriers.ts";
import { lookAfterAll } from "./receipts.ts";

export interface LookAfterDeps extends Pick<EngineDeps, "store" | "keys" | "carriers"> {
  readonly point: (name: FaultPoint) => void;
}

/** Chunks whose receipts are looked after in one step, and when the next ones are. */
const looksPerStep = 8;
const lookAgainMs = secondMs / 4;

/** Answers when to look again; null: nobody waits. */
export async function lookAfterReceipts(
  deps: LookAfterDeps,
  distribution: OpenDistribution,
  now: Instant,
): Promise<Instant | null> {
  const { lookAt, seq } = distribution;
  if (lookAt === null || lookAt > now) return lookAt;
  const { delivery } = deps.store;
  for (let looks = 0; looks < looksPerStep; looks++) {
    const found = await delivery.awaiting({ distribution: seq, now });
    if (found === null) break;
    for (const looked of await lookAfterAll(deps, { distribution, found, now })) {
      await delivery.lookedAfter(looked);
      deps.point("looked after");
    }
  }
  return now + lookAgainMs;
}
