/**
 * The counters of a campaign apart by the channel that each message really went by. Its own channel
 * is the whole without the second one, so whatever they count, the parts add up to the whole (I-6).
 */
import { addressKindOf, type Channel } from "../campaign/channel.ts";
import { fromMicros, toMicros } from "../campaign/price.ts";
import { marks } from "../message/marks.ts";
import { messageStates, noCounts, type StateCounts } from "../message/state.ts";
import { sumReasonCounts } from "./reason-counts.ts";
import type { FallbackCounts, MarkCounts, MonthUse, Rollup, SeriesPoint } from "./rollup.ts";

/** What of a campaign went by one of its channels. */
export interface PartByWay<T> {
  readonly channel: Channel;
  /** It is what the campaign falls back to. */
  readonly isSecond: boolean;
  readonly rollup: T;
}

type Course = Pick<Rollup, "series" | "fallback">;

/** Counters of which nobody knows when they moved are not told apart: all is the campaign's own channel. */
export function partsByWay(type: Channel, rollup: Rollup): readonly PartByWay<Rollup>[] {
  const { fallback, ...whole } = rollup;
  const second = fallback === undefined ? null : secondOf(rollup, fallback);
  if (second === null) return [{ channel: type, isSecond: false, rollup }];
  const own: Rollup = {
    ...withoutCarriers(type, whole),
    total: whole.total - second.rollup.total,
    states: less(whole.states, second.rollup.states),
    segments: less(whole.segments, second.rollup.segments),
    reasons: lessReasons(whole, second.rollup),
    series: lessSeries(whole.series, second.rollup.series),
    ...(whole.marks === undefined ? {} : { marks: lessMarks(whole.marks, second.rollup.marks) }),
    ...(whole.months === undefined
      ? {}
      : { months: lessMonths(whole.months, second.rollup.months) }),
  };
  return [{ channel: type, isSecond: false, rollup: own }, second];
}

/** The same of what happened over time alone. */
export function coursesByWay(
  type: Channel,
  { series, fallback }: Course,
): readonly PartByWay<Pick<Rollup, "series">>[] {
  const own = { channel: type, isSecond: false } as const;
  if (fallback?.series === undefined) return [{ ...own, rollup: { series } }];
  const second = within(series, fallback.series);
  return [
    { ...own, rollup: { series: lessSeries(series, second) } },
    { channel: fallback.channel, isSecond: true, rollup: { series: second } },
  ];
}

function secondOf(
  { id, spanMs, series, at, cost = null }: Rollup,
  { channel, total, states, segments, ...told }: FallbackCounts,
): PartByWay<Rollup> | null {
  if (told.series === undefined) return null;
  const { reasons = [], marks: marked = {}, months = [] } = told;
  const own = { total, states, segments, reasons, marks: marked, months };
  const currency = cost === null ? {} : { cost: { ...cost, amount: 0, units: 0 } };
  const course = { spanMs, series: within(series, told.series) };
  return { channel, isSecond: true, rollup: { id, ...own, ...currency, ...course, rate: 0, at } };
}

/** Of a channel to phones carriers are counted whichever way they were written to: apart nobody knows them. */
function withoutCarriers(type: Channel, { carriers, ...rest }: Rollup): Rollup {
  const isKnown = carriers !== undefined && addressKindOf[type] !== "phone";
  return isKnown ? { ...rest, carriers } : rest;
}

function less(whole: StateCounts, part: StateCounts): StateCounts {
  const rest: Record<keyof StateCounts, number> = { ...noCounts };
  for (const state of messageStates) rest[state] = whole[state] - part[state];
  return rest;
}

type Reasoned = Pick<Rollup, "reasons">;

function lessReasons({ reasons }: Reasoned, part: Reasoned): Rollup["reasons"] {
  const taken = part.reasons.map(({ n, segments = n, ...of }) => {
    return { ...of, n: -n, segments: -segments };
  });
  return sumReasonCounts([...reasons, ...taken]).filter(({ n }) => n > 0);
}

function lessMarks(whole: MarkCounts, part: MarkCounts = {}): MarkCounts {
  const rest: Partial<Record<keyof MarkCounts, number>> = {};
  for (const mark of marks) {
    const n = (whole[mark] ?? 0) - (part[mark] ?? 0);
    if (n > 0) rest[mark] = n;
  }
  return rest;
}

function lessMonths(
  whole: readonly MonthUse[],
  part: readonly MonthUse[] = [],
): readonly MonthUse[] {
  const parts = new Map(part.map((use) => [use.month, use]));
  return whole.map((use) => {
    const taken = parts.get(use.month);
    if (taken === undefined) return use;
    const { month, messages, segments, amount } = use;
    return {
      month,
      messages: messages - taken.messages,
      segments: segments - taken.segments,
      ...(amount === undefined
        ? {}
        : { amount: fromMicros(toMicros(amount) - toMicros(taken.amount ?? 0)) }),
    };
  });
}

type Series = readonly SeriesPoint[];

/** Of the part only what is in the whole: a correction may have reached one of them first. */
function within(whole: Series, part: Series): Series {
  const known = new Map(whole.map((point) => [point.at, point]));
  return eachOf(part, ({ at }) => known.get(at), Math.min);
}

function lessSeries(whole: Series, part: Series): Series {
  const taken = new Map(part.map((point) => [point.at, point]));
  return eachOf(
    whole,
    ({ at }) => taken.get(at),
    (n, other) => Math.max(0, n - other),
  );
}

/** Every count of every span, with the same count of the span beside it. */
function eachOf(
  series: Series,
  beside: (point: SeriesPoint) => SeriesPoint | undefined,
  count: (n: number, other: number) => number,
): Series {
  return series.flatMap((point) => {
    const other = beside(point);
    const entered = counted(point.entered, other?.entered ?? {}, count);
    const marked = counted(point.marked ?? {}, other?.marked ?? {}, count);
    const { at } = point;
    if (Object.keys(marked).length > 0) return [{ at, entered, marked }];
    return Object.keys(entered).length > 0 ? [{ at, entered }] : [];
  });
}

function counted<K extends string>(
  counts: Partial<Record<K, number>>,
  others: Partial<Record<K, number>>,
  count: (n: number, other: number) => number,
): Partial<Record<K, number>> {
  const kept: Partial<Record<K, number>> = {};
  for (const key in counts) {
    const n = count(counts[key] ?? 0, others[key] ?? 0);
    if (n > 0) kept[key] = n;
  }
  return kept;
}
