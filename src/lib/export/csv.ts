/**
 * Tables as CSV (RFC 4180) that a spreadsheet opens as what they are: text stays text, whatever
 * a person had typed into it.
 */

/** What a spreadsheet would take for a formula, full-width forms and control characters included. */
const formulaStart = /^[=+\-@\t\r\n\0＝＋－＠]/u;

/** One cell. Numbers stay numbers; a phone number keeps its plus because it is marked as text. */
export function csvCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = formulaStart.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** Rows taken together into one piece of text; a million rows make some hundred pieces, not a million. */
const rowsInPiece = 5_000;

/** The file in pieces, for a Blob; the first marks it as UTF-8 for spreadsheets. */
export function csvPieces<Row>(
  columns: readonly string[],
  rows: Iterable<Row>,
  cells: (row: Row) => readonly (string | number | null)[],
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
