/**
 * From the bytes of a file to its heading and its rows: encoding, delimiter, rows, in one.
 * Browser and server read files through this, whatever their size.
 */
import { err, ok, type Result } from "../core/result.ts";
import { guessDelimiter, type Delimiter, type Encoding } from "./csv-dialect.ts";
import {
  createCsvReader,
  CsvTooLong,
  maxRowChars,
  type CsvReader,
  type CsvRow,
} from "./csv-reader.ts";
import { createTextReader, type Decoder } from "./csv-text.ts";

/** Why a file cannot be read as a table. */
export type TableProblem =
  | { readonly type: "too_long"; readonly line: number }
  | { readonly type: "workbook" }
  | { readonly type: "binary" }
  | { readonly type: "broken_heading" }
  | { readonly type: "empty" };

export interface TableReader {
  /** Takes bytes, answers the rows that they complete, the heading not among them. */
  push(bytes: Uint8Array): Result<readonly CsvRow[], TableProblem>;
  end(): Result<readonly CsvRow[], TableProblem>;
  /** The names of the columns; null before the first row was read. */
  heading(): readonly string[] | null;
  delimiter(): Delimiter | null;
  /** Null while the file is plain ASCII. */
  encoding(): Encoding | null;
}

/** Enough text to tell the delimiter by. */
const sampleChars = 16_384;

export function createTableReader(decoderOf: (encoding: Encoding) => Decoder): TableReader {
  const text = createTextReader(decoderOf);
  let sample = "";
  let csv: { readonly reader: CsvReader; readonly delimiter: Delimiter } | null = null;
  let heading: readonly string[] | null = null;
  let isFirst = true;

  const read = (piece: string, isEnd: boolean): Result<readonly CsvRow[], TableProblem> => {
    let ready = piece;
    if (csv === null) {
      sample += piece;
      if (sample.length < sampleChars && !isEnd) return ok([]);
      const delimiter = guessDelimiter(sample);
      csv = { reader: createCsvReader(delimiter), delimiter };
      ready = sample;
      sample = "";
    }
    const rows = [...csv.reader.push(ready), ...(isEnd ? csv.reader.end() : [])];
    if (heading !== null) return ok(rows);
    return beginWith(rows, isEnd);
  };

  const beginWith = (
    rows: readonly CsvRow[],
    isEnd: boolean,
  ): Result<readonly CsvRow[], TableProblem> => {
    const [first, ...rest] = rows[0] !== undefined && isDialectLine(rows[0]) ? rows.slice(1) : rows;
    if (first === undefined) return isEnd ? err({ type: "empty" }) : ok([]);
    if (first.broken) return err({ type: "broken_heading" });
    heading = first.cells.map((cell) => cell.replace(/^\uFEFF/, "").trim());
    return ok(rest);
  };

  return {
    push: (bytes) => {
      const wrong = isFirst ? strangerTo(bytes) : null;
      isFirst = false;
      if (wrong !== null) return err(wrong);
      return guarded(() => {
        const piece = text.push(bytes);
        return piece.includes("\0") ? err({ type: "binary" }) : read(piece, false);
      });
    },
    end: () => guarded(() => read(text.end(), true)),
    heading: () => heading,
    delimiter: () => csv?.delimiter ?? null,
    encoding: () => text.encoding(),
  };
}

/** What the problem means to a person, and what to do. */
export function tableProblemWords(problem: TableProblem): string {
  switch (problem.type) {
    case "too_long":
      return `Line ${problem.line} is longer than ${maxRowChars.toLocaleString("en")} characters: this is not a table of contacts.`;
    case "workbook":
      return "This is a workbook of a spreadsheet, not a text table. Save it as CSV and send that.";
    case "binary":
      return "The file holds bytes that no text has. Save it as CSV in UTF-8 and send that.";
    case "broken_heading":
      return "The quotation marks of the first line, which names the columns, do not fit together.";
    case "empty":
      return "The file is empty. Its first line must name the columns.";
  }
}

function guarded(
  work: () => Result<readonly CsvRow[], TableProblem>,
): Result<readonly CsvRow[], TableProblem> {
  try {
    return work();
  } catch (error) {
    if (error instanceof CsvTooLong) return err({ type: "too_long", line: error.line });
    throw error;
  }
}

/** Spreadsheets' own files begin with these bytes: ZIP (xlsx, ods) and OLE (xls). */
function strangerTo(bytes: Uint8Array): TableProblem | null {
  const zip = [0x50, 0x4b, 0x03, 0x04];
  const ole = [0xd0, 0xcf, 0x11, 0xe0];
  const begins = (mark: readonly number[]) => mark.every((byte, at) => bytes[at] === byte);
  return begins(zip) || begins(ole) ? { type: "workbook" } : null;
}

/** `sep=;` as a first line names the delimiter to spreadsheets; it is no heading. */
function isDialectLine({ cells }: CsvRow): boolean {
  return (
    /^\uFEFF?sep=[;\t|]?$/i.test(cells[0] ?? "") && cells.slice(1).every((cell) => cell === "")
  );
}
