/** The days that a range is compared with. */
import { dayMs } from "../core/time.ts";
import { dayAfter, type Day, type Days } from "../report/date-range.ts";

export const comparisons = ["previous", "year"] as const;

/** `previous`: as many days, right before. `year`: the same days of the calendar, a year earlier. */
export type Comparison = (typeof comparisons)[number];

/** null: a range without an end has nothing before it. */
export function comparedDays({ first, last }: Days, against: Comparison): Days | null {
  if (first === null || last === null) return null;
  if (against === "year") return { first: yearBefore(first), last: yearBefore(last) };
  const before = dayAfter(first, -1);
  return { first: dayAfter(before, 1 - countDays(first, last)), last: before };
}

/** Both included. */
export function countDays(first: Day, last: Day): number {
  return Math.round((Date.parse(`${last}T00:00Z`) - Date.parse(`${first}T00:00Z`)) / dayMs) + 1;
}

/** The 29th of February has the 28th before it. */
function yearBefore(day: Day): Day {
  const year = String(Number(day.slice(0, 4)) - 1).padStart(4, "0");
  return day.endsWith("-02-29") ? `${year}-02-28` : `${year}${day.slice(4)}`;
}
