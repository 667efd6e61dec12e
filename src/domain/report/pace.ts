/** How far a campaign is, and when it is expected to be through. */
import type { Instant } from "../core/time.ts";
import { secondMs } from "../core/time.ts";
import type { Headline } from "./vocabulary.ts";

/** The part of all recipients that is no longer to go, from 0 to 1; 0 of nobody. */
export function progressOf({ total, toGo }: Headline): number {
  return total === 0 ? 0 : (total - toGo) / total;
}

/** The part of what was sent that a receipt confirmed, from 0 to 1; null before anything was sent. */
export function deliveryRateOf({ sent, delivered }: Headline): number | null {
  return sent === 0 ? null : delivered / sent;
}

/** When the last message goes out at the present rate; null while nothing moves. */
export function expectedEnd(
  counters: Headline,
  ratePerSecond: number,
  at: Instant,
): Instant | null {
  if (ratePerSecond <= 0 || counters.toGo === 0) return null;
  return at + Math.ceil(counters.toGo / ratePerSecond) * secondMs;
}
