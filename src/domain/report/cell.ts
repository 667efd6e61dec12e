/**
 * Cells of a table that is opened by a spreadsheet. A text that such a program would compute,
 * or turn from a phone number into a number, gets an apostrophe before it: text stays text.
 */
const computed = /^[=+\-@\t\r\0＝＋－＠]/;
const needsQuotes = /[",\r\n]/;

/** One cell of a CSV file (RFC 4180). */
export function csvCell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = computed.test(value) ? `'${value}` : value;
  return needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line of a CSV file, with its end. */
export function csvLine(values: readonly (string | number)[]): string {
  return `${values.map(csvCell).join(",")}\r\n`;
}
