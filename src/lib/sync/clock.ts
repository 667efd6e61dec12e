/**
 * The server's time on this device. Nothing is ordered by it: it is for showing and for telling
 * when something was done. The sample with the shortest way counts, until it is old.
 *
 * A start without a network has no sample. Then the comparison that was noted before counts, as
 * long as nothing speaks against it: the clock must not stand before a time that is known to have
 * passed. What was said by it is looked at again with the first sample (claims.ts).
 *
 * While a tablet sleeps its monotonic clock may stand still, and nobody tells a page that it slept.
 * So the wall clock goes with it: when that one is ahead, the device slept, or somebody set it; when
 * it is behind, somebody set it, and how long it slept is not known. Either way the comparison is
 * not worth more than one of before, until the next sample.
 */
import type { Instant } from "#domain/core/time.ts";
import { minuteMs } from "#domain/core/time.ts";
import type { ClaimedTime } from "../db/client-db.ts";

/** Wall: what the device shows, and people may change. Monotonic: never goes back, and may stand still in sleep. */
export interface DeviceClock {
  wall(): number;
  monotonic(): number;
}

/** One moment by both clocks, in ms. */
export interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

export function momentOf(clock: DeviceClock): Moment {
  return { wall: clock.wall(), monotonic: clock.monotonic() };
}

/** By whichever clock says more: at least so long, unless somebody set the clock on. */
export function elapsedMs(since: Moment, at: Moment): number {
  return Math.max(at.monotonic - since.monotonic, at.wall - since.wall);
}

/** What is kept of a comparison with the server's clock beyond the page that made it. */
export interface KeptComparison {
  /** Server minus device in ms. */
  readonly offset: number;
  /** Server time, like `seen`. */
  readonly comparedAt: Instant;
  /** The latest time that is known to have passed. */
  readonly seen: Instant;
}

export interface ServerClock {
  /** An answer that carried the server's time. */
  sample(sent: Moment, received: Moment, serverTime: Instant): void;
  /** A comparison of before this page, or of another tab. One that is older than ours changes nothing. */
  recall(kept: KeptComparison): void;
  /** Server time by best knowledge; the device's own before any comparison. */
  now(): Instant;
  /** Server minus device in ms; null before any comparison. */
  offset(): number | null;
  /** When the clocks were compared, by the server's; null: never that we know. */
  comparedAt(): Instant | null;
  /** The comparison is not this page's own, or the device slept since: the clock may have been set. */
  isRecalled(): boolean;
  claim(): ClaimedTime;
}

const staleMs = 10 * minuteMs;

/** Two comparisons that differ by more speak of a clock that was set between them. */
const usualDriftMs = 2 * minuteMs;

/** The clock was set since the comparison that was kept: `offset` is what it is now. */
export function isContradicted(kept: KeptComparison, offset: number): boolean {
  return isFarFrom(kept.offset, offset);
}

/** Farther apart than clocks drift. */
export function isFarFrom(one: number, other: number): boolean {
  return Math.abs(one - other) > usualDriftMs;
}

interface Sample {
  /** Of a comparison that was kept: infinite, any answer is better. */
  readonly roundTrip: number;
  readonly received: Moment;
  /** Server time at `received`. */
  readonly time: Instant;
  readonly comparedAt: Instant;
}

/** Whether the two clocks tell the same of what lies between. */
function isAgreed(since: Moment, at: Moment): boolean {
  return !isFarFrom(at.wall - since.wall, at.monotonic - since.monotonic);
}

export function createServerClock(device: DeviceClock): ServerClock {
  let best: Sample | null = null;

  function now(): Instant {
    if (best === null) return device.wall();
    const { received, time } = best;
    const at = momentOf(device);
    // As long as they agree from the monotonic one on: what drifts is the wall clock.
    const went = isAgreed(received, at)
      ? at.monotonic - received.monotonic
      : elapsedMs(received, at);
    return Math.round(time + went);
  }

  function offset(): number | null {
    return best === null ? null : now() - Math.round(device.wall());
  }

  /** Any answer is better than what this page knows. */
  function isDoubtful(): boolean {
    return (
      best?.roundTrip === Infinity || (best !== null && !isAgreed(best.received, momentOf(device)))
    );
  }

  return {
    sample(sent, received, serverTime) {
      // It slept on the way: nobody knows when the server said so.
      if (!isAgreed(sent, received)) return;
      const roundTrip = elapsedMs(sent, received);
      const isOld = best !== null && elapsedMs(best.received, received) > staleMs;
      if (best !== null && !isOld && !isDoubtful() && roundTrip > best.roundTrip) return;
      const time = serverTime + roundTrip / 2;
      best = { roundTrip, received, time, comparedAt: time };
    },
    recall(kept) {
      const time = device.wall() + kept.offset;
      const wasSetBack = time < kept.seen - minuteMs;
      if (wasSetBack || (best !== null && best.comparedAt >= kept.comparedAt)) return;
      const { comparedAt } = kept;
      best = { roundTrip: Infinity, received: momentOf(device), time, comparedAt };
    },
    now,
    offset,
    comparedAt: () => (best === null ? null : Math.round(best.comparedAt)),
    isRecalled: isDoubtful,
    claim() {
      const offsetAge = best === null ? null : Math.max(0, now() - Math.round(best.comparedAt));
      return { wall: Math.round(device.wall()), offset: offset(), offsetAge };
    },
  };
}
