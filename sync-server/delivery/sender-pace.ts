/** Messages a second from one sender, whichever accounts of its workspace it goes through. Pure. */
import type { Instant } from "#domain/core/time.ts";
import {
  emptyBucket,
  filled,
  nextTokenAt,
  wholeTokens,
  withoutOne,
  type Bucket,
} from "#domain/message/pacing.ts";

export interface SenderPace {
  /** Messages that may go now. */
  tokens(now: Instant): number;
  /** When the next one may go that may not now; null: it may. */
  nextAt(now: Instant): Instant | null;
  began(now: Instant): void;
}

export interface SenderPaces {
  /** The pace of a sender, by this limit. Where accounts differ, each keeps to its own. */
  of(sender: string, perSecond: number): SenderPace;
}

/** It begins empty: what was sent before the start is not known. */
export function createSenderPaces(): SenderPaces {
  const buckets = new Map<string, Bucket>();
  return {
    of: (sender, perSecond) => {
      const fill = (now: Instant): Bucket => {
        const bucket = filled(buckets.get(sender) ?? emptyBucket(now), perSecond, now);
        buckets.set(sender, bucket);
        return bucket;
      };
      return {
        tokens: (now) => wholeTokens(fill(now)),
        nextAt: (now) => nextTokenAt(fill(now), perSecond),
        began: (now) => {
          buckets.set(sender, withoutOne(fill(now)));
        },
      };
    },
  };
}
