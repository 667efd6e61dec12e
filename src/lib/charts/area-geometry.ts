/** The shapes of a stacked area over time: pure, in pixels, from points to paths. */
import { area, bisector, line, max, scaleLinear, scaleTime, stack, type SeriesPoint } from "d3";
import type { Instant } from "#domain/core/time.ts";
import { bands, type Band } from "#domain/report/band.ts";
import type { OverTimePoint } from "#domain/report/over-time.ts";
import { spread } from "./spread.ts";

/** The bands that are painted, from the floor up; what is still to go is the space left above. */
export const paintedBands = bands.filter((band) => band !== "toGo");

export interface Box {
  readonly width: number;
  readonly height: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

export interface Layer {
  readonly band: Band;
  /** The area, as an SVG path. */
  readonly area: string;
  /** Its upper edge. */
  readonly edge: string;
  /** Where its direct label stands; null for a band that ends empty. */
  readonly labelY: number | null;
}

export interface Tick<T> {
  readonly value: T;
  readonly position: number;
}

export interface AreaGeometry {
  readonly layers: readonly Layer[];
  readonly times: readonly Tick<Instant>[];
  readonly counts: readonly Tick<number>[];
  /** Where each point stands, from left to right. */
  readonly xs: readonly number[];
  /** The upper edge of everything painted at each point. */
  readonly tops: readonly number[];
}

const labelHeight = 18;

export function areaGeometry(points: readonly OverTimePoint[], box: Box): AreaGeometry {
  const rows = [...points];
  const x = scaleTime(
    [rows[0]?.at ?? 0, rows.at(-1)?.at ?? 1],
    [box.left, Math.max(box.left + 1, box.width - box.right)],
  );
  const most = max(rows, (point) => sumOf(point)) ?? 0;
  const y = scaleLinear([0, Math.max(1, most)], [box.height - box.bottom, box.top]).nice(4);
  const stacked = stack<OverTimePoint, Band>()
    .keys(paintedBands)
    .value((point, band) => point.bands[band])(rows);
  const shape = area<(typeof stacked)[number][number]>()
    .x((part) => x(part.data.at))
    .y0((part) => y(part[0]))
    .y1((part) => y(part[1]));
  const edge = line<(typeof stacked)[number][number]>()
    .x((part) => x(part.data.at))
    .y((part) => y(part[1]));
  const wanted = stacked.map((part) => middleOf(part.at(-1), y));
  const labels = spread(wanted, labelHeight, { from: box.top, to: box.height - box.bottom });
  return {
    layers: stacked.map((part, index) => ({
      band: part.key,
      area: shape(part) ?? "",
      edge: edge(part) ?? "",
      labelY: labels[index] ?? null,
    })),
    times: ticksOf(x.ticks(Math.max(2, Math.floor((box.width - box.left - box.right) / 110))), x),
    counts: y
      .ticks(4)
      .filter(Number.isInteger)
      .map((value) => ({ value, position: y(value) })),
    xs: rows.map((point) => x(point.at)),
    tops: rows.map((point) => y(sumOf(point) - point.bands.toGo)),
  };
}

/** A text on a moment. */
export interface ChartMark {
  readonly at: Instant;
  readonly text: string;
}

/** A mark that lies within the time of the chart, with its number and its place. */
export interface Flag extends ChartMark {
  /** From 1, as the marks were given. */
  readonly n: number;
  readonly position: number;
}

/** The marks within the chart's time; those outside of it keep their numbers and are left out. */
export function placesOf(
  marks: readonly ChartMark[],
  points: readonly OverTimePoint[],
  box: Box,
): Flag[] {
  const first = points[0]?.at ?? 0;
  const last = points.at(-1)?.at ?? first;
  const right = Math.max(box.left + 1, box.width - box.right);
  return marks
    .map(({ at, text }, index) => ({
      at,
      text,
      n: index + 1,
      position: box.left + ((at - first) / Math.max(1, last - first)) * (right - box.left),
    }))
    .filter(({ at }) => at >= first && at <= last);
}

/** The index of the point nearest to a place on the x axis. */
export function nearest(xs: readonly number[], place: number): number {
  return Math.max(0, bisector((x: number) => x).center(xs, place));
}

function sumOf({ bands: counts }: OverTimePoint): number {
  return counts.delivered + counts.unconfirmed + counts.failed + counts.skipped + counts.toGo;
}

function ticksOf(values: readonly Date[], x: (value: Date) => number): Tick<Instant>[] {
  return values.map((value) => ({ value: value.getTime(), position: x(value) }));
}

/** The middle of a band at the right edge; null where it is empty. */
function middleOf(
  part: SeriesPoint<OverTimePoint> | undefined,
  y: (value: number) => number,
): number | null {
  if (part === undefined || part[1] <= part[0]) return null;
  return y((part[0] + part[1]) / 2);
}
