/** A rule of repetition in words: "Every 2 weeks on Monday and Friday at 09:00". */
import type { Schedule } from "#domain/campaign/campaign.ts";
import type { Repeat } from "#domain/schedule/repeat.ts";
import { formatCount, formatDate, formatList } from "./format.ts";
import { lazily } from "./lazily.ts";
import { language } from "./text.ts";

/** 1 is Monday. */
export const weekdayNames = lazily(() => {
  const names = new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" });
  // 2024-01-01 was a Monday.
  return [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, name: names.format(Date.UTC(2024, 0, day)) }));
});

export function repeatText(repeat: Repeat): string {
  const { from, every, interval, until, times } = repeat;
  const unit = interval === 1 ? everyWords[every] : `Every ${spanText(every, interval)}`;
  const ends = [
    ...(until === undefined ? [] : [`until ${dayText(until)}`]),
    ...(times === undefined ? [] : [formatCount(times, "time")]),
  ];
  return [`${unit}${daysText(repeat)} at ${from.slice(11)}`, ...ends].join(", ");
}

const everyWords = {
  day: "Every day",
  week: "Every week",
  month: "Every month",
} as const satisfies Record<Repeat["every"], string>;

function spanText(every: Repeat["every"], interval: number): string {
  if (every === "day") return formatCount(interval, "day");
  return every === "week" ? formatCount(interval, "week") : formatCount(interval, "month");
}

function daysText({ from, every, weekdays, monthDay }: Repeat): string {
  if (every === "day") return "";
  if (every === "week") {
    const days = weekdays ?? [weekdayOf(from)];
    if (days.length === 7) return " on all days";
    return ` on ${formatList(
      weekdayNames()
        .filter(({ day }) => days.includes(day))
        .map(({ name }) => name),
    )}`;
  }
  const day = monthDay ?? Number(from.slice(8, 10));
  if (day === 31) return " on the last day";
  return day > 28 ? ` on day ${day}, or the last of a shorter month,` : ` on day ${day}`;
}

/** The day of a week of a date: 1 is Monday. */
export function weekdayOf(date: string): number {
  const day = new Date(`${date.slice(0, 10)}T00:00Z`).getUTCDay();
  return day === 0 ? 7 : day;
}

function dayText(date: string): string {
  const at = Date.parse(`${date}T12:00`);
  return Number.isNaN(at) ? date : formatDate(at);
}

/** Whose clocks count. */
export function zoneText({ zone, local = false }: Pick<Schedule, "zone" | "local">): string {
  return local ? "each recipient's local time" : zone.replaceAll("_", " ");
}
