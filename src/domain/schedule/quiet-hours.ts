/**
 * Hours of the day in which nobody is written to, by the clocks where the recipient lives. They
 * may wrap midnight. Who may be in one of several zones is written to when it is day in all.
 */
import { minuteMs, type Instant } from "../core/time.ts";
import { instantOf, wallTimeOf } from "./wall-time.ts";

/** From a time of day until another, both `HH:MM`; the end is the first minute that is not quiet. */
export interface DailySpan {
  readonly from: string;
  readonly to: string;
}

/** A workspace's rule. */
export interface QuietHours extends DailySpan {
  /** By country (ISO 3166, two letters) where it is another than everywhere else. */
  readonly countries: Readonly<Record<string, DailySpan>>;
  /** Where a recipient is taken to be whose zone nobody knows. */
  readonly zone: string;
}

/** What a workspace begins with that turns them on: the hours of the United States' rules (47 CFR 64.1200). */
export const usualQuietHours: Omit<QuietHours, "zone"> = {
  from: "21:00",
  to: "08:00",
  countries: {},
};

/** After quiet hours messages go out over this span, so that not everybody is written to in one minute. */
export const quietReleaseMs = 10 * minuteMs;

const timePattern = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** Whether both are times of day and leave some of the day: equal ones would mean nothing or everything. */
export function isDailySpan({ from, to }: DailySpan): boolean {
  return timePattern.test(from) && timePattern.test(to) && from !== to;
}

/** The rule for recipients in a country; "" where it is not known. */
export function quietSpanOf(quiet: QuietHours, country: string): DailySpan {
  return quiet.countries[country.toUpperCase()] ?? quiet;
}

/** When it stops being quiet in all of the zones; null when it is not quiet in any of them now. */
export function quietUntil(at: Instant, span: DailySpan, zones: readonly string[]): Instant | null {
  let free = at;
  // Each round leaves quiet hours of a zone. Zones that are never awake together end it after a day.
  for (let rounds = 0; rounds < 2 * zones.length + 1; rounds++) {
    const ends = zones.map((zone) => quietEnd(free, span, zone)).filter((end) => end !== null);
    if (ends.length === 0) break;
    free = Math.max(...ends);
  }
  return free === at ? null : free;
}

/** When it next begins to be quiet in the zone, from a moment on; null where its clocks never show it. */
export function quietFrom(at: Instant, { from }: DailySpan, zone: string): Instant | null {
  const today = wallTimeOf(at, zone).slice(0, 10);
  for (const date of [today, dayAfter(today)]) {
    const begins = instantOf(`${date}T${from}`, zone);
    if (begins !== null && begins >= at) return begins;
  }
  return null;
}

/** When it stops being quiet in the zone; null when it is not quiet there now. */
function quietEnd(at: Instant, { from, to }: DailySpan, zone: string): Instant | null {
  const wall = wallTimeOf(at, zone);
  const time = wall.slice(11);
  const wraps = from > to;
  const isQuiet = wraps ? time >= from || time < to : time >= from && time < to;
  if (!isQuiet) return null;
  const date = time < to ? wall.slice(0, 10) : dayAfter(wall.slice(0, 10));
  const end = instantOf(`${date}T${to}`, zone);
  if (end !== null && end > at) return end;
  // Clocks went back and show the hour again in which it ended the first time: by their hands, once more.
  return Math.floor(at / minuteMs) * minuteMs + (minutesOf(to) - minutesOf(time)) * minuteMs;
}

function dayAfter(date: string): string {
  const next = new Date(`${date}T12:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
