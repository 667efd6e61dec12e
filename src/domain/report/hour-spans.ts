/**
 * The hours of a campaign that went on for long. What every device holds of it has as many points
 * as can be told apart, so after ten days they are longer than an hour; the server knows the hours
 * of ninety days. Both count the same: what is in no hour came after they were told.
 */
import { marks as allMarks } from "../message/marks.ts";
import { messageStates } from "../message/state.ts";
import { hourMs, type Instant } from "../core/time.ts";
import { changing } from "./over-time.ts";
import type { Rollup, SeriesPoint } from "./rollup.ts";
import { foldSeries, type MinuteEntry, type MinuteMark } from "./fold-series.ts";

/** An hour, or a day where the hours are not kept any more. */
export interface HourSpan extends SeriesPoint {
  readonly spanMs: number;
}

export interface HourSpans {
  /** The name of the counters that they add up to (snapshot.ts). */
  readonly snapshot: string;
  readonly asOf: Instant;
  /** In order of time; spans in which nothing happened are left out. */
  readonly spans: readonly HourSpan[];
}

type Source = Pick<Rollup, "series" | "spanMs">;
type Entered = SeriesPoint["entered"];

/** Whether the hours of what happened are not to be seen in it. */
export function isCoarse({ series, spanMs }: Source): boolean {
  return spanMs > hourMs && series.length > 0;
}

/** The hours, and apart from them the days, each as a course of its own. */
export function sourcesOf(hours: HourSpans): readonly Source[] {
  return [...Map.groupBy(hours.spans, ({ spanMs }) => spanMs)].map(([spanMs, series]) => ({
    spanMs,
    series,
  }));
}

/** What the sources count and the hours do not, as it came after they were told. */
export function enteredSince(hours: HourSpans, sources: readonly Source[]): Entered {
  const known = sumEntered(hours.spans);
  const all = sumEntered(sources.flatMap(({ series }) => series));
  const since: Partial<Record<keyof Entered, number>> = {};
  for (const state of messageStates) {
    const n = (all[state] ?? 0) - (known[state] ?? 0);
    if (n > 0) since[state] = n;
  }
  return since;
}

/**
 * The counters with the course of the hours: as short spans as the time needs in which messages
 * still moved. People open for weeks what was sent within a day.
 */
export function withHours(rollup: Rollup, hours: HourSpans): Rollup {
  const at = Math.floor(rollup.at / hourMs) * hourMs;
  const rest = { at, spanMs: hourMs, entered: enteredSince(hours, [rollup]) };
  const spans = [...hours.spans, rest];
  const moved = new Set(changing(spans).map((point) => point.at));
  const { spanMs } = fold(spans.filter((span) => moved.has(span.at)));
  return spanMs >= rollup.spanMs ? rollup : { ...rollup, ...fold(spans, spanMs) };
}

function fold(spans: readonly HourSpan[], spanMs?: number) {
  const entries = spans.flatMap(({ at, entered, ...span }): MinuteEntry[] =>
    messageStates.flatMap((state) => {
      const n = entered[state] ?? 0;
      return n === 0 ? [] : [{ minute: at, spanMs: span.spanMs, state, n }];
    }),
  );
  const marks = spans.flatMap(({ at, marked = {}, ...span }): MinuteMark[] =>
    allMarks.flatMap((mark) => {
      const n = marked[mark] ?? 0;
      return n === 0 ? [] : [{ minute: at, spanMs: span.spanMs, mark, n }];
    }),
  );
  return foldSeries(entries, marks, spanMs);
}

function sumEntered(points: readonly SeriesPoint[]): Entered {
  const sums: Partial<Record<keyof Entered, number>> = {};
  for (const { entered } of points) {
    for (const state of messageStates) {
      const n = entered[state];
      if (n !== undefined) sums[state] = (sums[state] ?? 0) + n;
    }
  }
  return sums;
}
