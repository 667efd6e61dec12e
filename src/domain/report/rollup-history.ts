/**
 * Since when the parts of a rollup are as they are: what a reader who stood at a version has to be
 * told. Everything that readers are told must be looked at: what changed and changed back between
 * two looks is not seen, and a reader who stood there would keep it.
 */
import type { Rollup, SeriesPoint } from "./rollup.ts";
import { byState, type RollupChange } from "./rollup-change.ts";

/** `ver` is the version of its feed that the look was at. */
export interface RollupHistory {
  readonly ver: number;
  /** Before this nobody looked, or not in order, or something went away: who stood there is told everything. */
  readonly wholeAt: number;
  /** As JSON, with the version at which they were seen to have become so. */
  readonly fields: ReadonlyMap<string, Seen>;
  readonly points: ReadonlyMap<number, Seen>;
}

interface Seen {
  readonly text: string;
  readonly ver: number;
}

/** After another look at it; `before` null: the first. */
export function watched(before: RollupHistory | null, rollup: Rollup, ver: number): RollupHistory {
  if (before?.ver === ver) return before;
  // An older state that was read late: whoever is told of it needs the whole next.
  if (before !== null && ver < before.ver) return { ...before, wholeAt: before.ver };
  const fields = seen(before?.fields, fieldsOf(rollup), ver);
  const points = seen(before?.points, rollup.series.map(pointOf), ver);
  const isGone = before === null || isLess(before, { fields, points });
  return { ver, wholeAt: isGone ? ver : before.wholeAt, fields, points };
}

type Parts = Pick<RollupHistory, "fields" | "points">;

/** Whether something of before is not there, or the spans are others: it cannot be told as a change. */
function isLess(before: Parts, { fields, points }: Parts): boolean {
  return (
    fields.size !== before.fields.size ||
    [...before.fields.keys()].some((name) => !fields.has(name)) ||
    fields.get("spanMs")?.text !== before.fields.get("spanMs")?.text ||
    [...before.points.keys()].some((at) => !points.has(at))
  );
}

/** What a reader needs who has everything up to `since`; the rollup itself where they need all of it. */
export function changedSince(
  { wholeAt, fields, points }: RollupHistory,
  rollup: Rollup,
  since: number,
): Rollup | RollupChange {
  if (since < wholeAt) return rollup;
  const isNews = (known: Seen | undefined): boolean => known === undefined || known.ver > since;
  const parts = new Set<string>([...byState, "series"]);
  const news = Object.entries(rollup).filter(
    ([name]) => !parts.has(name) && isNews(fields.get(name)),
  );
  const counts = byState.flatMap((name) => {
    const changed = Object.entries(rollup[name]).filter(([state]) =>
      isNews(fields.get(countOf(name, state))),
    );
    return changed.length === 0 ? [] : [[name, Object.fromEntries(changed)]];
  });
  const series = rollup.series.filter(({ at }) => isNews(points.get(at)));
  return {
    ...Object.fromEntries(news),
    ...Object.fromEntries(counts),
    ...(series.length === 0 ? {} : { series }),
    id: rollup.id,
    since,
  };
}

function fieldsOf({ series: _series, id: _id, states, segments, ...rest }: Rollup) {
  const counted = Object.entries({ states, segments }).flatMap(([name, counts]) =>
    Object.entries(counts).map(([state, n]): [string, string] => [countOf(name, state), String(n)]),
  );
  const others = Object.entries(rest).map(([name, value]): [string, string] => [
    name,
    JSON.stringify(value),
  ]);
  return [...others, ...counted];
}

/** A number of a state, among the fields. */
function countOf(name: string, state: string): string {
  return `${name} ${state}`;
}

function pointOf(point: SeriesPoint): [number, string] {
  return [point.at, JSON.stringify(point)];
}

function seen<K>(
  before: ReadonlyMap<K, Seen> | undefined,
  now: readonly (readonly [K, string])[],
  ver: number,
): ReadonlyMap<K, Seen> {
  return new Map(
    now.map(([key, text]) => {
      const known = before?.get(key);
      return [key, known?.text === text ? known : { text, ver }];
    }),
  );
}
