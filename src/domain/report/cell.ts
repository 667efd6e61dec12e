/**
 * Cells of a table that is opened by a spreadsheet. A text that such a program would compute gets
 * an apostrophe before it: text stays text. A phone number in international form (a plus sign and
 * digits only) is harmless and stays as it is, so that tables can be joined by the address.
 */
const computed = /^(?!\+\d+$)[=+\-@\t\r\0＝＋－＠]/;
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
