/** Calendar months as clocks in a zone show them. */
import type { Instant } from "../core/time.ts";
import { instantOf, wallTimeOf } from "./wall-time.ts";

/** A month as one number that rises by one from month to month: 12 × year + month − 1. */
export type Month = number;

export function monthOf(at: Instant, zone: string): Month {
  const wall = wallTimeOf(at, zone);
  const [year = 0, month = 1] = wall.split("-").map(Number);
  return year * 12 + month - 1;
}

/** A month of a zone, from its first moment to that of the next. */
export interface MonthSpan {
  readonly month: Month;
  readonly from: Instant;
  readonly to: Instant;
}

/** Most moments are of the month of the one before, and calendars are slow to ask. */
const lastSpans = new Map<string, MonthSpan>();

/** The month in which a moment lies. */
export function monthAround(at: Instant, zone: string): MonthSpan {
  const last = lastSpans.get(zone);
  if (last !== undefined && at >= last.from && at < last.to) return last;
  const month = monthOf(at, zone);
  const span = { month, from: startOfMonth(month, zone), to: startOfMonth(month + 1, zone) };
  lastSpans.set(zone, span);
  return span;
}

/** When it begins in the zone. */
export function startOfMonth(month: Month, zone: string): Instant {
  const wall = `${nameOfMonth(month)}-01T00:00`;
  return instantOf(wall, zone) ?? Date.parse(`${wall}Z`);
}

/** `2026-11`. */
export function nameOfMonth(month: Month): string {
  const year = String(Math.floor(month / 12)).padStart(4, "0");
  return `${year}-${String((month % 12) + 1).padStart(2, "0")}`;
}
