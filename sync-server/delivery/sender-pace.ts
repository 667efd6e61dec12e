/** Messages a second from one sender, whichever accounts of its workspace it goes through. Pure. */
import type { Instant } from "#domain/core/time.ts";
import {
  bucketAtStart,
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
  /** An account of the sender is used from now on; `claimedAt`: as of an account's own pace. */
  opened(sender: string, claimedAt: Instant | null, now: Instant): void;
  /** The pace of a sender, by this limit. Where accounts differ, each keeps to its own. */
  of(sender: string, perSecond: number): SenderPace;
}

/** It begins as an account's own does: with what gathered since its last claim that is known of. */
export function createSenderPaces(): SenderPaces {
  const buckets = new Map<string, Bucket>();
  const unknown = 0;
  return {
    opened: (sender, claimedAt, now) => {
      const known = buckets.get(sender);
      const begun = bucketAtStart(claimedAt, now);
      // Of several accounts, the one that claimed last counts.
      const isLess = known === undefined || (begun.tokens === 0 && begun.at >= known.at);
      if (isLess) buckets.set(sender, begun);
    },
    of: (sender, perSecond) => {
      const fill = (now: Instant): Bucket => {
        const begun = buckets.get(sender) ?? bucketAtStart(unknown, now);
        const bucket = filled(begun, perSecond, now);
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
