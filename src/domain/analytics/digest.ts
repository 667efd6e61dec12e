/** A report across campaigns as lines of text: what a mail or a lock screen can show. In English. */
import { glanceOf } from "../report/glance.ts";
import type { Day, Days } from "../report/date-range.ts";
import { openCalendar, timesOf } from "./calendar.ts";
import type { ComparedFigure, Kpi } from "./kpi.ts";
import { analyticsOf } from "./report.ts";
import { campaignsOf, inScope, slicesIn, wholeScope, type Scope } from "./slice.ts";
import type { Counted } from "./counted.ts";

export interface Digest {
  readonly title: string;
  readonly text: string;
}

/** With both ends. */
export interface ClosedDays extends Days {
  readonly first: Day;
  readonly last: Day;
}

export interface DigestQuestion {
  /** The person's own name of it. */
  readonly name: string;
  readonly days: ClosedDays;
  readonly zone: string;
  readonly channels: Scope["channels"];
}

/** More nobody reads in a mail; the rest is counted. */
const mostCampaigns = 10;

export function digestOf(
  rows: readonly Counted[],
  { name, days, zone, channels }: DigestQuestion,
): Digest {
  const calendar = openCalendar(zone);
  const scope = { ...wholeScope, channels };
  const question = { days, scope, compare: "previous", step: "day", weekStart: 1 } as const;
  const { figures } = analyticsOf(rows, question, calendar);
  const title = `${name}: ${daysInWords(days)}`;
  const counted = new Map(rows.map((row) => [row.campaign.id, row]));
  const campaigns = campaignsOf(slicesIn(inScope(rows, scope), timesOf(days, calendar)));
  if (campaigns.length === 0) return { title, text: "Nothing was sent in these days." };
  const lines = campaigns
    .map((campaign) => ({ campaign, rollup: counted.get(campaign.id)?.rollup ?? null }))
    .toSorted((a, b) => (b.rollup?.total ?? 0) - (a.rollup?.total ?? 0))
    .slice(0, mostCampaigns)
    .map(({ campaign, rollup }) => `${campaign.name}. ${rollup === null ? "" : glanceOf(rollup)}`);
  const more = campaigns.length - lines.length;
  const told = figures.filter(({ kpi, count }) => alwaysTold.has(kpi) || count > 0);
  const text = [
    ...told.map(figureLine),
    "",
    `${campaigns.length === 1 ? "1 campaign" : `${campaigns.length} campaigns`}, all that came of them so far:`,
    ...lines,
    ...(more > 0 ? [`And ${more} more.`] : []),
    "",
    `Days by the clocks of ${zone}.`,
  ].join("\n");
  return { title, text };
}

const alwaysTold: ReadonlySet<Kpi> = new Set(["submitted", "delivered", "failed"]);

const names = {
  submitted: "Submitted",
  delivered: "Delivered",
  failed: "Failed",
  opened: "Opened",
  clicked: "Clicked",
  redeemed: "Codes redeemed",
  optedOut: "Opted out",
  skipped: "Skipped",
} as const satisfies Record<Kpi, string>;

const whole = new Intl.NumberFormat("en");
const share = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });
const change = new Intl.NumberFormat("en", {
  style: "percent",
  maximumFractionDigits: 0,
  signDisplay: "exceptZero",
});
const points = new Intl.NumberFormat("en", { maximumFractionDigits: 1, signDisplay: "exceptZero" });

/** A rate with its count and the points that it moved, or a count with its change. */
function figureLine(figure: ComparedFigure): string {
  const { kpi, count, rate, rateChange } = figure;
  if (rate === null) {
    return `${names[kpi]}: ${whole.format(count)}${inParentheses([changeOf(figure)])}`;
  }
  const moved = rateChange === null ? "" : `${points.format(rateChange * 100)} points`;
  return `${names[kpi]}: ${share.format(rate)}${inParentheses([whole.format(count), moved])}`;
}

function changeOf(figure: ComparedFigure): string {
  return figure.change === null
    ? ""
    : `${change.format(figure.change)} against as many days before`;
}

function inParentheses(parts: readonly string[]): string {
  const told = parts.filter((part) => part !== "");
  return told.length === 0 ? "" : ` (${told.join(", ")})`;
}

const oneDay = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});

function daysInWords({ first, last }: ClosedDays): string {
  const from = Date.parse(`${first}T00:00Z`);
  const to = Date.parse(`${last}T00:00Z`);
  return from === to ? oneDay.format(from) : oneDay.formatRange(from, to);
}
