/**
 * What clocks in a zone show, and the moment that it means. The zones' rules are those of the
 * machine (Intl), so a moment is computed again where they may have changed since.
 */
import { hourMs, minuteMs, type Instant } from "../core/time.ts";

/** What a clock and a calendar on a wall show, to the minute: `2026-11-21T15:30`. */
export type WallTime = string;

const wallPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** Whether it is a date and a time that exist in the calendar, whatever the zone. */
export function isWallTime(text: string): boolean {
  const asUtc = wallPattern.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  return !Number.isNaN(asUtc) && new Date(asUtc).toISOString().startsWith(text);
}

/** Whether the machine knows a zone of this name. */
export function isZone(name: string): boolean {
  return formatterOf(name) !== null;
}

/** What clocks in the zone show at a moment. */
export function wallTimeOf(at: Instant, zone: string): WallTime {
  return new Date(at + offsetMs(at, zone)).toISOString().slice(0, 16);
}

/**
 * The first moment at which clocks in the zone show this or, where they skip it, more than this:
 * in the hour that is skipped in spring the moment after the skip, in the doubled one the first
 * time round. null when it is no date and time, or when there is no such zone.
 */
export function instantOf(wall: WallTime, zone: string): Instant | null {
  if (!isWallTime(wall) || !isZone(zone)) return null;
  const asUtc = Date.parse(`${wall}Z`);
  // Clocks are at most 14 hours ahead of UTC and 12 behind it.
  const from = asUtc - 14 * hourMs;
  const to = asUtc + 12 * hourMs;
  const before = offsetMs(from, zone);
  const after = offsetMs(to, zone);
  const shown = [asUtc - before, asUtc - after].filter((at) => at + offsetMs(at, zone) === asUtc);
  return shown.length > 0 ? Math.min(...shown) : changeBetween(from, to, zone);
}

/** The moment at which the first clocks on Earth show it: those 14 hours ahead of UTC. */
export function firstInstantOf(wall: WallTime): Instant {
  return Date.parse(`${wall}Z`) - 14 * hourMs;
}

/** How far clocks in the zone are ahead of UTC at a moment, in whole minutes. */
export function offsetMs(at: Instant, zone: string): number {
  const minute = Math.floor(at / minuteMs) * minuteMs;
  const format = formatterOf(zone);
  if (format === null) throw new RangeError(`there is no time zone ${zone}`);
  const shown: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of format.formatToParts(minute)) shown[type] = value;
  const { year = "", month = "", day = "", hour = "", minute: minutes = "" } = shown;
  // After 9999 a year has a sign and six digits.
  const years = year.length > 4 ? `+${year.padStart(6, "0")}` : year.padStart(4, "0");
  return Date.parse(`${years}-${month}-${day}T${hour}:${minutes}Z`) - minute;
}

/** The first minute after the change of clocks that lies between two moments. */
function changeBetween(from: Instant, to: Instant, zone: string): Instant {
  const before = offsetMs(from, zone);
  let early = Math.floor(from / minuteMs);
  let late = Math.floor(to / minuteMs);
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (offsetMs(middle * minuteMs, zone) === before) early = middle;
    else late = middle;
  }
  return late * minuteMs;
}

/** Making one costs far more than using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat | null {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  try {
    const made = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
    });
    formatters.set(zone, made);
    return made;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
