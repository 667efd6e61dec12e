/**
 * What was used, over campaigns: messages and segments by status, by carrier and country, month by
 * month. Computed from the counters that every device has, so it is the same with and without a
 * network. A campaign counts where it was launched, with all its messages, each under the channel
 * that it really went by; months count each send in the month in which it was made.
 */
import type { Campaign } from "../campaign/campaign.ts";
import type { Channel } from "../campaign/channel.ts";
import { addressKindOf } from "../campaign/channel.ts";
import { reasonClass } from "../message/reason.ts";
import { messageStates } from "../message/state.ts";
import { monthOf, type Month } from "../schedule/month.ts";
import type { TimeRange } from "./by-channel.ts";
import { partsByWay } from "./by-way.ts";
import { isCarrier } from "./carrier-name.ts";
import { sumCarriers } from "./carriers.ts";
import { sumReasonCounts } from "./reason-counts.ts";
import type { CarrierCounts, ReasonCount, Rollup } from "./rollup.ts";
import { segmentCounters, type SegmentCounters } from "./vocabulary.ts";

export interface UsageRow {
  readonly campaign: Pick<Campaign, "id" | "type" | "launchedAt">;
  readonly rollup: Rollup | null;
}

export interface UsageFilter extends TimeRange {
  /** null: every channel. */
  readonly type: Channel | null;
  /** By name, in any country; "unknown": those that nobody knows. null: every carrier. */
  readonly carrier: string | null;
}

/** Of one channel in one month. */
export interface MonthUsage {
  readonly month: Month;
  readonly type: Channel;
  /** Each send that was taken, or may have been. */
  readonly messages: number;
  readonly segments: number;
  /** In each currency that a price was set in. */
  readonly costs: readonly { readonly currency: string; readonly amount: number }[];
}

export interface Usage {
  /** Campaigns that sent something of it. */
  readonly campaigns: number;
  readonly messages: SegmentCounters;
  readonly segments: SegmentCounters;
  /** Of channels to phones alone; their sum is that of these channels. */
  readonly carriers: readonly CarrierCounts[];
  /** The same by country alone. */
  readonly countries: readonly CarrierCounts[];
  /** The earliest first; empty where one carrier is asked for: months are not counted by carrier. */
  readonly months: readonly MonthUsage[];
  readonly factors: Factors;
  /** Messages that arrived or were read: whoever got two campaigns counts twice. */
  readonly reached: number;
  /** Messages whose recipient opened a link. */
  readonly clicked: number;
}

/** `zone`: of whose clocks months are. */
export function usageOf(rows: readonly UsageRow[], filter: UsageFilter, zone: string): Usage {
  const ofType = rows
    .flatMap(byWay)
    .filter(({ type }) => filter.type === null || type === filter.type);
  const counted = ofType.flatMap(({ id, type, launchedAt, rollup }) => {
    const isIn = launchedAt !== null && launchedAt >= filter.from && launchedAt < filter.to;
    if (!isIn) return [];
    const carriers = carriersOf(type, rollup).filter((row) => fits(row, filter.carrier));
    const isWhole = filter.carrier === null;
    const counts = isWhole ? countsOf(rollup) : carriers.flatMap((row) => row.counts);
    return counts.length === 0 ? [] : [{ id, rollup, carriers, counts }];
  });
  const counts = sumReasonCounts(counted.flatMap((each) => each.counts));
  const carriers = sumCarriers(counted.flatMap((each) => each.carriers));
  const { messages, segments } = segmentsByStatus(counts);
  return {
    campaigns: new Set(counted.map(({ id }) => id)).size,
    messages,
    segments,
    carriers,
    countries: countriesOf(carriers),
    factors: factorsOf(counts),
    months: filter.carrier === null ? monthsOf(ofType, filter, zone) : [],
    reached: messages.confirmed,
    clicked: counted.reduce((sum, { rollup }) => sum + (rollup.marks?.clicked ?? 0), 0),
  };
}

interface UsedPart extends Pick<Campaign, "id" | "type" | "launchedAt"> {
  readonly rollup: Rollup;
}

/** What each of its channels carried. */
function byWay({ campaign, rollup }: UsageRow): readonly UsedPart[] {
  if (rollup === null) return [];
  const { id, launchedAt } = campaign;
  return partsByWay(campaign.type, rollup).map((part) => {
    return { id, launchedAt, type: part.channel, rollup: part.rollup };
  });
}

/** The same by country alone. */
export function countriesOf(carriers: readonly CarrierCounts[]): readonly CarrierCounts[] {
  return sumCarriers(carriers.map(withoutCarrier));
}

/** A rest of one country belongs to it; a rest of several stays one. */
function withoutCarrier({ country, isRest, counts }: CarrierCounts): CarrierCounts {
  const row = { country, carrier: null, counts };
  return isRest === true && country === null ? { ...row, isRest } : row;
}

function fits({ carrier, isRest }: CarrierCounts, wanted: string | null): boolean {
  if (wanted === null) return true;
  return isRest !== true && isCarrier(carrier, wanted);
}

/** The same statuses in both units. */
export function segmentsByStatus(
  counts: readonly ReasonCount[],
): Readonly<Record<"messages" | "segments", SegmentCounters>> {
  return { messages: countersOf(counts, "n"), segments: countersOf(counts, "segments") };
}

function countersOf(counts: readonly ReasonCount[], what: "n" | "segments"): SegmentCounters {
  return segmentCounters(
    counts.map(({ state, reason, n, segments = n }) => {
      return { state, reason, segments: what === "n" ? n : segments };
    }),
  );
}

/** Every message of a rollup by state and reason; those of a state that need no reason have none. */
export function countsOf({
  states,
  segments,
  reasons,
}: Pick<Rollup, "states" | "segments" | "reasons">): readonly ReasonCount[] {
  const rest = messageStates.flatMap((state) => {
    const known = reasons.filter((row) => row.state === state);
    const n = states[state] - known.reduce((sum, row) => sum + row.n, 0);
    const left = segments[state] - known.reduce((sum, row) => sum + (row.segments ?? row.n), 0);
    return n === 0 ? [] : [{ state, reason: "none", n, segments: left } as const];
  });
  return [...reasons, ...rest];
}

/**
 * By carrier and country; empty where the channel has no carriers. Campaigns from before they were
 * counted went to nobody knows which.
 */
export function carriersOf(
  type: Channel,
  rollup: Pick<Rollup, "carriers" | "states" | "segments" | "reasons">,
): readonly CarrierCounts[] {
  if (addressKindOf[type] !== "phone") return [];
  return rollup.carriers ?? [{ country: null, carrier: null, counts: countsOf(rollup) }];
}

function monthsOf(
  rows: readonly UsedPart[],
  { from, to }: TimeRange,
  zone: string,
): readonly MonthUsage[] {
  const first = Number.isFinite(from) ? monthOf(from, zone) : -Infinity;
  const last = Number.isFinite(to) ? monthOf(to - 1, zone) : Infinity;
  const uses = rows.flatMap(({ type, rollup: { months = [], cost } }) =>
    months
      .filter(({ month, messages }) => month >= first && month <= last && messages > 0)
      .map((use) => ({ ...use, type, currency: cost?.currency ?? null })),
  );
  const groups = Map.groupBy(uses, ({ month, type }) => `${month} ${type}`);
  return [...groups.values()]
    .flatMap((group) => {
      const [of] = group;
      if (of === undefined) return [];
      const messages = group.reduce((sum, use) => sum + use.messages, 0);
      const segments = group.reduce((sum, use) => sum + use.segments, 0);
      return [{ month: of.month, type: of.type, messages, segments, costs: costsOf(group) }];
    })
    .toSorted((a, b) => a.month - b.month || b.messages - a.messages);
}

function costsOf(
  uses: readonly { readonly currency: string | null; readonly amount?: number }[],
): MonthUsage["costs"] {
  const sums = new Map<string, number>();
  for (const { currency, amount = 0 } of uses) {
    if (currency !== null) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  }
  return [...sums].flatMap(([currency, sum]) => {
    const amount = Math.round(sum * 1e6) / 1e6;
    // Of two channels of a campaign only one may have a price.
    return amount === 0 ? [] : [{ currency, amount }];
  });
}

/** What kept messages from arriving, in the words of S4-01: their text, the carrier, the signal, the device. */
export interface Factors {
  readonly content: number;
  readonly carrier: number;
  readonly signal: number;
  readonly device: number;
}

/** Of messages that failed or did not arrive. */
function factorsOf(counts: readonly ReasonCount[]): Factors {
  const factors = { content: 0, carrier: 0, signal: 0, device: 0 };
  for (const { state, reason, n } of counts) {
    if (state !== "failed" && state !== "undelivered") continue;
    if (reason === "unreachable") factors.signal += n;
    else if (reason === "not_capable") factors.device += n;
    else if (reasonClass(reason) === "content") factors.content += n;
    else if (reasonClass(reason) === "carrier") factors.carrier += n;
  }
  return factors;
}
