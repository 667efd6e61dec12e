/** Numbers, dates and spans for people. Every number on a screen passes through here. */
import { dayMs, hourMs, minuteMs, secondMs, type Instant } from "#domain/core/time.ts";
import { lazily } from "./lazily.ts";
import { language, locale, text } from "./text.ts";

export { locale } from "./text.ts";

const numbers = lazily(() => new Intl.NumberFormat(locale));
const compactNumbers = lazily(() => new Intl.NumberFormat(locale, { notation: "compact" }));
const percents = lazily(
  () => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }),
);
const dates = lazily(() => new Intl.DateTimeFormat(locale, { dateStyle: "medium" }));
const times = lazily(() => new Intl.DateTimeFormat(locale, { timeStyle: "short" }));
const clocks = lazily(() => new Intl.DateTimeFormat(locale, { timeStyle: "medium" }));
const dateTimes = lazily(
  () => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }),
);
const relatives = lazily(() => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
const lists = lazily(() => new Intl.ListFormat(locale, { type: "conjunction" }));
const plurals = lazily(() => new Intl.PluralRules(locale));

export function formatNumber(value: number): string {
  return numbers().format(value);
}

/** 48,211 as `48K`, where room is short. */
export function formatCompact(value: number): string {
  return compactNumbers().format(value);
}

/** A share between 0 and 1 as `96.2%`. */
export function formatPercent(share: number): string {
  return percents().format(share);
}

/**
 * `formatCount(1, "contact")`: "1 contact"; `formatCount(2, "contact")`: "2 contacts". Another
 * language finds its own plurals under "{0} contacts".
 */
export function formatCount(value: number, one: string, other = `${one}s`): string {
  const isOne = language === "en" && plurals().select(value) === "one";
  return text(["", ` ${isOne ? one : other}`], formatNumber(value));
}

export function formatMoney(amount: number, currency: string): string {
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount);
}

/** `Feb 9, 2022`. */
export function formatDate(at: Instant): string {
  return dates().format(at);
}

const months = lazily(
  () => new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" }),
);

/** `November 2026`, of `2026-11`. */
export function formatMonth(name: string): string {
  return months().format(Date.parse(`${name}-01T00:00:00Z`));
}

/** `1:07 PM`. */
export function formatTime(at: Instant): string {
  return times().format(at);
}

/** `1:07:42 PM`. */
export function formatClock(at: Instant): string {
  return clocks().format(at);
}

/** `Feb 9, 2022, 1:07 PM`; in another zone than the device's, that zone is named. */
export function formatDateTime(at: Instant, timeZone?: string): string {
  if (timeZone === undefined || timeZone === dateTimes().resolvedOptions().timeZone) {
    return dateTimes().format(at);
  }
  const there = new Intl.DateTimeFormat(locale, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone,
  });
  return `${there.format(at)} (${timeZone})`;
}

/** `5 minutes ago`, `in 2 days`, `now`. */
export function formatRelative(at: Instant, now: Instant): string {
  const away = at - now;
  const size = Math.abs(away);
  if (size < 45 * secondMs) return relatives().format(0, "second");
  if (size < 45 * minuteMs) return relatives().format(Math.round(away / minuteMs), "minute");
  if (size < 22 * hourMs) return relatives().format(Math.round(away / hourMs), "hour");
  if (size < 26 * dayMs) return relatives().format(Math.round(away / dayMs), "day");
  if (size < 320 * dayMs) return relatives().format(Math.round(away / (30.44 * dayMs)), "month");
  return relatives().format(Math.round(away / (365.25 * dayMs)), "year");
}

/** `2 h 5 min`, `48 s`: at most two parts. */
export function formatDuration(spanMs: number): string {
  const units = [
    [dayMs, "day", "d"],
    [hourMs, "hour", "h"],
    [minuteMs, "minute", "min"],
    [secondMs, "second", "s"],
  ] as const;
  const first = units.findIndex(([unitMs]) => spanMs >= unitMs);
  if (first === -1) return unitText(0, "second", "s");
  const parts: string[] = [];
  let rest = spanMs;
  for (const [unitMs, unit, short] of units.slice(first, first + 2)) {
    const n = Math.floor(rest / unitMs);
    rest -= n * unitMs;
    if (n > 0) parts.push(unitText(n, unit, short));
  }
  return parts.join(" ");
}

/** `short` is how English writes the unit. */
function unitText(n: number, unit: string, short: string): string {
  if (language === "en") return `${formatNumber(n)} ${short}`;
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(n);
}

/** `4.2 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: units[power] ?? "byte",
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: 1,
  }).format(bytes / 1000 ** power);
}

/** `Ana, Ben, and Cy`. */
export function formatList(items: readonly string[]): string {
  return lists().format(items);
}
