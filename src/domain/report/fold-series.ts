/** Folds what happened by the minute into few enough points to draw. */
import { dayMs, minuteMs, secondMs, type Instant } from "../core/time.ts";
import type { Mark } from "../message/marks.ts";
import type { MessageState } from "../message/state.ts";
import type { SeriesPoint } from "./rollup.ts";
import { fineMs } from "./series.ts";

/** Messages that entered a state within a minute, or another span. */
export interface MinuteEntry {
  /** Start of the span. */
  readonly minute: Instant;
  /** Its length where it is longer than a minute: what is old is kept by the hour or the day. */
  readonly spanMs?: number;
  readonly state: MessageState;
  readonly n: number;
}

/** Messages that got a mark within a minute. */
export interface MinuteMark {
  readonly minute: Instant;
  readonly spanMs?: number;
  readonly mark: Mark;
  readonly n: number;
}

/** More points than this nobody can tell apart. */
export const maxSpans = 240;

/** Devices get them four times a second while a campaign is sent: fewer, and a curve all the same. */
const maxFineSpans = 60;
const fineSpans = [fineMs, 10 * secondMs, 15 * secondMs, 30 * secondMs];

/** Spans people know: minutes, then parts of an hour, hours, days, weeks. */
const spansInMinutes = [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 720, 1_440, 2_880, 10_080];

export interface Series {
  readonly spanMs: number;
  /** In order of time; spans in which nothing happened are left out. */
  readonly series: readonly SeriesPoint[];
}

interface OpenPoint {
  readonly entered: Partial<Record<MessageState, number>>;
  readonly marked: Partial<Record<Mark, number>>;
}

/** `spanMs`: how long its spans are; left out, as short as there are few enough of them. */
export function foldSeries(
  entries: readonly MinuteEntry[],
  marks: readonly MinuteMark[] = [],
  spanMs: number = spanFor([...entries, ...marks]),
): Series {
  const points = new Map<Instant, OpenPoint>();
  const pointOf = (minute: Instant): OpenPoint => {
    const at = Math.floor(minute / spanMs) * spanMs;
    const point = points.get(at) ?? { entered: {}, marked: {} };
    points.set(at, point);
    return point;
  };
  for (const { minute, state, n } of entries) {
    const { entered } = pointOf(minute);
    entered[state] = (entered[state] ?? 0) + n;
  }
  for (const { minute, mark, n } of marks) {
    const { marked } = pointOf(minute);
    marked[mark] = (marked[mark] ?? 0) + n;
  }
  const series = [...points]
    .map(([at, { entered, marked }]) => ({
      at,
      entered: counted(entered),
      marked: counted(marked),
    }))
    .filter(({ entered, marked }) => !isEmpty(entered) || !isEmpty(marked))
    .map(({ at, entered, marked }) => (isEmpty(marked) ? { at, entered } : { at, entered, marked }))
    .toSorted((a, b) => a.at - b.at);
  return { spanMs, series };
}

/** Without what a correction took back. */
function counted<K extends string>(counts: Partial<Record<K, number>>): Partial<Record<K, number>> {
  const kept: Partial<Record<K, number>> = {};
  for (const key in counts) {
    const n = counts[key];
    if (n !== undefined && n > 0) kept[key] = n;
  }
  return kept;
}

function isEmpty(counts: object): boolean {
  return Object.keys(counts).length === 0;
}

type Spanned = Pick<MinuteEntry, "minute" | "spanMs">;

/**
 * The shortest span with which the whole time needs at most `maxSpans` of them, and no shorter
 * than what is known: a day that was folded cannot be told by the hour.
 */
function spanFor(entries: readonly Spanned[]): number {
  let first = Infinity;
  let last = -Infinity;
  let leastMs = minuteMs;
  let isFine = false;
  for (const { minute, spanMs } of entries) {
    first = Math.min(first, minute);
    last = Math.max(last, minute);
    leastMs = Math.max(leastMs, spanMs ?? 0);
    isFine ||= minute % minuteMs !== 0;
  }
  if (first > last) return minuteMs;
  if (isFine && leastMs === minuteMs) {
    const fine = fineSpans.find((spanMs) => count(first, last, spanMs) <= maxFineSpans);
    if (fine !== undefined) return fine;
  }
  const span = spansInMinutes
    .map((minutes) => minutes * minuteMs)
    .find((spanMs) => spanMs >= leastMs && count(first, last, spanMs) <= maxSpans);
  if (span !== undefined) return span;
  return Math.ceil((last - first) / dayMs / (maxSpans - 1)) * dayMs;
}

function count(first: Instant, last: Instant, spanMs: number): number {
  return Math.floor(last / spanMs) - Math.floor(first / spanMs) + 1;
}
