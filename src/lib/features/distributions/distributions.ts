/** The list of distributions: its columns, its order and what narrows it, all kept in the address. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { openChannels, type Channel } from "#domain/campaign/channel.ts";
import type { Instant } from "#domain/core/time.ts";
import type { TimeRange } from "#domain/report/by-channel.ts";
import { readRange, writeRange, type DateRange } from "#domain/report/date-range.ts";
import { headline } from "#domain/report/headline.ts";
import { hasDataIn } from "#domain/report/in-range.ts";
import { distributionStatus } from "#domain/report/distribution-status.ts";
import type { Rollup, SeriesPoint } from "#domain/report/rollup.ts";
import type { StatusName } from "#lib/ui/status.ts";

/** As the list calls where a distribution stands, each with its look in the one palette. */
export const distributionLooks = {
  Draft: "draft",
  Scheduled: "scheduled",
  "Set live": "live",
  Paused: "paused",
  Sent: "completed",
  Canceled: "canceled",
} as const satisfies Record<string, StatusName>;

export type DistributionStatus = keyof typeof distributionLooks;

export const distributionStatuses = [
  "Draft",
  "Scheduled",
  "Set live",
  "Paused",
  "Sent",
  "Canceled",
] as const satisfies readonly DistributionStatus[];

export function statusOf(campaign: Campaign): DistributionStatus {
  const { word } = distributionStatus(campaign);
  return distributionStatuses.find((status) => status === word) ?? "Draft";
}

/** In the order of the table. */
export const distributionColumns = [
  { key: "title", label: "Title", primary: true },
  { key: "channel", label: "Channel" },
  { key: "status", label: "Status" },
  { key: "sending", label: "Sending date" },
  { key: "started", label: "Started sending" },
  { key: "delivery", label: "Delivery date" },
  { key: "sent", label: "Sent", numeric: true },
  { key: "delivered", label: "Delivered", numeric: true },
  { key: "failed", label: "Failed", numeric: true },
  { key: "actions", label: "Actions" },
] as const;

export type DistributionColumn = (typeof distributionColumns)[number]["key"];

/** Always there: a row without them would be nothing, or of no use. */
export const fixedColumns: readonly DistributionColumn[] = ["title", "actions"];

/** All columns need the first of these, those with the dates the second. */
const roomyPx = 1_040;
const middlingPx = 900;

/** What is shown where nobody chose: less where there is little room. */
export function usualColumns(widthPx: number): readonly DistributionColumn[] {
  const isIn = (key: DistributionColumn): boolean => {
    if (key === "delivered" || key === "failed") return widthPx >= roomyPx;
    return widthPx >= middlingPx || (key !== "started" && key !== "delivery");
  };
  return distributionColumns.map(({ key }) => key).filter(isIn);
}

export type DistributionOrder = Exclude<DistributionColumn, "actions">;

export interface DistributionView {
  readonly range: DateRange;
  readonly types: readonly Channel[];
  readonly statuses: readonly DistributionStatus[];
  readonly by: DistributionOrder;
  readonly descending: boolean;
  /** null: the usual ones. */
  readonly columns: readonly DistributionColumn[] | null;
}

type Params = Pick<URLSearchParams, "get">;

/** Reads an address; what it does not know it leaves out. */
export function readView(params: Params): DistributionView {
  const order = params.get("sort") ?? "-sending";
  const columns = params.get("columns")?.split(",");
  return {
    range:
      readRange({ show: params.get("show"), from: params.get("from"), to: params.get("to") }) ??
      "all",
    types: among(openChannels, params.get("type")),
    statuses: among(distributionStatuses, params.get("status")),
    by: orders.find((name) => name === order.replace("-", "")) ?? "sending",
    descending: order.startsWith("-"),
    columns:
      columns === undefined
        ? null
        : distributionColumns
            .map(({ key }) => key)
            .filter((key) => fixedColumns.includes(key) || columns.includes(key)),
  };
}

export function viewHref({ range, types, statuses, by, descending, columns }: DistributionView) {
  const params = new URLSearchParams({ tab: "distributions" });
  if (range !== "all") {
    for (const [name, value] of Object.entries(writeRange(range))) {
      if (value !== null) params.set(name, value);
    }
  }
  if (types.length > 0) params.set("type", types.join(","));
  if (statuses.length > 0) params.set("status", statuses.join(","));
  if (by !== "sending" || !descending) params.set("sort", `${descending ? "-" : ""}${by}`);
  if (columns !== null) params.set("columns", columns.join(","));
  return `/campaigns?${params.toString().replaceAll("%2C", ",")}`;
}

const orders: readonly DistributionOrder[] = distributionColumns.flatMap(({ key }) =>
  key === "actions" ? [] : [key],
);

function among<T extends string>(known: readonly T[], text: string | null): readonly T[] {
  const names = text?.split(",") ?? [];
  return known.filter((name) => names.includes(name));
}

interface Listed {
  readonly campaign: Campaign;
  readonly rollup: Rollup | null;
}

/** Those that pass the filters, in the order that is asked for. `days`: the range on this device. */
export function listed<T extends Listed>(
  rows: readonly T[],
  { types, statuses, by, descending }: DistributionView,
  days: TimeRange,
): readonly T[] {
  const passing = rows.filter(
    ({ campaign, rollup }) =>
      hasDataIn(campaign, rollup, days) &&
      (types.length === 0 || types.includes(campaign.type)) &&
      (statuses.length === 0 || statuses.includes(statusOf(campaign))),
  );
  const sign = descending ? -1 : 1;
  return passing.toSorted((a, b) => {
    const [one, other] = [valueOf(a, by), valueOf(b, by)];
    // What has no value stands last, whichever way it is turned.
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    if (typeof one === "string") return sign * one.localeCompare(String(other));
    return sign * (one - Number(other));
  });
}

function valueOf(row: Listed, by: DistributionOrder): string | number | null {
  const { campaign, rollup } = row;
  switch (by) {
    case "title":
      return campaign.name;
    case "channel":
      return campaign.type;
    case "status":
      return distributionStatuses.indexOf(statusOf(campaign));
    case "sending":
      return sendingAt(campaign);
    case "started":
      return campaign.startedAt;
    case "delivery":
      return deliveryAt(rollup);
    case "sent":
    case "delivered":
    case "failed":
      return rollup === null ? null : headline(rollup)[by];
  }
}

/** When it goes out, or was sent off; null: nobody said so yet. */
export function sendingAt({
  schedule,
  launchedAt,
}: Pick<Campaign, "schedule" | "launchedAt">): Instant | null {
  return schedule?.at ?? launchedAt;
}

/**
 * When the last message so far arrived: the span in which one was last confirmed as delivered, or
 * was passed on for good where no receipts come; null: none has.
 */
export function deliveryAt(rollup: Pick<Rollup, "series"> | null): Instant | null {
  return rollup?.series.findLast(hasArrivals)?.at ?? null;
}

function hasArrivals({ entered }: SeriesPoint): boolean {
  return (entered.delivered ?? 0) + (entered.sent ?? 0) > 0;
}
