/**
 * Days that come for one person: a birthday each year, the end of a contract once. Each has a
 * firing, so many days before or after it, at what clocks show.
 *
 * A date is read from text, as imports bring it. Days are counted from 1970-01-01. Of 29 February
 * the years that have none keep 28 February.
 */
import { dayMs, hourMs, type Instant } from "../core/time.ts";
import { firstInstantOf, instantOf, isWallTime, isZone } from "./wall-time.ts";

export interface Occasions {
  /** The heading of the contact's further column that holds the date. */
  readonly field: string;
  /** The date comes each year, from its own on; or it comes once, on its year. */
  readonly every: "year" | "once";
  /** Days after the date; below 0: before it. */
  readonly days: number;
  /** What clocks show: `09:00`. */
  readonly time: string;
  /** IANA zone of those clocks. */
  readonly zone: string;
  /** Each recipient's own clocks show it; `zone` is for those whose zone nobody knows. */
  readonly local: boolean;
  /** How 3/4/1990 is read, and 3-4-1990. */
  readonly order: "dayFirst" | "monthFirst";
}

/** A day of the calendar, whose year may be unknown. */
export interface CalendarDate {
  readonly year: number | null;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

export const maxFieldName = 100;
export const maxDays = 366;

/** The part that means nothing, as a field; null when all is well. */
export function wrongPartOfOccasions({
  field,
  days,
  time,
  zone,
}: Occasions): "field" | "days" | "time" | "zone" | null {
  if (field.trim() === "") return "field";
  if (!isWithin(Math.abs(days), maxDays)) return "days";
  if (!isWallTime(`2000-01-01T${time}`)) return "time";
  return isZone(zone) ? null : "zone";
}

/** Whether it is a whole number from 0 up to the most. */
export function isWithin(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most;
}

/** As ISO writes it, with any time behind it; `2027/3/1` and `2027.3.1` are the same. */
const yearFirst = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ].*)?$/;
/** Without a year: `--03-01` (ISO 8601, vCard) and `03-01`. */
const monthAndDay = /^(?:--)?(\d{2})-(\d{2})$/;
/** With dots the day comes first everywhere: `1.3.1990`, `01.03.`. */
const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})?$/;
const ambiguous = /^(\d{1,2})([-/])(\d{1,2})\2(\d{4})$/;

/** The date that a text tells; null when it tells none. */
export function readDate(text: string, order: Occasions["order"]): CalendarDate | null {
  const source = text.trim();
  const [, year, , month, day] = yearFirst.exec(source) ?? [];
  if (year !== undefined) return checked(Number(year), Number(month), Number(day));
  const [, shortMonth, shortDay] = monthAndDay.exec(source) ?? [];
  if (shortMonth !== undefined) return checked(null, Number(shortMonth), Number(shortDay));
  const [, dotDay, dotMonth, dotYear] = dotted.exec(source) ?? [];
  if (dotDay !== undefined) {
    return checked(
      dotYear === undefined ? null : Number(dotYear),
      Number(dotMonth),
      Number(dotDay),
    );
  }
  return readAmbiguous(source, order);
}

function readAmbiguous(source: string, order: Occasions["order"]): CalendarDate | null {
  const [, first, , second, last] = ambiguous.exec(source) ?? [];
  if (first === undefined) return null;
  // Where one of both cannot be a month, there is nothing to choose.
  const isDayFirst = Number(first) > 12 || (order === "dayFirst" && Number(second) <= 12);
  return isDayFirst
    ? checked(Number(last), Number(second), Number(first))
    : checked(Number(last), Number(first), Number(second));
}

/** 2000 had a 29 February. */
function checked(year: number | null, month: number, day: number): CalendarDate | null {
  const date = new Date(Date.UTC(year ?? 2000, month - 1, day));
  if (year !== null) date.setUTCFullYear(year);
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal ? { year, month, day } : null;
}

/** The day as months and days alone: 229 is 29 February. */
export function monthDayOf({ month, day }: Pick<CalendarDate, "month" | "day">): number {
  return month * 100 + day;
}

/** The day as a number; null without a year. */
export function dayNumberOf({ year, month, day }: CalendarDate): number | null {
  if (year === null) return null;
  const date = new Date(Date.UTC(2000, month - 1, day));
  // Years below 100 would be read as of the last century.
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / dayMs;
}

/** Whose date comes on a day: which months and days they have, and that day itself. */
export interface Wanted {
  readonly day: number;
  readonly monthDays: readonly number[];
}

/** Whose turn it is on a day of firing. */
export function wantedOn({ days }: Pick<Occasions, "days">, firingDay: number): Wanted {
  const day = firingDay - days;
  const date = new Date(day * dayMs);
  const monthDay = (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
  const isLastOfShortFebruary = monthDay === 228 && new Date((day + 1) * dayMs).getUTCMonth() === 2;
  return { day, monthDays: isLastOfShortFebruary ? [228, 229] : [monthDay] };
}

/** Whether the date fires on that day. */
export function firesOn(occasions: Occasions, date: CalendarDate, firingDay: number): boolean {
  const wanted = wantedOn(occasions, firingDay);
  const own = dayNumberOf(date);
  if (occasions.every === "once") return own === wanted.day;
  if (!wanted.monthDays.includes(monthDayOf(date))) return false;
  return date.year === null || date.year <= new Date(wanted.day * dayMs).getUTCFullYear();
}

/** How near two firings for one person count as the same occasion: a corrected birthday is no second one. */
export function sameWithinDays({ every }: Pick<Occasions, "every">): number {
  return every === "year" ? 182 : 0;
}

function wallOf({ time }: Pick<Occasions, "time">, firingDay: number): string {
  return `${new Date(firingDay * dayMs).toISOString().slice(0, 10)}T${time}`;
}

/** When clocks of a zone show it on a day. */
export function dueOn(occasions: Occasions, firingDay: number, zone: string): Instant {
  const wall = wallOf(occasions, firingDay);
  return (isWallTime(wall) ? instantOf(wall, zone) : null) ?? firingDay * dayMs;
}

/** When the engine begins with a day: for recipients' own clocks, when the first clocks of the world show it. */
export function beginsAt(occasions: Occasions, firingDay: number): Instant {
  const { local, zone } = occasions;
  return local ? firstInstantOf(wallOf(occasions, firingDay)) : dueOn(occasions, firingDay, zone);
}

/** The first day on which somebody may still be written to after a moment. */
export function firstDayAfter(occasions: Occasions, moment: Instant): number {
  let day = Math.floor(moment / dayMs) - 2;
  while (endsAt(occasions, day) <= moment) day += 1;
  return day;
}

/** When the last clocks of the world show it: those 12 hours behind UTC. */
function endsAt(occasions: Occasions, firingDay: number): Instant {
  const { local, zone } = occasions;
  if (!local) return dueOn(occasions, firingDay, zone);
  return Date.parse(`${wallOf(occasions, firingDay)}Z`) + 12 * hourMs;
}
