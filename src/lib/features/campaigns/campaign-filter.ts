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
import { dayMs, type Instant } from "#domain/core/time.ts";

export const campaignTabs = ["messaging", "interactive"] as const;

export type CampaignTab = (typeof campaignTabs)[number];

export const dateRanges = ["all", "today", "7d", "30d"] as const;

export type DateRange = (typeof dateRanges)[number];

export const dateRangeLabels = {
  all: "All",
  today: "Today",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
} as const satisfies Record<DateRange, string>;

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
    range: dateRanges.find((range) => range === params.get("show")) ?? "all",
    types: chosen(openChannels, params.get("type")),
    statuses: chosen(messagingStatuses, params.get("status")),
  };
}

/** The address of a filter: only what narrows is named. */
export function filterHref({ tab, range, types, statuses }: CampaignFilter): string {
  const params = new URLSearchParams();
  if (tab !== "messaging") params.set("tab", tab);
  if (range !== "all") params.set("show", range);
  if (types.length > 0) params.set("type", types.join(","));
  if (statuses.length > 0) params.set("status", statuses.join(","));
  const query = params.toString().replaceAll("%2C", ",");
  return query === "" ? "/campaigns" : `/campaigns?${query}`;
}

export function isNarrowed({ range, types, statuses }: CampaignFilter): boolean {
  return range !== "all" || types.length > 0 || statuses.length > 0;
}

/** Date range, type and status must all hold (S2-16); the date is that of creation. */
export function matches(
  campaign: Pick<Campaign, "createdAt" | "type" | "phase">,
  filter: CampaignFilter,
  now: Instant,
): boolean {
  const { range, types, statuses } = filter;
  return (
    campaign.createdAt >= startOf(range, now) &&
    (types.length === 0 || types.includes(campaign.type)) &&
    (statuses.length === 0 || statuses.includes(messagingLabel(campaign.phase).status))
  );
}

/** Days begin at midnight of this device; "last 7 days" are today and the six before it. */
function startOf(range: DateRange, now: Instant): Instant {
  if (range === "all") return Number.NEGATIVE_INFINITY;
  const days = { today: 0, "7d": 6, "30d": 29 }[range];
  return new Date(now - days * dayMs).setHours(0, 0, 0, 0);
}

function chosen<T extends string>(known: readonly T[], text: string | null): readonly T[] {
  const names = text?.split(",") ?? [];
  return known.filter((name) => names.includes(name));
}

/** The list with the value put in or taken out. */
export function toggled<T>(list: readonly T[], value: T): readonly T[] {
  return list.includes(value) ? list.filter((one) => one !== value) : [...list, value];
}
