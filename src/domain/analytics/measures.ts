/**
 * What reports across campaigns count: events, each in the span in which it happened (AMB-19). They
 * are plain sums, so whatever the events are split by, the parts add up to the whole, and the whole of
 * a campaign is what its own report says (I-6).
 */
import type { Mark } from "../message/marks.ts";
import { messageStates } from "../message/state.ts";
import type { Rollup, SeriesPoint } from "../report/rollup.ts";
import { isAccepted } from "../report/series.ts";

export const measures = [
  "submitted",
  "delivered",
  "opened",
  "clicked",
  "redeemed",
  "failed",
  "undelivered",
  "skipped",
  "optedOut",
  "complained",
  "recovered",
  "withCode",
] as const;

/**
 * `submitted`: a provider took it. `failed`: it could not be handed over; `undelivered`: it was, and
 * did not arrive; neither where it was sent again since. `skipped`: left out on purpose, or canceled.
 * `recovered`: it arrived after a failure. `withCode`: of `submitted`, messages that carry a unique
 * code.
 */
export type Measure = (typeof measures)[number];

export type Measures = Readonly<Record<Measure, number>>;

export const noMeasures: Measures = {
  submitted: 0,
  delivered: 0,
  opened: 0,
  clicked: 0,
  redeemed: 0,
  failed: 0,
  undelivered: 0,
  skipped: 0,
  optedOut: 0,
  complained: 0,
  recovered: 0,
  withCode: 0,
};

/**
 * What each span of a campaign's series counts, in its order. The series tells what happened, the
 * counters what came of it: a message that failed and was sent again is in both of its spans, and one
 * message all the same. So each course is brought to the height that its counter has now.
 */
export function measuresBySpan(rollup: Rollup): readonly Measures[] {
  const counted = rollup.series.map((point) => eventsOf(point));
  const goals = goalsOf(rollup, sumMeasures(counted));
  const columns = measures.map((measure) => {
    const course = counted.map((each) => each[measure]);
    return [measure, brought(course, goals[measure])] as const;
  });
  return counted.map((_, index) => {
    const own: Record<Measure, number> = { ...noMeasures };
    for (const [measure, course] of columns) own[measure] = course[index] ?? 0;
    return own;
  });
}

const events = {
  submitted: ({ entered }) => entered.submitted,
  delivered: ({ entered }) => entered.delivered,
  opened: ({ entered }) => entered.read,
  clicked: ({ marked }) => marked?.clicked,
  redeemed: ({ marked }) => marked?.redeemed,
  failed: ({ entered }) => entered.failed,
  undelivered: ({ entered }) => entered.undelivered,
  skipped: ({ entered }) => (entered.skipped ?? 0) + (entered.canceled ?? 0),
  optedOut: ({ marked }) => marked?.opted_out,
  complained: ({ marked }) => marked?.complained,
  recovered: ({ marked }) => marked?.recovered,
  withCode: ({ entered }) => entered.submitted,
} as const satisfies Record<Measure, (point: SeriesPoint) => number | undefined>;

function eventsOf(point: SeriesPoint): Measures {
  const counts: Record<Measure, number> = { ...noMeasures };
  for (const measure of measures) counts[measure] = events[measure](point) ?? 0;
  return counts;
}

/** What the counters say. Marks that a server of before did not count: as many as its series has. */
function goalsOf({ states, marks, codes }: Rollup, told: Measures): Measures {
  const marked = (mark: Mark, otherwise: number): number => marks?.[mark] ?? otherwise;
  const submitted = messageStates.filter(isAccepted).reduce((sum, state) => sum + states[state], 0);
  return {
    submitted,
    delivered: states.delivered + states.read,
    opened: states.read,
    clicked: marked("clicked", told.clicked),
    redeemed: marked("redeemed", told.redeemed),
    failed: states.failed,
    undelivered: states.undelivered,
    skipped: states.skipped + states.canceled,
    optedOut: marked("opted_out", told.optedOut),
    complained: marked("complained", told.complained),
    recovered: marked("recovered", told.recovered),
    withCode: codes === undefined ? 0 : submitted,
  };
}

/** The course with `goal` as its sum, in whole numbers; what no span tells of counts in the last. */
function brought(course: readonly number[], goal: number): readonly number[] {
  const end = course.reduce((sum, n) => sum + n, 0);
  if (end === goal) return course;
  if (end === 0) return course.map((_, index) => (index === course.length - 1 ? goal : 0));
  let happened = 0;
  let counted = 0;
  return course.map((n) => {
    happened += n;
    const before = counted;
    counted = Math.round((happened / end) * goal);
    return counted - before;
  });
}

export function sumMeasures(all: Iterable<Measures>): Measures {
  const sums: Record<Measure, number> = { ...noMeasures };
  for (const each of all) for (const measure of measures) sums[measure] += each[measure];
  return sums;
}
