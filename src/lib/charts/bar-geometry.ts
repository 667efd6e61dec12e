/** The lengths of bars, in percent of the whole: pure. */
import { bands, type Band, type BandCounts } from "#domain/report/band.ts";

export interface Segment {
  readonly band: Band;
  readonly n: number;
  /** Percent of the bar. */
  readonly width: number;
  /** Percent from its start. */
  readonly from: number;
}

/** What exists at all is drawn at least this wide, so that one failure in a million can be seen. */
const leastWidth = 0.75;

/** One stacked bar; the widths always fill exactly the whole bar, or nothing when nobody is in it. */
export function stackedBar(counts: BandCounts): Segment[] {
  const present = bands.filter((band) => counts[band] > 0);
  const total = present.reduce((sum, band) => sum + counts[band], 0);
  if (total === 0) return [];
  const widths = present.map((band) => Math.max(leastWidth, (counts[band] / total) * 100));
  const used = widths.reduce((sum, width) => sum + width, 0);
  let from = 0;
  return present.map((band, index) => {
    const width = ((widths[index] ?? 0) / used) * 100;
    const segment = { band, n: counts[band], width, from };
    from += width;
    return segment;
  });
}

/** The length of each bar of a list in percent of the longest. */
export function barLengths(counts: readonly number[]): number[] {
  const longest = Math.max(0, ...counts);
  return counts.map((n) => (n === 0 ? 0 : Math.max(leastWidth, (n / longest) * 100)));
}
