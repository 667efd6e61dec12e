/** When work is done that is put off while it is quiet. Apart from the pace, as the first page does without. */
import type { Instant } from "../core/time.ts";
import { quietFrom, quietUntil, type QuietHours } from "../schedule/quiet-hours.ts";
import type { DoneAt } from "./pace.ts";

/** A month of quiet nights: what takes longer is not foretold to the hour. */
const maxNights = 31;

/** By the clocks of the workspace's zone: where each recipient lives no counter tells. */
export function withoutNights(quiet: QuietHours | null): DoneAt {
  return (from, workMs) => (quiet === null ? from + workMs : doneAt(from, workMs, quiet));
}

function doneAt(from: Instant, workMs: number, quiet: QuietHours): Instant {
  let at = from;
  let left = workMs;
  for (let night = 0; night < maxNights; night++) {
    const begins = quietFrom(at, quiet, quiet.zone);
    if (begins === null || begins - at >= left) break;
    left -= begins - at;
    at = quietUntil(begins, quiet, [quiet.zone]) ?? begins;
  }
  return at + left;
}
