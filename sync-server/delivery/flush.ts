/** When the counters of a campaign are shown, and its phase is looked at. */
import type { Instant } from "#domain/core/time.ts";
import type { OpenDistribution } from "../store/distribution.ts";

/** A device sees counters at most four times a second. */
export const flushEveryMs = 250;

/** Whether the next time has yet to come. A clock that was set back must not keep the counters waiting. */
export function isAhead(next: Instant, now: Instant): boolean {
  return next > now && next <= now + flushEveryMs;
}

/** Whether there is something to show, or to find out about what may have ended. */
export function needsFlush({ isStale, isOpenEnded, phase, stage }: OpenDistribution): boolean {
  if (isOpenEnded) return isStale;
  return isStale || (stage === "sending" && (phase === "active" || phase === "settling"));
}
