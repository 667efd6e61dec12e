/** A report across campaigns as lines of text: what a mail or a lock screen can show. */
import { glanceOf } from "../report/glance.ts";
import { asLines, inText, spokenIn, type SpokenLanguage } from "../report/spoken.ts";
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
  readonly language: SpokenLanguage;
}

/** More nobody reads in a mail; the rest is counted. */
const mostCampaigns = 10;

export function digestOf(
  rows: readonly Counted[],
  { name, days, zone, channels, language }: DigestQuestion,
): Digest {
  const calendar = openCalendar(zone);
  const scope = { ...wholeScope, channels };
  const question = { days, scope, compare: "previous", step: "day", weekStart: 1 } as const;
  const { figures } = analyticsOf(rows, question, calendar);
  const words = spokenIn(language);
  const title = `${inText(name, language)}: ${daysInWords(days, language)}`;
  const counted = new Map(rows.map((row) => [row.campaign.id, row]));
  const campaigns = campaignsOf(slicesIn(inScope(rows, scope), timesOf(days, calendar)));
  if (campaigns.length === 0) return { title, text: words.nothing };
  const lines = campaigns
    .map((campaign) => ({ campaign, rollup: counted.get(campaign.id)?.rollup ?? null }))
    .toSorted((a, b) => (b.rollup?.total ?? 0) - (a.rollup?.total ?? 0))
    .slice(0, mostCampaigns)
    .map(({ campaign, rollup }) => {
      return `${inText(campaign.name, language)}. ${rollup === null ? "" : glanceOf(rollup, language)}`;
    });
  const more = campaigns.length - lines.length;
  const told = figures.filter(({ kpi, count }) => alwaysTold.has(kpi) || count > 0);
  const write = figureWriter(language);
  const text = [
    ...told.map(write),
    "",
    words.campaigns(campaigns.length),
    ...lines,
    ...(more > 0 ? [words.more(String(more))] : []),
    "",
    words.clocks(inText(zone, language)),
  ].join("\n");
  return { title, text: asLines(text, language) };
}

const alwaysTold: ReadonlySet<Kpi> = new Set(["submitted", "delivered", "failed"]);

/** A rate with its count and the points that it moved, or a count with its change. */
function figureWriter(language: SpokenLanguage): (figure: ComparedFigure) => string {
  const words = spokenIn(language);
  const percent = { style: "percent", maximumFractionDigits: 1 } as const;
  const whole = new Intl.NumberFormat(language);
  const share = new Intl.NumberFormat(language, percent);
  const signed = { signDisplay: "exceptZero" } as const;
  const change = new Intl.NumberFormat(language, {
    ...percent,
    ...signed,
    maximumFractionDigits: 0,
  });
  const points = new Intl.NumberFormat(language, { ...signed, maximumFractionDigits: 1 });
  return ({ kpi, count, rate, rateChange, change: changed }) => {
    const name = words.figures[kpi];
    if (rate === null) {
      const moved = changed === null ? "" : words.before(change.format(changed));
      return `${name}: ${whole.format(count)}${inParentheses([moved], words.comma)}`;
    }
    const moved = rateChange === null ? "" : words.points(points.format(rateChange * 100));
    const parts = [whole.format(count), moved];
    return `${name}: ${share.format(rate)}${inParentheses(parts, words.comma)}`;
  };
}

function inParentheses(parts: readonly string[], comma: string): string {
  const told = parts.filter((part) => part !== "");
  return told.length === 0 ? "" : ` (${told.join(comma)})`;
}

function daysInWords({ first, last }: ClosedDays, language: SpokenLanguage): string {
  const oneDay = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
  const from = Date.parse(`${first}T00:00Z`);
  const to = Date.parse(`${last}T00:00Z`);
  return from === to ? oneDay.format(from) : oneDay.formatRange(from, to);
}
