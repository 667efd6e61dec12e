/**
 * The part of storage that knows of which messages nobody told how long their text was: their call
 * never ended, or ended after a receipt had moved them on. Each counts as one segment until it is
 * written once more, as it was written then.
 */
import type { Instant } from "#domain/core/time.ts";
import type { Intended, OpenDistribution, Way } from "./distribution.ts";
import type { DistributionSeq } from "./live-store.ts";

/** What its text is written from. */
export type Unmeasured = Pick<Intended, "n" | "gen" | "contact" | "edition" | "event" | "code">;

/** Messages of one campaign that went by one way. */
export interface UnmeasuredPart {
  readonly distribution: Pick<
    OpenDistribution,
    "seq" | "way" | "workspace" | "campaignId" | "channel" | "tracksLinks" | "tracksOpens"
  >;
  readonly messages: readonly Unmeasured[];
}

export interface Measured {
  readonly n: number;
  readonly gen: number;
  /** null: it cannot be found out any more, and stays as it counts. */
  readonly segments: number | null;
}

export interface MeasureStore {
  /** The first that are resolved by now, and whose call tells nothing any more. null: there are none. */
  unmeasured(args: {
    readonly limit: number;
    readonly now: Instant;
  }): Promise<UnmeasuredPart | null>;
  /** They count, and cost, their segments from now on. */
  measure(args: {
    readonly distribution: DistributionSeq;
    readonly way: Way;
    readonly measured: readonly Measured[];
  }): Promise<void>;
}
