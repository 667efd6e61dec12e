/** Sums of counters by state and reason. */
import type { ReasonCount } from "./rollup.ts";

/** The largest first. Segments are left out where they are as many as messages. */
export function sumReasonCounts(all: readonly ReasonCount[]): readonly ReasonCount[] {
  const sums = new Map<string, Required<ReasonCount>>();
  for (const { state, reason, n, segments = n } of all) {
    const key = `${state} ${reason}`;
    const known = sums.get(key) ?? { state, reason, n: 0, segments: 0 };
    sums.set(key, { state, reason, n: known.n + n, segments: known.segments + segments });
  }
  return [...sums.values()].map(withoutSame).toSorted((a, b) => b.n - a.n);
}

function withoutSame({ segments, ...count }: Required<ReasonCount>): ReasonCount {
  return segments === count.n ? count : { ...count, segments };
}
