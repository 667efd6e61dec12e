/** Which labels of an axis can be read beside each other. */

export interface TickLabel {
  readonly label: string;
  /** Its middle, in pixels. */
  readonly position: number;
}

/** Of a letter of the axes' size, on average; and what has to stay free between two labels. */
const letterPx = 6.5;
const freePx = 12;

/**
 * From the first on, those that neither say the same as an earlier one nor touch it. Where the axis
 * ends, a label that would run past it stands before its end.
 */
export function readable(
  labels: readonly TickLabel[],
  axis: { readonly from: number; readonly to: number },
): readonly TickLabel[] {
  const kept: TickLabel[] = [];
  for (const { position, ...said } of labels) {
    const half = (said.label.length * letterPx) / 2;
    const within = Math.max(axis.from + half, Math.min(axis.to - half, position));
    const mark = { ...said, position: within };
    const isNew = kept.every(({ label }) => label !== mark.label);
    const last = kept.at(-1);
    if (isNew && (last === undefined || isFree(last, mark))) kept.push(mark);
  }
  return kept;
}

function isFree(before: TickLabel, after: TickLabel): boolean {
  const half = ((before.label.length + after.label.length) * letterPx) / 2;
  return after.position - before.position >= half + freePx;
}
