/** The events that a report is about: each span of each campaign that the filter lets through. */
import type { Channel } from "../campaign/channel.ts";
import { messagingLabel, type MessagingStatus } from "../campaign/labels.ts";
import type { Instant } from "../core/time.ts";
import type { TimeRange } from "../report/by-channel.ts";
import type { Counted, CountedCampaign } from "./counted.ts";
import { measuresBySpan, type Measures } from "./measures.ts";

/** Which campaigns; empty lists and an empty name narrow nothing. All of it must hold (S2-16). */
export interface Scope {
  readonly channels: readonly Channel[];
  readonly statuses: readonly MessagingStatus[];
  /** A part of the name. */
  readonly name: string;
}

export const wholeScope: Scope = { channels: [], statuses: [], name: "" };

/** One span of one campaign. */
export interface Slice {
  readonly campaign: CountedCampaign;
  readonly at: Instant;
  readonly spanMs: number;
  readonly measures: Measures;
}

export function isInScope({ type, phase, name }: CountedCampaign, scope: Scope): boolean {
  const { channels, statuses } = scope;
  return (
    (channels.length === 0 || channels.includes(type)) &&
    (statuses.length === 0 || statuses.includes(messagingLabel(phase).status)) &&
    name.toLowerCase().includes(scope.name.trim().toLowerCase())
  );
}

/** The campaigns that a scope lets through, whenever they were sent. */
export function inScope<T extends Counted>(rows: readonly T[], scope: Scope): readonly T[] {
  return rows.filter(({ campaign }) => isInScope(campaign, scope));
}

/** What happened in a range; a span counts where it begins, as everywhere. */
export function slicesIn(rows: readonly Counted[], { from, to }: TimeRange): readonly Slice[] {
  return rows.flatMap(({ campaign, rollup }) => {
    if (rollup === null) return [];
    const { series, spanMs } = rollup;
    return measuresBySpan(rollup)
      .map((measures, index) => ({ campaign, at: series[index]?.at ?? 0, spanMs, measures }))
      .filter(({ at }) => at >= from && at < to);
  });
}

/** The campaigns of which anything happened, each once. */
export function campaignsOf(slices: readonly Slice[]): readonly CountedCampaign[] {
  return [...new Map(slices.map(({ campaign }) => [campaign.id, campaign])).values()];
}
