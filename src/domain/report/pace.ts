/** When a campaign is expected to be through. */
import type { Instant } from "../core/time.ts";
import { secondMs } from "../core/time.ts";
import type { Headline } from "./vocabulary.ts";

/** When the last message goes out at the present rate; null while nothing moves. */
export function expectedEnd(
  counters: Headline,
  ratePerSecond: number,
  at: Instant,
): Instant | null {
  if (ratePerSecond <= 0 || counters.toGo === 0) return null;
  return at + Math.ceil(counters.toGo / ratePerSecond) * secondMs;
}
