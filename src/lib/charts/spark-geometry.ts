/**
 * The line of a sparkline and the area under it: pure, in pixels. By hand and not by d3: it is on
 * the first page that anybody opens, which stays light without it.
 */
export interface SparkGeometry {
  readonly line: string;
  readonly area: string;
}

export function sparkGeometry(
  values: readonly number[],
  { width, height }: { readonly width: number; readonly height: number },
): SparkGeometry {
  const [first] = values;
  if (first === undefined) return { line: "", area: "" };
  const points = values.length === 1 ? [first, first] : values;
  const most = Math.max(1, ...points);
  const stepX = (width - 2) / (points.length - 1);
  const places = points.map((value, index) => {
    const x = round(1 + index * stepX);
    const y = round(1 + (1 - value / most) * (height - 2));
    return `${x},${y}`;
  });
  const line = `M${places.join("L")}`;
  return { line, area: `${line}L${width - 1},${height}L1,${height}Z` };
}

function round(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}
