/** How often one device may ask: a bucket of calls that refills evenly. */
import type { Instant } from "#domain/core/time.ts";

export interface Allowance {
  /** Takes one call; answers 0, or how many ms to wait until there is one again. */
  take(who: string): number;
}

export interface AllowanceOptions {
  readonly perMinute: number;
  readonly clock: () => Instant;
}

interface Bucket {
  left: number;
  at: Instant;
}

/** Buckets that are full again are forgotten when there are more than this many. */
const maxKept = 10_000;

export function createAllowance({ perMinute, clock }: AllowanceOptions): Allowance {
  const buckets = new Map<string, Bucket>();
  const perMs = perMinute / 60_000;
  const refilled = (bucket: Bucket, now: Instant): number =>
    Math.min(perMinute, bucket.left + Math.max(0, now - bucket.at) * perMs);
  return {
    take: (who) => {
      const now = clock();
      if (buckets.size > maxKept) {
        for (const [key, each] of buckets) {
          if (refilled(each, now) >= perMinute) buckets.delete(key);
        }
      }
      const bucket = buckets.get(who) ?? { left: perMinute, at: now };
      const left = refilled(bucket, now);
      const isAllowed = left >= 1;
      buckets.set(who, { left: isAllowed ? left - 1 : left, at: now });
      return isAllowed ? 0 : Math.ceil((1 - left) / perMs);
    },
  };
}
