/** The time ranges by which events are narrowed, in the person's own days: pure but for the zone. */
import type { Instant } from "#domain/core/time.ts";

export const ranges = ["all", "today", "yesterday", "7d", "30d", "custom"] as const;

export type Range = (typeof ranges)[number];

export const rangeWords = {
  all: "All",
  today: "Today",
  yesterday: "Yesterday",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
  custom: "Chosen days",
} as const satisfies Record<Range, string>;

export interface Span {
  readonly from: Instant;
  /** Not included. */
  readonly to: Instant;
}

export const always: Span = { from: -Infinity, to: Infinity };

/** The start of the day, in the device's zone, that lies `days` after the one of a moment. */
export function startOfDay(at: Instant, days = 0): Instant {
  const date = new Date(at);
  // By the calendar and not by 24 hours: a day of a clock change has 23 or 25.
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

/** `first` and `last`: days of a custom range as a date field writes them (`2026-11-21`), or "". */
export function spanOf(range: Range, now: Instant, first = "", last = ""): Span {
  const tomorrow = startOfDay(now, 1);
  switch (range) {
    case "all":
      return always;
    case "today":
      return { from: startOfDay(now), to: tomorrow };
    case "yesterday":
      return { from: startOfDay(now, -1), to: startOfDay(now) };
    case "7d":
      return { from: startOfDay(now, -6), to: tomorrow };
    case "30d":
      return { from: startOfDay(now, -29), to: tomorrow };
    case "custom":
      return { from: dayOf(first) ?? -Infinity, to: dayOf(last, 1) ?? Infinity };
  }
}

export function rangeOf(text: string | null): Range {
  return ranges.find((range) => range === text) ?? "all";
}

/** The start of a day that was written down; null for what is no day. */
function dayOf(text: string, days = 0): Instant | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return null;
  const at = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3])).getTime();
  return Number.isNaN(at) ? null : startOfDay(at, days);
}

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
