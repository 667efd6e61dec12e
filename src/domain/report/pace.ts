/** When a campaign is expected to be through. */
import type { Instant } from "../core/time.ts";
import { secondMs } from "../core/time.ts";
import { resolveWindowOf } from "../campaign/account.ts";
import type { Rollup } from "./rollup.ts";

/**
 * Messages a second; null while nothing moves, and when all that waited would be out by now: then
 * it is an old rate.
 */
export function presentRate(standing: Standing, now: Instant): number | null {
  const end = endAtRate(standing);
  return end !== null && end > now ? standing.rate : null;
}

type Standing = Pick<Rollup, "states" | "rate" | "at" | "limitedBy">;

/**
 * When the last message that still waits for its turn goes out at the present rate; null while
 * nothing moves, or a day's messages of a new sender are out: its rate says nothing of the next day.
 * Who is in doubt waits for proof and not for a turn.
 */
export function expectedEnd(standing: Standing): Instant | null {
  return standing.limitedBy === "warm_up" ? null : endAtRate(standing);
}

function endAtRate({ states, rate, at }: Standing): Instant | null {
  const waiting = states.queued + states.sending;
  return rate <= 0 || waiting === 0 ? null : at + Math.ceil(waiting / rate) * secondMs;
}

/** By when every doubt that there is has ended, by proof or without it; null when there is none. */
export function doubtEndsBy(
  { states, at }: Pick<Rollup, "states" | "at">,
  account: Parameters<typeof resolveWindowOf>[0],
): Instant | null {
  return states.ambiguous === 0 ? null : at + resolveWindowOf(account);
}
