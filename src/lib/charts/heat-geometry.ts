/** A grid of counts as squares of five strengths: pure, in pixels. */
export interface HeatCell {
  readonly row: number;
  readonly column: number;
  readonly n: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** 0: nothing; 1 to 4: how much, against the most. */
  readonly level: number;
}

export interface HeatBox {
  readonly width: number;
  /** Room for the names of the rows. */
  readonly left: number;
  readonly rowHeight: number;
}

const gap = 2;

export function heatCells(counts: readonly (readonly number[])[], box: HeatBox): HeatCell[] {
  const most = Math.max(0, ...counts.flat());
  const columns = Math.max(1, ...counts.map((row) => row.length));
  const step = Math.max(1, (box.width - box.left) / columns);
  return counts.flatMap((row, rowIndex) =>
    row.map((n, column) => ({
      row: rowIndex,
      column,
      n,
      x: box.left + column * step,
      y: rowIndex * box.rowHeight,
      width: Math.max(1, step - gap),
      height: box.rowHeight - gap,
      level: n === 0 ? 0 : Math.max(1, Math.ceil((n / most) * 4)),
    })),
  );
}

/** The cell that a key leads to from another; null for any other key. */
export function cellAfter(
  key: string,
  at: number,
  size: { readonly rows: number; readonly columns: number },
): number | null {
  const { rows, columns } = size;
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: columns,
    ArrowUp: -columns,
    Home: -(at % columns),
    End: columns - 1 - (at % columns),
  };
  const step = steps[key];
  if (step === undefined) return null;
  const next = at + step;
  return next < 0 || next >= rows * columns ? at : next;
}
