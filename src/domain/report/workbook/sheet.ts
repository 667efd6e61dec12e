/** A sheet of a workbook as the text of its file (Office Open XML, ECMA-376): pure. */

/** Texts stay texts, whatever they look like; a date is a date, in UTC. Null: empty. */
export type Cell = string | number | Date | null;

export interface Column {
  readonly title: string;
  /** In characters. */
  readonly width: number;
}

export interface Sheet {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Batch by batch, so that no more than one is held. */
  readonly rows: AsyncIterable<readonly (readonly Cell[])[]>;
}

/** Rows below the heading that a spreadsheet program can show on one sheet. */
export const rowsOfSheet = 1_048_575;

/** The numbers of the formats in `styles`. */
const formats = { heading: 1, moment: 2, text: 3 } as const;

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/** The formats of cells: plain, a heading, a moment, and a text that stays one when it is edited. */
export const styles = `${xml}<styleSheet xmlns="${main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`;

/** The sheet's file, piece by piece; its heading stays in sight. */
export async function* sheetText({ columns, rows }: Sheet): AsyncGenerator<string> {
  const letters = columns.map((_, index) => columnName(index));
  const widths = columns.map(
    ({ width }, index) =>
      `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  );
  const view = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>';
  const heading = columns.map(({ title }, index) =>
    textCell(`${letters[index]}1`, formats.heading, title),
  );
  yield `${xml}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0">${view}</sheetView></sheetViews><cols>${widths.join("")}</cols><sheetData><row r="1">${heading.join("")}</row>`;
  let line = 1;
  for await (const batch of rows) {
    let text = "";
    for (const cells of batch) {
      line += 1;
      text += rowText(cells, letters, line);
    }
    yield text;
  }
  yield "</sheetData></worksheet>";
}

function rowText(cells: readonly Cell[], letters: readonly string[], line: number): string {
  let text = `<row r="${line}">`;
  for (let index = 0; index < cells.length; index++) {
    const cell = cells[index];
    if (cell === null || cell === undefined || cell === "") continue;
    const at = `${letters[index] ?? columnName(index)}${line}`;
    if (typeof cell === "string") text += textCell(at, formats.text, cell);
    else if (typeof cell === "number") text += `<c r="${at}"><v>${cell}</v></c>`;
    else text += `<c r="${at}" s="${formats.moment}"><v>${serial(cell)}</v></c>`;
  }
  return `${text}</row>`;
}

function textCell(at: string, format: number, text: string): string {
  return `<c r="${at}" s="${format}" t="inlineStr"><is><t xml:space="preserve">${xmlText(text)}</t></is></c>`;
}

/** Days since the end of 1899, as spreadsheets count; they know no zones, so it is UTC. */
function serial(date: Date): number {
  return 25_569 + date.getTime() / 86_400_000;
}

/** 0: A … 25: Z, 26: AA. */
function columnName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnName(Math.floor(index / 26) - 1) + letter;
}

/** What a cell may hold. */
const longest = 32_767;
// oxlint-disable-next-line no-control-regex -- exactly these are meant
const special = /[&<>"\u0000-\u001F\uD800-\uDFFF\uFFFE\uFFFF]|_x/;
// oxlint-disable-next-line no-control-regex -- XML has no place for these
const impossible = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

/** Text for between two tags, and for an attribute in double quotes. */
export function xmlText(text: string): string {
  if (text.length <= longest && !special.test(text)) return text;
  return (
    text
      .slice(0, longest)
      .toWellFormed()
      .replaceAll(impossible, "")
      // Spreadsheets read `_x0041_` as the letter of that number.
      .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
      .replaceAll("\r", "&#13;")
  );
}
