/**
 * What the list of campaigns is narrowed to. The address of the page is the filter, so a view can
 * be shared, gone back to and kept as a bookmark.
 */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { openChannels, type Channel } from "#domain/campaign/channel.ts";
import {
  messagingLabel,
  messagingStatuses,
  type MessagingStatus,
} from "#domain/campaign/labels.ts";
import type { TimeRange } from "#domain/report/by-channel.ts";
import { readRange, writeRange, type DateRange } from "#domain/report/date-range.ts";
import { hasDataIn, type Moments } from "#domain/report/in-range.ts";
import type { Rollup } from "#domain/report/rollup.ts";

export const campaignTabs = ["messaging", "interactive", "distributions"] as const;

export type CampaignTab = (typeof campaignTabs)[number];

export interface CampaignFilter {
  readonly tab: CampaignTab;
  readonly range: DateRange;
  /** Any of them; none narrows nothing. */
  readonly types: readonly Channel[];
  readonly statuses: readonly MessagingStatus[];
}

/** Reads an address; what it does not know it leaves out. */
export function readFilter(params: Pick<URLSearchParams, "get">): CampaignFilter {
  return {
    tab: campaignTabs.find((tab) => tab === params.get("tab")) ?? "messaging",
    range:
      readRange({ show: params.get("show"), from: params.get("from"), to: params.get("to") }) ??
      "all",
    types: chosen(openChannels, params.get("type")),
    statuses: chosen(messagingStatuses, params.get("status")),
  };
}

/** The address of a filter: only what narrows is named. */
export function filterHref({ tab, range, types, statuses }: CampaignFilter): string {
  const params = new URLSearchParams();
  if (tab !== "messaging") params.set("tab", tab);
  if (range !== "all") {
    for (const [name, value] of Object.entries(writeRange(range))) {
      if (value !== null) params.set(name, value);
    }
  }
  if (types.length > 0) params.set("type", types.join(","));
  if (statuses.length > 0) params.set("status", statuses.join(","));
  const query = params.toString().replaceAll("%2C", ",");
  return query === "" ? "/campaigns" : `/campaigns?${query}`;
}

export function isNarrowed({ range, types, statuses }: CampaignFilter): boolean {
  return range !== "all" || types.length > 0 || statuses.length > 0;
}

interface Listed {
  readonly campaign: Moments & Pick<Campaign, "type" | "phase">;
  readonly rollup: Pick<Rollup, "series"> | null;
}

/** Date range, type and status must all hold (S2-16). `days`: the filter's range on this device. */
export function matches(
  { campaign, rollup }: Listed,
  { types, statuses }: Pick<CampaignFilter, "types" | "statuses">,
  days: TimeRange,
): boolean {
  return (
    hasDataIn(campaign, rollup, days) &&
    (types.length === 0 || types.includes(campaign.type)) &&
    (statuses.length === 0 || statuses.includes(messagingLabel(campaign.phase).status))
  );
}

function chosen<T extends string>(known: readonly T[], text: string | null): readonly T[] {
  const names = text?.split(",") ?? [];
  return known.filter((name) => names.includes(name));
}

/** The list with the value put in or taken out. */
export function toggled<T>(list: readonly T[], value: T): readonly T[] {
  return list.includes(value) ? list.filter((one) => one !== value) : [...list, value];
}
