/**
 * What a report across campaigns is about. The address of the page is the view, so it can be shared,
 * gone back to, kept as a bookmark and saved under a name.
 */
import { kpis, type Kpi } from "#domain/analytics/kpi.ts";
import { steps, type Step } from "#domain/analytics/course.ts";
import { comparisons, type Comparison } from "#domain/analytics/period.ts";
import type { Scope } from "#domain/analytics/slice.ts";
import { openChannels } from "#domain/campaign/channel.ts";
import { messagingStatuses } from "#domain/campaign/labels.ts";
import { readRange, writeRange, type DateRange } from "#domain/report/date-range.ts";

export interface View extends Scope {
  readonly range: DateRange;
  readonly compare: Comparison;
  /** null: as the length of the range asks for. */
  readonly step: Step | null;
  /** What charts and breakdowns show. */
  readonly kpi: Kpi;
  /** Campaigns side by side, by their ids; at most eight. */
  readonly campaigns: readonly string[];
}

export const mostCompared = 8;

export const usualView: View = {
  range: "30d",
  compare: "previous",
  step: null,
  kpi: "submitted",
  channels: [],
  statuses: [],
  name: "",
  campaigns: [],
};

/** Reads an address; what it does not know it leaves out. */
export function readView(params: Pick<URLSearchParams, "get">): View {
  const range = readRange({
    show: params.get("show"),
    from: params.get("from"),
    to: params.get("to"),
  });
  return {
    // Only lists of campaigns are told of all time (S2-23).
    range: range === null || range === "all" ? usualView.range : range,
    compare: oneOf(comparisons, params.get("compare")) ?? usualView.compare,
    step: oneOf(steps, params.get("step")),
    kpi: oneOf(kpis, params.get("kpi")) ?? usualView.kpi,
    channels: someOf(openChannels, params.get("channel")),
    statuses: someOf(messagingStatuses, params.get("status")),
    name: params.get("name") ?? "",
    campaigns: (params.get("campaigns") ?? "").split(",").filter(Boolean).slice(0, mostCompared),
  };
}

/** Only what differs from the usual is named. */
export function writeView(view: View): string {
  const params = new URLSearchParams();
  if (view.range !== usualView.range) {
    for (const [name, value] of Object.entries(writeRange(view.range))) {
      if (value !== null) params.set(name, value);
    }
  }
  if (view.compare !== usualView.compare) params.set("compare", view.compare);
  if (view.step !== null) params.set("step", view.step);
  if (view.kpi !== usualView.kpi) params.set("kpi", view.kpi);
  if (view.channels.length > 0) params.set("channel", view.channels.join(","));
  if (view.statuses.length > 0) params.set("status", view.statuses.join(","));
  if (view.name !== "") params.set("name", view.name);
  if (view.campaigns.length > 0) params.set("campaigns", view.campaigns.join(","));
  return params.toString().replaceAll("%2C", ",");
}

/** The address of a view in a tab. */
export function viewHref(tab: string, view: View): string {
  const written = writeView(view);
  return `/reports?tab=${tab}${written === "" ? "" : `&${written}`}`;
}

export function isNarrowed({ channels, statuses, name }: Scope): boolean {
  return channels.length > 0 || statuses.length > 0 || name !== "";
}

function oneOf<T extends string>(known: readonly T[], text: string | null): T | null {
  return known.find((name) => name === text) ?? null;
}

function someOf<T extends string>(known: readonly T[], text: string | null): readonly T[] {
  const names = text?.split(",") ?? [];
  return known.filter((name) => names.includes(name));
}
