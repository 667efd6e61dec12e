/**
 * Why messages did not arrive, across campaigns. Counters tell reasons of a whole campaign and not by
 * the day: of campaigns that lie in the range with everything they did each reason is exact, and what
 * the others add is told as `untold`. So the rows always add up to the failures of the range.
 */
import type { TimeRange } from "../report/by-channel.ts";
import type { Reason } from "../message/reason.ts";
import type { Counted } from "./counted.ts";
import { slicesIn } from "./slice.ts";
import { totalOf } from "./breakdown.ts";

/** `untold`: of failures in the range, the reason is not known by day. */
export interface ReasonPart {
  readonly reason: Reason | "untold";
  readonly n: number;
}

export function failureReasons(rows: readonly Counted[], range: TimeRange): readonly ReasonPart[] {
  const sums = new Map<ReasonPart["reason"], number>();
  const add = (reason: ReasonPart["reason"], n: number): void => {
    if (n > 0) sums.set(reason, (sums.get(reason) ?? 0) + n);
  };
  for (const row of rows) {
    const { failed, undelivered } = totalOf(slicesIn([row], range));
    let rest = failed + undelivered;
    const isWhole = row.rollup?.series.every(({ at }) => at >= range.from && at < range.to);
    for (const { state, reason, n } of isWhole ? (row.rollup?.reasons ?? []) : []) {
      if (state !== "failed" && state !== "undelivered") continue;
      const known = Math.min(n, rest);
      add(reason, known);
      rest -= known;
    }
    add("untold", rest);
  }
  return [...sums]
    .map(([reason, n]) => ({ reason, n }))
    .toSorted((a, b) => b.n - a.n || a.reason.localeCompare(b.reason));
}
