import type { Instant } from "#domain/core/time.ts";

/** The start of the day, in the device's zone, that lies `days` after the one of a moment. */
export function startOfDay(at: Instant, days = 0): Instant {
  const date = new Date(at);
  // By the calendar and not by 24 hours: a day of a clock change has 23 or 25.
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}
