/** A whole report across campaigns: the same digits on a device, in an export and over the API. */
import { dayMs, type Instant } from "../core/time.ts";
import type { Days } from "../report/date-range.ts";
import { breakdown, totalOf, type Dimension, type Part } from "./breakdown.ts";
import { timesOf, type Calendar } from "./calendar.ts";
import { courseOf, type CoursePoint, type Step } from "./course.ts";
import { figuresOf, type ComparedFigure } from "./kpi.ts";
import type { Measures } from "./measures.ts";
import { comparedDays, type Comparison } from "./period.ts";
import { failureReasons, type ReasonPart } from "./reasons.ts";
import { campaignsOf, inScope, slicesIn, type Scope } from "./slice.ts";
import type { Counted } from "./counted.ts";

export interface Question {
  readonly days: Days;
  readonly scope: Scope;
  readonly compare: Comparison;
  readonly step: Step;
  /** The day with which weeks begin, 0 is Sunday. */
  readonly weekStart: number;
}

export interface AnalyticsReport {
  /** The newest of the counters it was made from; null: nothing was ever sent. */
  readonly asOf: Instant | null;
  /** Campaigns of which anything happened in the days. */
  readonly campaigns: number;
  /** Of them, those that are so long that their events are known by more than a day: each counts where its span begins. */
  readonly coarse: number;
  readonly total: Measures;
  readonly figures: readonly ComparedFigure[];
  /** null: the days are open, there is nothing before them. */
  readonly comparedWith: Days | null;
  readonly course: readonly CoursePoint[];
  readonly courseBefore: readonly CoursePoint[];
  readonly breakdowns: Readonly<Record<Dimension, readonly Part[]>>;
  readonly reasons: readonly ReasonPart[];
}

export function analyticsOf(
  rows: readonly Counted[],
  { days, scope, compare, step, weekStart }: Question,
  calendar: Calendar,
): AnalyticsReport {
  const counted = inScope(rows, scope);
  const slices = slicesIn(counted, timesOf(days, calendar));
  const comparedWith = comparedDays(days, compare);
  const before = comparedWith === null ? [] : slicesIn(counted, timesOf(comparedWith, calendar));
  const total = totalOf(slices);
  const asOf = Math.max(...counted.map(({ rollup }) => rollup?.at ?? -Infinity));
  const parts = (by: Dimension): readonly Part[] => breakdown(slices, by, calendar);
  const stepping = { calendar, step, weekStart };
  return {
    asOf: Number.isFinite(asOf) ? asOf : null,
    campaigns: campaignsOf(slices).length,
    coarse: campaignsOf(slices.filter(({ spanMs }) => spanMs > dayMs)).length,
    total,
    figures: figuresOf(total, comparedWith === null ? null : totalOf(before)),
    comparedWith,
    course: courseOf(slices, days, stepping),
    courseBefore: comparedWith === null ? [] : courseOf(before, comparedWith, stepping),
    breakdowns: {
      campaign: parts("campaign"),
      channel: parts("channel"),
      kind: parts("kind"),
      account: parts("account"),
      hour: parts("hour"),
      weekday: parts("weekday"),
    },
    reasons: failureReasons(counted, timesOf(days, calendar)),
  };
}
