/** What the figures and parts of a report across campaigns are called, and what they mean. */
import type { Comparison } from "#domain/analytics/period.ts";
import { otherKey, unknownKey, type Dimension } from "#domain/analytics/breakdown.ts";
import type { CampaignKind } from "#domain/analytics/counted.ts";
import type { Step } from "#domain/analytics/course.ts";
import type { ComparedFigure, Kpi } from "#domain/analytics/kpi.ts";
import type { Day, Days } from "#domain/report/date-range.ts";
import { formatDays } from "#lib/i18n/day-format.ts";
import { formatNumber, formatPercent, locale } from "#lib/i18n/format.ts";
import { lazily } from "#lib/i18n/lazily.ts";
import type { Words } from "#lib/i18n/state-words.ts";

export const kpiWords = {
  submitted: {
    label: "Submitted",
    explain:
      "Messages that a provider took in these days, whatever became of them then. Who was sent two messages counts twice.",
  },
  delivered: {
    label: "Delivered",
    explain:
      "A receipt in these days said that it arrived. The rate is of those submitted in them.",
  },
  failed: {
    label: "Failed",
    explain:
      "Could not be handed over, or did not arrive, and was not sent again since. The rate is of all that were tried.",
  },
  opened: {
    label: "Opened",
    explain:
      "A receipt or the recipient's program said that it was opened. The rate is of those delivered.",
  },
  clicked: {
    label: "Clicked",
    explain: "A person followed at least one of its links. The rate is of those delivered.",
  },
  redeemed: {
    label: "Redeemed",
    explain:
      "Messages whose code was redeemed for the first time. The rate is of messages sent with a code.",
  },
  optedOut: {
    label: "Opted out",
    explain: "Asked for no more messages through this one. The rate is of those delivered.",
  },
  skipped: {
    label: "Skipped",
    explain: "Not sent on purpose, or canceled first. The rate is of everybody who was looked at.",
  },
} as const satisfies Record<Kpi, Words>;

export const kpiMark = {
  submitted: "var(--status-submitted-mark)",
  delivered: "var(--status-delivered-mark)",
  failed: "var(--status-failed-mark)",
  opened: "var(--status-read-mark)",
  clicked: "var(--status-scheduled-mark)",
  redeemed: "var(--status-unconfirmed-mark)",
  optedOut: "var(--status-ambiguous-mark)",
  skipped: "var(--status-skipped-mark)",
} as const satisfies Record<Kpi, string>;

export const dimensionWords = {
  campaign: "By campaign",
  channel: "By channel",
  kind: "By how it goes out",
  account: "By sending account",
  hour: "By hour of the day",
  weekday: "By weekday",
} as const satisfies Record<Dimension, string>;

export const kindWords = {
  once: "Sent once",
  run: "Runs of what repeats",
  triggered: "As something happens",
} as const satisfies Record<CampaignKind, string>;

export const comparisonWords = {
  previous: "the days before",
  year: "a year earlier",
} as const satisfies Record<Comparison, string>;

export const stepWords = { day: "Day", week: "Week", month: "Month" } as const satisfies Record<
  Step,
  string
>;

export const partWords: Readonly<Record<string, string>> = {
  [otherKey]: "All others",
  [unknownKey]: "Not known",
};

const dayNames = lazily(
  () => new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" }),
);
const shortDays = lazily(
  () =>
    new Intl.DateTimeFormat(locale, {
      month: "short",
      day: "numeric",
      timeZone: "UTC",
    }),
);
const monthNames = lazily(
  () => new Intl.DateTimeFormat(locale, { month: "short", timeZone: "UTC" }),
);
const hours = lazily(() => new Intl.DateTimeFormat(locale, { hour: "numeric", timeZone: "UTC" }));
const points = lazily(
  () =>
    new Intl.NumberFormat(locale, {
      maximumFractionDigits: 1,
      signDisplay: "exceptZero",
    }),
);

const shares = lazily(
  () =>
    new Intl.NumberFormat(locale, {
      style: "percent",
      maximumFractionDigits: 1,
      signDisplay: "exceptZero",
    }),
);

/** 0 is Sunday, as on 4 January 1970. */
export function weekdayName(weekday: number): string {
  return dayNames().format(Date.UTC(1970, 0, 4 + weekday));
}

export function hourName(hour: number): string {
  return hours().format(Date.UTC(1970, 0, 1, hour));
}

/** `Nov 3`; the month of a step that is one. */
export function shortDay(day: Day, step: Step): string {
  return (step === "month" ? monthNames() : shortDays()).format(Date.parse(`${day}T00:00Z`));
}

export function daysName({ first, last }: Days): string {
  return formatDays({ first, last });
}

/** `+12%`; "" where there is nothing to compare with. */
export function changeText({ change, before }: ComparedFigure): string {
  if (before === null) return "";
  if (change === null) return "none before";
  return shares().format(change);
}

/** `+1.2 points`; "" where one of the two has no rate. */
export function rateChangeText({ rateChange }: ComparedFigure): string {
  return rateChange === null ? "" : `${points().format(rateChange * 100)} points`;
}

/** How the count changed, and the rate where there is one, each by its name. */
export function bothChanges(figure: ComparedFigure): string {
  const count = changeText(figure);
  const rate = rateChangeText(figure);
  return rate === "" ? count : `Rate ${rate}, count ${count}`;
}

/** What stands large on a tile: a rate where there is one. */
export function headOf({ kpi, rate, count }: ComparedFigure): string {
  if (kpi === "submitted") return formatNumber(count);
  return rate === null ? "–" : formatPercent(rate);
}

/** What a tile says in one sentence, for who hears it. */
export function figureSentence(figure: ComparedFigure, compare: Comparison): string {
  const { kpi, count, of, rate, before } = figure;
  const share =
    of === null || rate === null ? "" : ` of ${formatNumber(of)}, ${formatPercent(rate)}`;
  const change =
    before === null ? "" : `; ${changeText(figure)} against ${comparisonWords[compare]}`;
  return `${kpiWords[kpi].label}: ${formatNumber(count)}${share}${change}.`;
}
