/** The line of a sparkline and the area under it: pure, in pixels. */
import { area, curveMonotoneX, line, max, scaleLinear } from "d3";

export interface SparkGeometry {
  readonly line: string;
  readonly area: string;
}

export function sparkGeometry(
  values: readonly number[],
  size: { readonly width: number; readonly height: number },
): SparkGeometry {
  const points = values.length === 1 ? [...values, ...values] : [...values];
  const x = scaleLinear([0, Math.max(1, points.length - 1)], [1, size.width - 1]);
  const y = scaleLinear([0, Math.max(1, max(points) ?? 0)], [size.height - 1, 1]);
  const stroke = line<number>()
    .x((_, index) => x(index))
    .y(y)
    .curve(curveMonotoneX);
  const fill = area<number>()
    .x((_, index) => x(index))
    .y0(size.height)
    .y1(y)
    .curve(curveMonotoneX);
  return { line: stroke(points) ?? "", area: fill(points) ?? "" };
}
