/**
 * The server's time on this device. Nothing is ordered by it: it is for showing and for telling
 * when something was done. The sample with the shortest way counts, until it is old.
 */
import type { Instant } from "#domain/core/time.ts";
import { minuteMs } from "#domain/core/time.ts";
import type { ClaimedTime } from "../db/client-db.ts";

/** Wall: what the device shows, and people may change. Monotonic: only ever runs on. */
export interface DeviceClock {
  wall(): number;
  monotonic(): number;
}

export interface ServerClock {
  /** An answer that carried the server's time; both moments by the monotonic clock. */
  sample(sentAt: number, receivedAt: number, serverTime: Instant): void;
  /** Server time by best knowledge; the device's own before any answer. */
  now(): Instant;
  /** Server minus device in ms; null before any answer. */
  offset(): number | null;
  claim(): ClaimedTime;
}

const staleMs = 10 * minuteMs;

interface Sample {
  readonly roundTrip: number;
  readonly receivedAt: number;
  /** Server time at `receivedAt`. */
  readonly time: Instant;
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
      best = { roundTrip, receivedAt, time: serverTime + roundTrip / 2 };
    },
    now,
    offset,
    claim() {
      const offsetAge =
        best === null ? null : Math.max(0, Math.round(device.monotonic() - best.receivedAt));
      return { wall: Math.round(device.wall()), offset: offset(), offsetAge };
    },
  };
}
