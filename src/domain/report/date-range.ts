/**
 * Which days a list or a report tells of: one filter, with the same meaning everywhere (S2-17).
 * Days are those of the calendar on the wall; where a day begins is the reader's zone's to say.
 */

/** The eight that are offered (S2-19); the source shows them in a figure alone (AMB-18), so these are ours. */
export const datePresets = [
  "today",
  "yesterday",
  "7d",
  "14d",
  "30d",
  "90d",
  "month",
  "last-month",
] as const;

export type DatePreset = (typeof datePresets)[number];

/** A day as it is written: `2026-11-21`. */
export type Day = string;

/** Both included; null: open on that side. */
export interface Days {
  readonly first: Day | null;
  readonly last: Day | null;
}

/** `all`: from the beginning of time (S2-22), where lists of campaigns are narrowed alone (S2-23). */
export type DateRange = "all" | DatePreset | Days;

/** The days that a range has, seen from a day of today. */
export function daysOf(range: DateRange, today: Day): Days {
  switch (range) {
    case "all":
      return { first: null, last: null };
    case "today":
      return { first: today, last: today };
    case "yesterday":
      return { first: dayAfter(today, -1), last: dayAfter(today, -1) };
    case "7d":
      return { first: dayAfter(today, -6), last: today };
    case "14d":
      return { first: dayAfter(today, -13), last: today };
    case "30d":
      return { first: dayAfter(today, -29), last: today };
    case "90d":
      return { first: dayAfter(today, -89), last: today };
    case "month":
      return { first: firstOfMonth(today), last: today };
    case "last-month": {
      const last = dayAfter(firstOfMonth(today), -1);
      return { first: firstOfMonth(last), last };
    }
    default:
      return range;
  }
}

/** The names that a range has in an address. */
export interface WrittenRange {
  readonly show: string | null;
  readonly from: string | null;
  readonly to: string | null;
}

const custom = "custom";

/** null: what is written is no range. */
export function readRange({ show, from, to }: WrittenRange): DateRange | null {
  if (show === "all") return show;
  const preset = datePresets.find((each) => each === show);
  if (preset !== undefined) return preset;
  if (show !== custom) return null;
  const first = dayOf(from);
  const last = dayOf(to);
  if (first === null && last === null) return null;
  const isTurned = first !== null && last !== null && first > last;
  return isTurned ? { first: last, last: first } : { first, last };
}

export function writeRange(range: DateRange): WrittenRange {
  if (typeof range === "string") return { show: range, from: null, to: null };
  return { show: custom, from: range.first, to: range.last };
}

/** The day so many days later; earlier when below 0. */
export function dayAfter(day: Day, days: number): Day {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

function firstOfMonth(day: Day): Day {
  return `${day.slice(0, 8)}01`;
}

/** A day that was written by somebody; null for what is no day of the calendar. */
function dayOf(text: string | null): Day | null {
  if (text === null || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const at = Date.parse(`${text}T00:00:00Z`);
  // The 31st of a short month is read as the 1st of the next.
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? null : text;
}
