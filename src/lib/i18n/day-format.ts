/** Days of the calendar for people, and how their weeks go. */
import type { Days } from "#domain/report/date-range.ts";
import { locale } from "./format.ts";
import { lazily } from "./lazily.ts";

const days = lazily(
  () => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }),
);

/** `Nov 3 – 9, 2026`; `Since Nov 3, 2026`. */
export function formatDays({ first, last }: Days): string {
  if (first === null) return last === null ? "All" : `Until ${days().format(Date.parse(last))}`;
  if (last === null) return `Since ${days().format(Date.parse(first))}`;
  return days().formatRange(Date.parse(first), Date.parse(last));
}

const weekdays = [0, 1, 2, 3, 4, 5, 6] as const;

/** The day with which weeks begin where the person lives: 0 is Sunday. */
export const weekStart = lazily(() =>
  firstDayOf(globalThis.navigator?.languages.find((language) => language.includes("-")) ?? locale),
);

/** Engines differ in how they tell it, and some do not: then it is Monday (ISO 8601). */
function firstDayOf(language: string): (typeof weekdays)[number] {
  const known = new Intl.Locale(language) as Intl.Locale & {
    getWeekInfo?: () => { readonly firstDay: number };
    readonly weekInfo?: { readonly firstDay: number };
  };
  const firstDay = known.getWeekInfo?.().firstDay ?? known.weekInfo?.firstDay ?? 1;
  return weekdays.find((weekday) => weekday === firstDay % 7) ?? 1;
}
