/** Days and hours as clocks in one zone show them, quickly: reports ask for thousands. */
import { minuteMs, type Instant } from "../core/time.ts";
import type { TimeRange } from "../report/by-channel.ts";
import { dayAfter, daysOf, type DateRange, type Day, type Days } from "../report/date-range.ts";
import { instantOf, wallTimeOf } from "../schedule/wall-time.ts";

export interface Calendar {
  readonly zone: string;
  dayAt(at: Instant): Day;
  /** 0 to 23. */
  hourAt(at: Instant): number;
  /** The first moment of a day. */
  startOf(day: Day): Instant;
}

/** Everywhere on Earth clocks differ from UTC by whole quarters of an hour. */
const quarterMs = 15 * minuteMs;

/** Throws a RangeError on a zone that the machine does not know. */
export function openCalendar(zone: string): Calendar {
  const walls = new Map<number, string>();
  const wallAt = (at: Instant): string => {
    const quarter = Math.floor(at / quarterMs);
    const known = walls.get(quarter) ?? wallTimeOf(quarter * quarterMs, zone);
    walls.set(quarter, known);
    return known;
  };
  return {
    zone,
    dayAt: (at) => wallAt(at).slice(0, 10),
    hourAt: (at) => Number(wallAt(at).slice(11, 13)),
    startOf: (day) => instantOf(`${day}T00:00`, zone) ?? Date.parse(`${day}T00:00Z`),
  };
}

/** 0 is Sunday. */
export function weekdayOf(day: Day): number {
  return new Date(`${day}T00:00Z`).getUTCDay();
}

/** Where days begin and end; open sides are endless. */
export function timesOf({ first, last }: Days, calendar: Calendar): TimeRange {
  return {
    from: first === null ? -Infinity : calendar.startOf(first),
    to: last === null ? Infinity : calendar.startOf(dayAfter(last, 1)),
  };
}

/** The days of a range, seen from a moment. */
export function daysAt(range: DateRange, now: Instant, calendar: Calendar): Days {
  return daysOf(range, calendar.dayAt(now));
}
