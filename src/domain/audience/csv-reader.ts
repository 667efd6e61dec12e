/**
 * Reading a table out of text that comes in pieces. One reader for browser and server, so that
 * the line of a bad row is the same number in the preview and in the report.
 *
 * Rows are as in RFC 4180: cells may be quoted, a quote inside is doubled, a quoted cell may hold
 * line ends. A quote inside an unquoted cell is text. A quoted cell that never ends, or goes on
 * after its closing quote, spoils the one line that it began on: reading goes on with the next.
 */
import type { Delimiter } from "./csv-dialect.ts";

/** One row as it was found. */
export interface CsvRow {
  /** The line of the file that it begins on, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Its quotes do not fit: `cells` is the line as it stands. */
  readonly broken: boolean;
}

/** Thrown when a line is longer than any row of a table can be. */
export class CsvTooLong extends Error {
  readonly line: number;

  constructor(line: number, limit: number) {
    super(`line ${line} is longer than ${limit} characters`);
    this.name = "CsvTooLong";
    this.line = line;
  }
}

/** Takes text as it comes, answers the rows that it completes. Throws CsvTooLong. */
export interface CsvReader {
  push(text: string): readonly CsvRow[];
  end(): readonly CsvRow[];
}

/** More than any real row, and little enough to hold. */
export const maxRowChars = 1_000_000;

type Scan =
  | { readonly found: "row"; readonly cells: string[]; readonly next: number }
  /** The text ends inside the row. */
  | { readonly found: "part" }
  | { readonly found: "broken" };

export function createCsvReader(delimiter: Delimiter, limit = maxRowChars): CsvReader {
  let rest = "";
  let line = 1;

  const take = (final: boolean): readonly CsvRow[] => {
    const rows: CsvRow[] = [];
    let at = 0;
    while (at < rest.length) {
      let scan = scanRow(rest, at, { delimiter, final });
      if (scan.found === "part") {
        if (rest.length - at <= limit) break;
        scan = { found: "broken" };
      }
      const next = scan.found === "row" ? scan.next : endOfLine(rest, at, final);
      if (next === null || next - at > limit) {
        if (rest.length - at > limit) throw new CsvTooLong(line, limit);
        break;
      }
      if (scan.found === "row") {
        if (!isBlank(scan.cells)) rows.push({ line, cells: scan.cells, broken: false });
      } else {
        const text = rest.slice(at, next).replace(/\r?\n$/, "");
        rows.push({ line, cells: [text], broken: true });
      }
      line += countLines(rest, at, next);
      at = next;
    }
    rest = rest.slice(at);
    return rows;
  };

  return {
    push: (text) => {
      rest += text;
      return take(false);
    },
    end: () => take(true),
  };
}

interface ScanOptions {
  readonly delimiter: Delimiter;
  /** Nothing comes after this text. */
  readonly final: boolean;
}

function scanRow(text: string, start: number, options: ScanOptions): Scan {
  const cells: string[] = [];
  let at = start;
  for (;;) {
    const cell =
      text[at] === '"' ? scanQuoted(text, at, options) : scanPlain(text, at, options.delimiter);
    if (cell === "broken") return { found: "broken" };
    // An unfinished plain cell may go on in the next piece, and so may a line end of two characters.
    if (cell === "part" || (cell.end >= text.length && !options.final)) return { found: "part" };
    cells.push(cell.value);
    const stop = text[cell.end];
    if (stop === options.delimiter) {
      at = cell.end + 1;
      continue;
    }
    if (stop === "\r") {
      if (cell.end + 1 >= text.length && !options.final) return { found: "part" };
      return { found: "row", cells, next: cell.end + (text[cell.end + 1] === "\n" ? 2 : 1) };
    }
    return { found: "row", cells, next: Math.min(cell.end + 1, text.length) };
  }
}

interface Cell {
  readonly value: string;
  /** Where its delimiter or its line end stands. */
  readonly end: number;
}

function scanPlain(text: string, start: number, delimiter: Delimiter): Cell {
  const mark = delimiter.charCodeAt(0);
  let end = start;
  for (; end < text.length; end++) {
    const unit = text.charCodeAt(end);
    if (unit === mark || unit === 10 || unit === 13) break;
  }
  return { value: text.slice(start, end), end };
}

function scanQuoted(
  text: string,
  start: number,
  { delimiter, final }: ScanOptions,
): Cell | "part" | "broken" {
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) return final ? "broken" : "part";
    const after = text[quote + 1];
    if (after === undefined && !final) return "part";
    if (after === '"') {
      from = quote + 2;
      continue;
    }
    if (after !== undefined && after !== delimiter && after !== "\n" && after !== "\r")
      return "broken";
    return { value: text.slice(start + 1, quote).replaceAll('""', '"'), end: quote + 1 };
  }
}

/** Behind the line end after `at`; null when it has not come yet. */
function endOfLine(text: string, at: number, final: boolean): number | null {
  for (let i = at; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 10) return i + 1;
    if (unit === 13) {
      if (i + 1 >= text.length && !final) return null;
      return text.charCodeAt(i + 1) === 10 ? i + 2 : i + 1;
    }
  }
  return final ? text.length : null;
}

function countLines(text: string, start: number, end: number): number {
  let lines = 0;
  for (let i = start; i < end; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 10 || (unit === 13 && text.charCodeAt(i + 1) !== 10)) lines += 1;
  }
  return lines;
}

function isBlank(cells: readonly string[]): boolean {
  return cells.length === 1 && (cells[0] ?? "").trim() === "";
}
