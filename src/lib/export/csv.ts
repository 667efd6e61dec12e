/** A table as a CSV file in pieces, with the same safe cells as the server writes. */
import { csvLine } from "#domain/report/cell.ts";

/** Rows taken together into one piece of text; a million rows make some hundred pieces, not a million. */
const rowsInPiece = 5_000;

/** The pieces, for a Blob; the first marks the file as UTF-8 for spreadsheets. */
export function csvPieces<Row>(
  columns: readonly string[],
  rows: Iterable<Row>,
  cells: (row: Row) => readonly (string | number)[],
): string[] {
  const pieces = [`\uFEFF${csvLine(columns)}`];
  let lines: string[] = [];
  for (const row of rows) {
    lines.push(csvLine(cells(row)));
    if (lines.length < rowsInPiece) continue;
    pieces.push(lines.join(""));
    lines = [];
  }
  if (lines.length > 0) pieces.push(lines.join(""));
  return pieces;
}
