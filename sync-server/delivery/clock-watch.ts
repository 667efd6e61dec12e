/**
 * Notices that the clock was set back. What was to wait until a moment of the clock that ran ahead
 * would wait for as long as it was ahead.
 */
import { dayMs, type Instant } from "#domain/core/time.ts";
import { resolveWindowMs } from "#domain/message/retry.ts";
import type { DeliveryStore } from "../store/delivery-store.ts";

/** No wait is longer: what ends later was begun under a clock that ran ahead. */
const longestWaitMs = 31 * dayMs;

export interface ClockWatch {
  notice(now: Instant): Promise<void>;
}

export function createClockWatch(delivery: DeliveryStore): ClockWatch {
  // A clock may be set back while the server is down, too: the first look counts as such.
  let seenAt: Instant = Infinity;
  return {
    notice: async (now) => {
      if (now < seenAt) {
        await delivery.pullIn({ latest: now + longestWaitMs, to: now + resolveWindowMs });
      }
      seenAt = now;
    },
  };
}
