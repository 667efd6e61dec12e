/**
 * The counters of a campaign without what did not change: while it sends, most of a rollup is what
 * the device has already. Every value that is there is absolute and replaces the one before: of
 * what is counted by state, that of the same state; of the series, the point of the same time.
 * Nothing is ever added up.
 */
import type { Id } from "../core/id.ts";
import type { StateCounts } from "../message/state.ts";
import type { Rollup, SeriesPoint } from "./rollup.ts";

/** What has a number for each state of a message. */
export const byState = ["states", "segments"] as const;

export interface RollupChange extends Partial<Omit<Rollup, (typeof byState)[number]>> {
  readonly id: Id;
  readonly states?: Partial<StateCounts>;
  readonly segments?: Partial<StateCounts>;
  /** What is left out is as it was at this version of the feed. */
  readonly since: number;
}

export function isRollupChange(doc: object | null): doc is RollupChange {
  return doc !== null && "since" in doc;
}

/** The whole again. `base`: the rollup as it was at `since`, or later. */
export function withChange(base: Rollup, { since: _since, ...change }: RollupChange): Rollup {
  const series = change.series === undefined ? base.series : mended(base.series, change.series);
  const states = { ...base.states, ...change.states };
  const segments = { ...base.segments, ...change.segments };
  return { ...base, ...change, states, segments, series };
}

function mended(
  before: readonly SeriesPoint[],
  changed: readonly SeriesPoint[],
): readonly SeriesPoint[] {
  const points = new Map([...before, ...changed].map((point) => [point.at, point]));
  return [...points.values()].toSorted((a, b) => a.at - b.at);
}
