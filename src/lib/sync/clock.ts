/**
 * The server's time on this device. Nothing is ordered by it: it is for showing and for telling
 * when something was done. The sample with the shortest way counts, until it is old.
 *
 * A start without a network has no sample. Then the comparison that was noted before counts, as
 * long as nothing speaks against it: the clock must not stand before a time that is known to have
 * passed. What was said by it is looked at again with the first sample (claims.ts).
 */
import type { Instant } from "#domain/core/time.ts";
import { minuteMs } from "#domain/core/time.ts";
import type { ClaimedTime } from "../db/client-db.ts";

/** Wall: what the device shows, and people may change. Monotonic: only ever runs on. */
export interface DeviceClock {
  wall(): number;
  monotonic(): number;
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
  /** An answer that carried the server's time; both moments by the monotonic clock. */
  sample(sentAt: number, receivedAt: number, serverTime: Instant): void;
  /** A comparison of before this page, or of another tab. One that is older than ours changes nothing. */
  recall(kept: KeptComparison): void;
  /** Server time by best knowledge; the device's own before any comparison. */
  now(): Instant;
  /** Server minus device in ms; null before any comparison. */
  offset(): number | null;
  /** When the clocks were compared, by the server's; null: never that we know. */
  comparedAt(): Instant | null;
  /** The comparison is not this page's own: the clock may have been set since. */
  isRecalled(): boolean;
  claim(): ClaimedTime;
}

const staleMs = 10 * minuteMs;

/** Two comparisons that differ by more speak of a clock that was set between them. */
const usualDriftMs = 2 * minuteMs;

/** The clock was set since the comparison that was kept: `offset` is what it is now. */
export function isContradicted(kept: KeptComparison, offset: number): boolean {
  return Math.abs(kept.offset - offset) > usualDriftMs;
}

interface Sample {
  /** Of a comparison that was kept: infinite, any answer is better. */
  readonly roundTrip: number;
  readonly receivedAt: number;
  /** Server time at `receivedAt`. */
  readonly time: Instant;
  readonly comparedAt: Instant;
}

export function createServerClock(device: DeviceClock): ServerClock {
  let best: Sample | null = null;

  function now(): Instant {
    if (best === null) return device.wall();
    // From the monotonic clock on: somebody setting the device's clock changes nothing.
    return Math.round(best.time + (device.monotonic() - best.receivedAt));
  }

  function offset(): number | null {
    return best === null ? null : now() - Math.round(device.wall());
  }

  return {
    sample(sentAt, receivedAt, serverTime) {
      const roundTrip = receivedAt - sentAt;
      const isOld = best !== null && receivedAt - best.receivedAt > staleMs;
      if (best !== null && !isOld && roundTrip > best.roundTrip) return;
      const time = serverTime + roundTrip / 2;
      best = { roundTrip, receivedAt, time, comparedAt: time };
    },
    recall(kept) {
      const time = device.wall() + kept.offset;
      const wasSetBack = time < kept.seen - minuteMs;
      if (wasSetBack || (best !== null && best.comparedAt >= kept.comparedAt)) return;
      const { comparedAt } = kept;
      best = { roundTrip: Infinity, receivedAt: device.monotonic(), time, comparedAt };
    },
    now,
    offset,
    comparedAt: () => (best === null ? null : Math.round(best.comparedAt)),
    isRecalled: () => best?.roundTrip === Infinity,
    claim() {
      const offsetAge = best === null ? null : Math.max(0, now() - Math.round(best.comparedAt));
      return { wall: Math.round(device.wall()), offset: offset(), offsetAge };
    },
  };
}
