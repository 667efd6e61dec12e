/**
 * Whether and when a message is tried again. An unknown outcome is repeated under the same key;
 * only a definite failure earns a new one. Chance comes in as an argument.
 */
import { hourMs, minuteMs, secondMs } from "../core/time.ts";
import type { Reason } from "./reason.ts";

/** Calls of one deliberate send, the first one included. */
export const maxTries = 5;

const baseMs = 2 * secondMs;
const capMs = 15 * minuteMs;

/** How long proof of an unknown outcome is waited for when it cannot be repeated safely. */
export const resolveWindowMs = 10 * minuteMs;

/** A number in [0, 1). */
export type Random = () => number;

/**
 * Full jitter: anywhere between nothing and a bound that doubles with each try, so that a
 * thousand messages that failed together do not come back together.
 */
export function backoffMs(tries: number, random: Random): number {
  const bound = Math.min(capMs, baseMs * 2 ** Math.min(tries, 20));
  return Math.floor(random() * bound);
}

/** Somebody's phone is off or mailbox is full: minutes later is too soon to tell. */
const patience = [15 * minuteMs, hourMs, 4 * hourMs];

export interface Tried {
  readonly reason: Reason;
  /** Calls of this gen so far, this one included. */
  readonly tries: number;
  /** What the provider asked for, or null. */
  readonly afterMs: number | null;
}

/** How long to wait before a try that is known not to have been accepted; null: no more tries. */
export function retryDelayMs({ reason, tries, afterMs }: Tried, random: Random): number | null {
  if (reason === "rate_limited") return afterMs ?? backoffMs(1, random);
  if (tries >= maxTries) return null;
  if (reason === "unreachable") return patience[tries - 1] ?? null;
  return afterMs ?? backoffMs(tries, random);
}
