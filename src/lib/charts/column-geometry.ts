/** Columns from left to right, each stacked of parts, with a line of what is compared: pure, in pixels. */
import { line, max, scaleLinear } from "d3";
import type { Box, Tick } from "./area-geometry.ts";

/** One column: the numbers of its parts, from the floor up, in the order of the keys. */
export interface ColumnInput {
  readonly label: string;
  readonly values: readonly number[];
  /** What stands beside it for comparison; null: nothing does. */
  readonly ghost: number | null;
}

export interface ColumnShape {
  readonly x: number;
  readonly width: number;
  /** Its middle. */
  readonly center: number;
  readonly parts: readonly { readonly y: number; readonly height: number }[];
}

export interface ColumnGeometry {
  readonly columns: readonly ColumnShape[];
  readonly counts: readonly Tick<number>[];
  /** The labels that have room. */
  readonly labels: readonly Tick<string>[];
  /** The line of what is compared, as an SVG path; "" where there is none. */
  readonly ghost: string;
}

/** Room that a label needs. */
const labelWidth = 64;

export function columnGeometry(
  columns: readonly ColumnInput[],
  box: Box,
  room = labelWidth,
): ColumnGeometry {
  const inner = Math.max(1, box.width - box.left - box.right);
  const step = inner / Math.max(1, columns.length);
  const width = Math.max(1, Math.min(step - Math.min(4, step * 0.25), 48));
  const most = max(columns, (column) => Math.max(sumOf(column), column.ghost ?? 0)) ?? 0;
  const y = scaleLinear([0, Math.max(1, most)], [box.height - box.bottom, box.top]).nice(4);
  const centerOf = (index: number): number => box.left + (index + 0.5) * step;
  const every = Math.max(1, Math.ceil(room / step));
  const ghosts = columns.flatMap(({ ghost }, index): [number, number][] =>
    ghost === null ? [] : [[centerOf(index), y(ghost)]],
  );
  return {
    columns: columns.map(({ values }, index) => {
      let below = 0;
      return {
        x: centerOf(index) - width / 2,
        width,
        center: centerOf(index),
        parts: values.map((value) => {
          const [floor, top] = [y(below), y(below + value)];
          below += value;
          return { y: top, height: floor - top };
        }),
      };
    }),
    counts: y
      .ticks(4)
      .filter(Number.isInteger)
      .map((value) => ({ value, position: y(value) })),
    labels: columns
      .map(({ label }, index) => ({ value: label, position: centerOf(index) }))
      .filter((_, index) => index % every === 0),
    ghost: ghosts.length < 2 ? "" : (line()(ghosts) ?? ""),
  };
}

function sumOf({ values }: ColumnInput): number {
  return values.reduce((sum, value) => sum + value, 0);
}
