/** The course of one figure over the life of a campaign, in equal steps: for a line as small as a word. */
import type { Rollup, SeriesPoint } from "./rollup.ts";

/** A line of this many points can be told apart at the size of a word. */
const steps = 24;

/** How many there were in each step of time, spans without any included; empty where nothing happened. */
export function courseOf(
  { series, spanMs }: Pick<Rollup, "series" | "spanMs">,
  pick: (point: SeriesPoint) => number,
): readonly number[] {
  const first = Math.min(...series.map(({ at }) => at));
  const last = Math.max(...series.map(({ at }) => at));
  if (!Number.isFinite(first) || !series.some((point) => pick(point) > 0)) return [];
  const spans = Math.round((last - first) / spanMs) + 1;
  const n = Math.min(steps, spans);
  const counts = Array.from({ length: n }, () => 0);
  for (const point of series) {
    const index = Math.floor((Math.round((point.at - first) / spanMs) / spans) * n);
    counts[index] = (counts[index] ?? 0) + pick(point);
  }
  return counts;
}
