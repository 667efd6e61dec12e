/**
 * When something happens again and again: every so many days, weeks on chosen days, or months, at
 * what clocks in a zone show. A part of RFC 5545's rules (FREQ, INTERVAL, BYDAY, BYMONTHDAY, UNTIL,
 * COUNT), with two differences that people expect: a month that is too short has its last day, and
 * COUNT is of what really went out.
 */
import { dayMs, type Instant } from "../core/time.ts";
import { instantOf, isWallTime, wallTimeOf, type WallTime } from "./wall-time.ts";

export const repeatEverys = ["day", "week", "month"] as const;

export type RepeatEvery = (typeof repeatEverys)[number];

/** A day of the calendar: `2026-11-21`. */
export type CalendarDay = string;

export interface Repeat {
  /** The first day that it may be, and the time of each. */
  readonly from: WallTime;
  readonly every: RepeatEvery;
  /** Every day, every second day, …: 1 to 99. */
  readonly interval: number;
  /** Of a week, 1 is Monday and 7 is Sunday; left out: the weekday of `from`. */
  readonly weekdays?: readonly number[];
  /** Of a month; where the month has no such day, its last one. Left out: the day of `from`. */
  readonly monthDay?: number;
  /** The last day that it may be, as clocks in the zone show it; left out: it goes on. */
  readonly until?: CalendarDay;
  /** It ends once it has been so many times; left out: it goes on. */
  readonly times?: number;
}

export interface Occurrence {
  readonly wall: WallTime;
  readonly at: Instant;
}

export const maxInterval = 99;
export const maxTimes = 9_999;

/** The part that means nothing, as a field of the rule; null when all is well. */
export function wrongPartOf(repeat: Repeat): keyof Repeat | null {
  const { from, interval, weekdays, monthDay, until, times } = repeat;
  if (!isWallTime(from)) return "from";
  if (!isWithin(interval, 1, maxInterval)) return "interval";
  if (weekdays !== undefined && !areWeekdays(weekdays)) return "weekdays";
  if (monthDay !== undefined && !isWithin(monthDay, 1, 31)) return "monthDay";
  if (until !== undefined && !isWallTime(`${until}T00:00`)) return "until";
  return times === undefined || isWithin(times, 1, maxTimes) ? null : "times";
}

function areWeekdays(days: readonly number[]): boolean {
  return (
    days.length > 0 &&
    new Set(days).size === days.length &&
    days.every((day) => isWithin(day, 1, 7))
  );
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/**
 * The first time after a moment; null when there is none. Whether it has been often enough
 * (`times`) is for the caller, who knows how often it was.
 */
export function nextOccurrence(repeat: Repeat, zone: string, after: Instant): Occurrence | null {
  if (wrongPartOf(repeat) !== null || after >= lastDay * dayMs) return null;
  const time = repeat.from.slice(10);
  // What is after the moment cannot be of a day before the one that clocks show then.
  const notBefore = Math.max(dayOf(repeat.from), dayOf(wallTimeOf(after, zone)) - 1);
  for (const day of daysFrom(repeat, notBefore)) {
    const date = dateOf(day);
    if (repeat.until !== undefined && date > repeat.until) return null;
    const wall = `${date}${time}`;
    const at = instantOf(wall, zone);
    if (at === null) return null;
    if (at > after) return { wall, at };
  }
  return null;
}

/** The next few times, for people who set the rule. */
export function occurrences(
  repeat: Repeat,
  zone: string,
  { after, count }: { readonly after: Instant; readonly count: number },
): readonly Occurrence[] {
  const found: Occurrence[] = [];
  let last = after;
  while (found.length < Math.min(count, repeat.times ?? count)) {
    const next = nextOccurrence(repeat, zone, last);
    if (next === null) break;
    found.push(next);
    last = next.at;
  }
  return found;
}

/** Days of the rule in their order, as days since 1970, none before `first`. */
function* daysFrom(repeat: Repeat, first: number): Generator<number> {
  const start = dayOf(repeat.from);
  // From one period before it, so that none is passed over; a calendar has an end.
  for (let period = Math.max(0, periodOf(repeat, first) - 1); ; period++) {
    for (const day of daysOfPeriod(repeat, period)) {
      if (day > lastDay) return;
      if (day >= start && day >= first) yield day;
    }
  }
}

/** Beyond the year 9999 a date has no four digits. */
const lastDay = Date.UTC(9999, 11, 31) / dayMs;

/** In which period of the rule a day lies; 0 is that of `from`. */
function periodOf({ from, every, interval }: Repeat, day: number): number {
  const start = dayOf(from);
  if (every === "day") return Math.floor((day - start) / interval);
  if (every === "week") return Math.floor((mondayOf(day) - mondayOf(start)) / (7 * interval));
  return Math.floor((monthOf(day) - monthOf(start)) / interval);
}

function daysOfPeriod(repeat: Repeat, period: number): readonly number[] {
  const { from, every, interval, weekdays } = repeat;
  const start = dayOf(from);
  if (every === "day") return [start + period * interval];
  if (every === "week") {
    const monday = mondayOf(start) + period * interval * 7;
    const days = weekdays ?? [start - mondayOf(start) + 1];
    return days.toSorted((a, b) => a - b).map((weekday) => monday + weekday - 1);
  }
  const month = monthOf(start) + period * interval;
  const day = Math.min(repeat.monthDay ?? Number(from.slice(8, 10)), daysIn(month));
  return [Date.UTC(Math.floor(month / 12), month % 12, day) / dayMs];
}

function dayOf(wall: WallTime): number {
  return Date.parse(`${wall.slice(0, 10)}T00:00Z`) / dayMs;
}

function dateOf(day: number): CalendarDay {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** 1970-01-01 was a Thursday. */
function mondayOf(day: number): number {
  return day - ((((day + 3) % 7) + 7) % 7);
}

/** Months since the year 0. */
function monthOf(day: number): number {
  const date = new Date(day * dayMs);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function daysIn(month: number): number {
  return new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate();
}
