/** The events that a report is about: each span of each campaign that the filter lets through. */
import type { Channel } from "../campaign/channel.ts";
import { fallbackOf } from "../campaign/fallback.ts";
import { messagingLabel, type MessagingStatus } from "../campaign/labels.ts";
import type { Instant } from "../core/time.ts";
import type { TimeRange } from "../report/by-channel.ts";
import type { Id } from "../core/id.ts";
import { partsByWay } from "../report/by-way.ts";
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

/** One span of one campaign, of what went by one channel. */
export interface Slice {
  readonly campaign: CountedCampaign;
  /** By which it really went, and through which account; null: nobody knows. */
  readonly channel: Channel;
  readonly accountId: Id | null;
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
    return partsByWay(campaign.type, rollup).flatMap(({ channel, isSecond, rollup: part }) => {
      const { series, spanMs } = part;
      const way = { channel, accountId: isSecond ? secondAccountOf(campaign) : campaign.accountId };
      return measuresBySpan(part)
        .map((measures, n) => ({ campaign, ...way, at: series[n]?.at ?? 0, spanMs, measures }))
        .filter(({ at }) => at >= from && at < to);
    });
  });
}

/** Of what was deleted it is not kept. */
function secondAccountOf(campaign: CountedCampaign): Id | null {
  return "kind" in campaign ? null : (fallbackOf(campaign)?.accountId ?? null);
}

/** The campaigns of which anything happened, each once. */
export function campaignsOf(slices: readonly Slice[]): readonly CountedCampaign[] {
  return [...new Map(slices.map(({ campaign }) => [campaign.id, campaign])).values()];
}
