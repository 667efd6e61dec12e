/** What is usual in a workspace: the figures of a campaign beside those of the last ones like it. */
import type { Channel } from "../campaign/channel.ts";
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";
import { metricOf, rateOf, type MetricKey, type MetricSource } from "./metric.ts";

/** How many campaigns are looked back at, and how few are too few to say what is usual. */
export const lookBack = 10;
export const leastToCompare = 3;

interface Compared {
  readonly campaign: {
    readonly id: Id;
    readonly type: Channel;
    readonly launchedAt: Instant | null;
  };
  readonly rollup: MetricSource | null;
}

/** The median of the campaigns before one, and of how many it is. */
export interface Usual {
  readonly rate: number;
  readonly n: number;
}

/** The last campaigns of the same channel that were launched before this one, newest first. */
export function before<R extends Compared>(row: R, rows: readonly R[]): readonly R[] {
  const { id, type, launchedAt } = row.campaign;
  const until = launchedAt ?? Infinity;
  return rows
    .filter(({ campaign: other, rollup }) => {
      if (other.id === id || other.type !== type || rollup === null) return false;
      return other.launchedAt !== null && other.launchedAt < until && rollup.total > 0;
    })
    .toSorted((a, b) => (b.campaign.launchedAt ?? 0) - (a.campaign.launchedAt ?? 0))
    .slice(0, lookBack);
}

/** What is usual of a figure; null where too few campaigns tell. */
export function usualOf(key: MetricKey, rows: readonly Compared[]): Usual | null {
  const rates = rows
    .flatMap(({ rollup }) => {
      const measured = rollup === null ? null : metricOf(key).measure(rollup);
      const rate = measured === null ? null : rateOf(measured);
      return rate === null ? [] : [rate];
    })
    .toSorted((a, b) => a - b);
  if (rates.length < leastToCompare) return null;
  const middle = Math.floor(rates.length / 2);
  const upper = rates[middle] ?? 0;
  const rate = rates.length % 2 === 1 ? upper : ((rates[middle - 1] ?? 0) + upper) / 2;
  return { rate, n: rates.length };
}
