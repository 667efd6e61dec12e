/**
 * How the bands of a campaign filled over time. A rollup counts what entered each state in each
 * span, and a message passes through several; so each band's curve is the course of what
 * entered it, brought to the height that the band has now. At every moment the bands add up to
 * the total, and the last moment is exactly what the counters say.
 */
import type { Instant } from "../core/time.ts";
import { kindOf, messageStates, type MessageState } from "../message/state.ts";
import { bandCounts, type BandCounts } from "./band.ts";
import type { Rollup, SeriesPoint } from "./rollup.ts";

export interface OverTimePoint {
  readonly at: Instant;
  readonly bands: BandCounts;
}

type Source = Pick<Rollup, "series" | "spanMs" | "states" | "total" | "at">;

/**
 * The course from nothing to now, or to where every message had its end; empty before anything
 * happened. `startedAt`: when the first
 * message went out, which lies somewhere inside the first span; null when it is not known.
 */
export function bandsOverTime(
  { series, spanMs, states, total, at }: Source,
  startedAt: Instant | null = null,
): OverTimePoint[] {
  const sorted = changing(series);
  const first = sorted[0];
  if (first === undefined) return [];
  const now = bandCounts(states);
  const goals: Marks = {
    handed: now.delivered + now.unconfirmed + states.undelivered,
    delivered: now.delivered,
    undelivered: states.undelivered,
    failed: states.failed,
    skipped: now.skipped,
  };
  const course = marksOverTime(sorted);
  const end = course.at(-1) ?? noMarks;
  const start = Math.min(Math.max(first.at, startedAt ?? 0), first.at + spanMs - 1);
  let known: BandCounts = { delivered: 0, unconfirmed: 0, failed: 0, skipped: 0, toGo: total };
  let until = start;
  const points: OverTimePoint[] = [{ at: start, bands: known }];
  sorted.forEach((span, index) => {
    // Spans in which nothing happened are left out: the course stands still until the next.
    if (span.at > until) points.push({ at: span.at, bands: known });
    const isLast = index === sorted.length - 1;
    known = isLast ? now : bandsOf(brought(course[index] ?? noMarks, end, goals), total);
    until = span.at + spanMs;
    points.push({ at: isLast ? Math.max(Math.min(until, at), start + 1) : until, bands: known });
  });
  const isSettled = messageStates.every((state) => kindOf[state] !== "open" || states[state] === 0);
  if (at > until && !isSettled) points.push({ at, bands: now });
  return points;
}

/**
 * The spans in which a band changed, oldest first. People open and click for weeks: that moves no
 * message between the bands.
 */
export function changing(series: readonly SeriesPoint[]): readonly SeriesPoint[] {
  const sorted = series.toSorted((a, b) => a.at - b.at);
  const course = marksOverTime(sorted);
  return sorted.filter((_, index) => !isEqual(course[index - 1] ?? noMarks, course[index]));
}

function isEqual(before: Marks, after: Marks | undefined): boolean {
  return after !== undefined && markNames.every((name) => before[name] === after[name]);
}

/** What has happened so far; a message counts once in each that it reached. */
interface Marks {
  readonly handed: number;
  readonly delivered: number;
  readonly undelivered: number;
  readonly failed: number;
  readonly skipped: number;
}

const markNames = ["handed", "delivered", "undelivered", "failed", "skipped"] as const;

const noMarks: Marks = { handed: 0, delivered: 0, undelivered: 0, failed: 0, skipped: 0 };

function marksOverTime(series: readonly SeriesPoint[]): Marks[] {
  const sums: Partial<Record<MessageState, number>> = {};
  const sum = (state: MessageState) => sums[state] ?? 0;
  return series.map(({ entered }) => {
    for (const [state, n] of entriesOf(entered)) sums[state] = sum(state) + n;
    return {
      // Everybody handed over passes `submitted` (see `passes`); what was noted before that was
      // so may have left it out.
      handed: Math.max(...handedStates.map(sum)),
      delivered: Math.max(sum("delivered"), sum("read")),
      undelivered: sum("undelivered"),
      failed: sum("failed"),
      skipped: sum("skipped") + sum("canceled"),
    };
  });
}

function entriesOf(entered: SeriesPoint["entered"]): [MessageState, number][] {
  const entries: [MessageState, number][] = [];
  for (const state of counted) {
    const n = entered[state];
    if (n !== undefined && n !== 0) entries.push([state, n]);
  }
  return entries;
}

const handedStates = [
  "submitted",
  "sent",
  "unconfirmed",
  "delivered",
  "read",
  "undelivered",
] as const satisfies readonly MessageState[];

const counted = [
  "submitted",
  "sent",
  "unconfirmed",
  "delivered",
  "read",
  "undelivered",
  "failed",
  "skipped",
  "canceled",
] as const satisfies readonly MessageState[];

/** The marks so far, as a part of all marks, of what is there now. */
function brought(marks: Marks, end: Marks, goals: Marks): Marks {
  const part = (name: keyof Marks) =>
    end[name] === 0 ? 0 : Math.round((marks[name] / end[name]) * goals[name]);
  return {
    handed: part("handed"),
    delivered: part("delivered"),
    undelivered: part("undelivered"),
    failed: part("failed"),
    skipped: part("skipped"),
  };
}

function bandsOf(marks: Marks, total: number): BandCounts {
  const failed = Math.min(total, marks.failed + marks.undelivered);
  const skipped = Math.min(total - failed, marks.skipped);
  const delivered = Math.min(total - failed - skipped, marks.delivered);
  const rest = total - failed - skipped - delivered;
  const waiting = Math.max(0, marks.handed - marks.delivered - marks.undelivered);
  const unconfirmed = Math.min(rest, waiting);
  return { delivered, unconfirmed, failed, skipped, toGo: rest - unconfirmed };
}
