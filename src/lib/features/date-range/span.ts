/** Where the days of a range begin and end on this device. */
import type { Instant } from "#domain/core/time.ts";
import type { TimeRange } from "#domain/report/by-channel.ts";
import { daysOf, type DatePreset, type DateRange, type Day } from "#domain/report/date-range.ts";
import { startOfDay } from "./start-of-day.ts";

export const presetWords = {
  today: "Today",
  yesterday: "Yesterday",
  "7d": "Last 7 days",
  "14d": "Last 14 days",
  "30d": "Last 30 days",
  "90d": "Last 90 days",
  month: "This month",
  "last-month": "Last month",
} as const satisfies Record<DatePreset, string>;

export function spanOf(range: DateRange, now: Instant): TimeRange {
  const { first, last } = daysOf(range, dayAt(now));
  return {
    from: first === null ? -Infinity : startOf(first),
    to: last === null ? Infinity : startOfDay(startOf(last), 1),
  };
}

/** The day that a moment has on this device. */
export function dayAt(at: Instant): Day {
  const date = new Date(at);
  const parts = [date.getMonth() + 1, date.getDate()];
  const year = String(date.getFullYear()).padStart(4, "0");
  return [year, ...parts.map((part) => String(part).padStart(2, "0"))].join("-");
}

function startOf(day: Day): Instant {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const at = new Date(year, month - 1, date);
  // Two digits of a year would be read as 19xx.
  at.setFullYear(year);
  return at.getTime();
}
