/** Failures and recoveries by span: what the two charts of seed 000 show (S0-11, S0-13). */
import type { Instant } from "../core/time.ts";
import { changing } from "./over-time.ts";
import type { Rollup, SeriesPoint } from "./rollup.ts";

export interface FailurePoint {
  readonly at: Instant;
  /** Messages that failed in the span, those that arrived later too. */
  readonly failed: number;
  /** Messages that arrived in it after an earlier failure. */
  readonly recovered: number;
}

/** One point for each span from the first to the last in which a message arrived, failed or recovered; none where nothing failed. */
export function failuresOverTime({
  series,
  spanMs,
}: Pick<Rollup, "series" | "spanMs">): readonly FailurePoint[] {
  const told = changing(series);
  const [first] = told;
  const last = told.at(-1);
  if (first === undefined || last === undefined || !series.some((each) => failedIn(each) > 0)) {
    return [];
  }
  const bySpan = new Map(series.map((point) => [point.at, point]));
  const points: FailurePoint[] = [];
  for (let at = first.at; at <= last.at; at += spanMs) {
    const point = bySpan.get(at);
    const recovered = point?.marked?.recovered ?? 0;
    points.push({ at, failed: point === undefined ? 0 : failedIn(point), recovered });
  }
  return points;
}

function failedIn({ entered }: SeriesPoint): number {
  return (entered.failed ?? 0) + (entered.undelivered ?? 0);
}
