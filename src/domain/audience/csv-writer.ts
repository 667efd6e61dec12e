/** Writing rows that spreadsheets open as text: nothing in them runs as a formula. */

/** One line of a table, with its line end. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cellText).join(",")}\r\n`;
}

function cellText(cell: string): string {
  // A spreadsheet runs what begins like this; an apostrophe makes it text.
  const safe = /^[=+\-@\t\r＝＋－＠]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
