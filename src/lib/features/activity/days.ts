/** Events by the days of this device. */
import type { Instant } from "#domain/core/time.ts";
import { startOfDay } from "#lib/features/date-range/start-of-day.ts";

/** Groups by day, in the order given: for headings between the events. */
export function byDay<T extends { readonly at: Instant }>(
  entries: readonly T[],
): { readonly day: Instant; readonly entries: T[] }[] {
  const days: { day: Instant; entries: T[] }[] = [];
  for (const entry of entries) {
    const day = startOfDay(entry.at);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}
