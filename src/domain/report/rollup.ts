/**
 * The live counters of one campaign, as synced to every device: absolute values, so applying
 * one twice is harmless. Charts and reports read only these.
 */
import type { Channel } from "../campaign/channel.ts";
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";
import type { LinkReport } from "../engagement/link-report.ts";
import type { OpenReport } from "../engagement/open.ts";
import type { Cost } from "./cost.ts";
import type { Mark } from "../message/marks.ts";
import type { Reason } from "../message/reason.ts";
import type { MessageState, StateCounts } from "../message/state.ts";
import type { Month } from "../schedule/month.ts";

/** How many messages are in a state for a reason. */
export interface ReasonCount {
  readonly state: MessageState;
  readonly reason: Reason;
  readonly n: number;
  /** SMS segments; left out where they are as many as messages. */
  readonly segments?: number;
}

/** Messages that entered each state within a span of time. */
export interface SeriesPoint {
  /** Start of the span. */
  readonly at: Instant;
  readonly entered: Partial<Record<MessageState, number>>;
  /** Messages that got each mark; left out where none did, and by servers that did not count them. */
  readonly marked?: MarkCounts;
}

/** How many messages have each mark; one that none has is left out. */
export type MarkCounts = Readonly<Partial<Record<Mark, number>>>;

/** Messages that wait: for the end of quiet hours, or for their recipients' clocks. */
export interface Waits {
  readonly n: number;
  readonly until: Instant;
}

/** The unique codes of a campaign's messages. */
export interface CodeUse {
  /** Of messages that a provider took, and those that were redeemed: never fewer than `redeemed`. */
  readonly published: number;
  /** Published by this campaign, and redeemed at least once (S0-30). */
  readonly redeemed: number;
  /** Codes of its whole pool that were redeemed at least once, whoever gave them out (S0-15). */
  readonly poolRedeemed: number;
}

/**
 * Messages to one carrier in one country, by what became of them. Those in flight count as queued,
 * without a reason.
 */
export interface CarrierCounts {
  /** ISO 3166-1 alpha-2; null: nobody knows, or, with `isRest`, several. */
  readonly country: string | null;
  /** null: nobody knows, or, with `isRest`, several. */
  readonly carrier: string | null;
  /** The carriers that got too few to be told one by one, together. */
  readonly isRest?: true;
  readonly counts: readonly ReasonCount[];
}

/** What a campaign sent in a calendar month of its workspace, each send that counts against it. */
export interface MonthUse {
  readonly month: Month;
  readonly messages: number;
  /** SMS segments, or messages on other channels. */
  readonly segments: number;
  /** At the price of the launch, in its currency; left out: no price was set. */
  readonly amount?: number;
}

/** What of a campaign went by the channel that it falls back to: part of its counts, not beside them. */
export interface FallbackCounts {
  readonly channel: Channel;
  /** Whoever got, or is to get, the second channel's message. */
  readonly total: number;
  readonly states: StateCounts;
  readonly segments: StateCounts;
  /** Only states that carry a reason. Like the next ones, left out by servers that did not count them. */
  readonly reasons?: readonly ReasonCount[];
  readonly marks?: MarkCounts;
  /** In spans as long as the campaign's. */
  readonly series?: readonly SeriesPoint[];
  readonly months?: readonly MonthUse[];
}

/** What keeps a campaign from going faster. */
export const limitedBys = [
  "account",
  "sender",
  "domain",
  "recipient",
  "provider",
  "concurrency",
  "slow_start",
  "warm_up",
] as const;

export type LimitedBy = (typeof limitedBys)[number];

export interface Rollup {
  /** The campaign's id: one rollup a campaign. */
  readonly id: Id;
  /** Rows that exist; while preparing it is still rising. */
  readonly total: number;
  /** The sum of the states is always `total`. */
  readonly states: StateCounts;
  /** SMS segments by state; one for each message on other channels. */
  readonly segments: StateCounts;
  /** Only states that carry a reason; sorted by n, largest first. */
  readonly reasons: readonly ReasonCount[];
  /** Left out by servers that did not count them. */
  readonly marks?: MarkCounts;
  /** Length of each span of the series: a minute, or longer once there are more than 240. */
  readonly spanMs: number;
  readonly series: readonly SeriesPoint[];
  /** Messages handed to a provider a second, over the last ten seconds; 0 when idle. */
  readonly rate: number;
  /** Messages whose time has not come, and when it comes for the first of them; null or left out: none. */
  readonly waits?: Waits | null;
  /** Every send that a provider took, at the price of the launch; null or left out: no price was set. */
  readonly cost?: Cost | null;
  /**
   * Of messages to phone numbers: their sum is that of the states, but for those in flight, which
   * are queued here. Left out: other channels, and campaigns from before carriers were counted.
   */
  readonly carriers?: readonly CarrierCounts[];
  /** The earliest first; left out by servers that did not count them. */
  readonly months?: readonly MonthUse[];
  /** Left out: its messages carry no codes. */
  readonly codes?: CodeUse;
  /** Left out: it has no tracked links. */
  readonly links?: LinkReport;
  /** Left out: its pages do not tell of opens. Whoever opened is among the `read`. */
  readonly opens?: OpenReport;
  /** How many messages lost their person, who was erased; left out: none. A device that kept fewer fetches them anew. */
  readonly erased?: number;
  /** What kept it from going faster; null or missing: nothing, or it is idle. */
  readonly limitedBy?: LimitedBy | null;
  /** Left out: it falls back to nothing. */
  readonly fallback?: FallbackCounts;
  readonly at: Instant;
}
