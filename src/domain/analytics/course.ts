/** How events are spread over days, weeks or months: the points of a time chart. */
import type { Channel } from "../campaign/channel.ts";
import { dayAfter, type Day, type Days } from "../report/date-range.ts";
import { weekdayOf, type Calendar } from "./calendar.ts";
import { sumMeasures, type Measures } from "./measures.ts";
import { countDays } from "./period.ts";
import type { Slice } from "./slice.ts";

export const steps = ["day", "week", "month"] as const;

export type Step = (typeof steps)[number];

export interface CoursePoint {
  /** Its first and last day; those at the ends of the range may have fewer than a whole step. */
  readonly first: Day;
  readonly last: Day;
  readonly measures: Measures;
  readonly byChannel: Readonly<Partial<Record<Channel, Measures>>>;
}

/** Enough points to see a course, and few enough to tell them apart. */
export function usualStep({ first, last }: Days): Step {
  if (first === null || last === null) return "month";
  const days = countDays(first, last);
  if (days <= 45) return "day";
  return days <= 400 ? "week" : "month";
}

/**
 * One point for each step of the days, empty ones too. Of days that are open to a side, those that
 * have events. `weekStart`: the day with which weeks begin, 0 is Sunday.
 */
export function courseOf(
  slices: readonly Slice[],
  days: Days,
  {
    calendar,
    step,
    weekStart,
  }: {
    readonly calendar: Calendar;
    readonly step: Step;
    readonly weekStart: number;
  },
): readonly CoursePoint[] {
  const dated = slices.map((slice) => ({ slice, day: calendar.dayAt(slice.at) }));
  const known = dated.map(({ day }) => day).toSorted();
  const first = days.first ?? known[0];
  const last = days.last ?? known.at(-1);
  if (first === undefined || last === undefined || first > last) return [];
  const byStep = Map.groupBy(dated, ({ day }) => startOfStep(day, step, weekStart));
  const points: CoursePoint[] = [];
  for (let day = first; day <= last;) {
    const start = startOfStep(day, step, weekStart);
    const next = dayAfterStep(start, step);
    const end = dayAfter(next, -1);
    const inside = (byStep.get(start) ?? []).map(({ slice }) => slice);
    points.push({ first: day, last: end < last ? end : last, ...countsOf(inside) });
    day = next;
  }
  return points;
}

function countsOf(slices: readonly Slice[]): Pick<CoursePoint, "measures" | "byChannel"> {
  const byChannel: Partial<Record<Channel, Measures>> = {};
  for (const [channel, own] of Map.groupBy(slices, ({ campaign }) => campaign.type)) {
    byChannel[channel] = sumMeasures(own.map(({ measures }) => measures));
  }
  return { measures: sumMeasures(Object.values(byChannel)), byChannel };
}

function startOfStep(day: Day, step: Step, weekStart: number): Day {
  if (step === "day") return day;
  if (step === "month") return `${day.slice(0, 8)}01`;
  return dayAfter(day, -((weekdayOf(day) - weekStart + 7) % 7));
}

function dayAfterStep(start: Day, step: Step): Day {
  if (step === "day") return dayAfter(start, 1);
  if (step === "week") return dayAfter(start, 7);
  return `${dayAfter(start, 31).slice(0, 8)}01`;
}
