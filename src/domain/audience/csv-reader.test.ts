import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { delimiters, type Delimiter } from "./csv-dialect.ts";
import { createCsvReader, CsvTooLong, type CsvRow } from "./csv-reader.ts";

function read(
  text: string,
  { delimiter = ",", size = 1_000_000, limit }: ReadOptions = {},
): readonly CsvRow[] {
  const reader = createCsvReader(delimiter, limit);
  const rows: CsvRow[] = [];
  for (let at = 0; at < text.length; at += size)
    rows.push(...reader.push(text.slice(at, at + size)));
  return [...rows, ...reader.end()];
}

interface ReadOptions {
  readonly delimiter?: Delimiter;
  readonly size?: number;
  readonly limit?: number;
}

const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const anyCell = fc.string({
  unit: fc.constantFrom("a", "é", '"', ",", ";", "\t", "|", "\n", "\r", " ", "東"),
});

describe("a table of text", () => {
  test("whatever the cells, delimiter and size of the pieces, what was written is read", () => {
    const table = fc
      .integer({ min: 2, max: 4 })
      .chain((n) => fc.array(fc.array(anyCell, { minLength: n, maxLength: n })));
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(...delimiters),
        fc.constantFrom("\n", "\r\n", "\r"),
        fc.integer({ min: 1, max: 20 }),
        (rows, delimiter, newline, size) => {
          const text = rows.map((row) => row.map(quote).join(delimiter) + newline).join("");
          expect(read(text, { delimiter, size }).map((row) => row.cells)).toEqual(rows);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("pieces make no difference, even to broken text", () => {
    fc.assert(
      fc.property(anyCell, fc.integer({ min: 1, max: 5 }), (text, size) => {
        expect(read(text, { size })).toEqual(read(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test("a well-known parser reads the same out of unquoted text", () => {
    const plain = fc.string({ unit: fc.constantFrom("a", "é", ",", ",", "\n", "x") });
    fc.assert(
      fc.property(plain, (text) => {
        const theirs: string[][] = parse(text, {
          relax_column_count: true,
          skip_empty_lines: true,
        });
        expect(read(text).map((row) => row.cells)).toEqual(theirs);
      }),
    );
  });

  test("a row has the line that it begins on, whatever its cells hold", () => {
    const rows = read('h,i\n"two\nlines",x\r\n\n"a","b"\n');
    expect(rows.map(({ line, cells }) => [line, cells[0]])).toEqual([
      [1, "h"],
      [2, "two\nlines"],
      [5, "a"],
    ]);
  });

  test("a quote that is never closed spoils only its own line", () => {
    expect(read('h,i\n1,"open\n2,b\n3,c\n')).toEqual([
      { line: 1, cells: ["h", "i"], broken: false },
      { line: 2, cells: ['1,"open'], broken: true },
      { line: 3, cells: ["2", "b"], broken: false },
      { line: 4, cells: ["3", "c"], broken: false },
    ]);
  });

  test("text behind a closing quote spoils only its own line", () => {
    const rows = read('"a"b,c\nd,e\n');
    expect(rows.map((row) => row.broken)).toEqual([true, false]);
  });

  test("a quote inside an unquoted cell is text", () => {
    expect(read('5" pipe,b\n')[0]?.cells).toEqual(['5" pipe', "b"]);
  });

  test("an open quote gives up at the limit and spoils only its own line", () => {
    const rows = read(`1,"open\n${"2,b\n".repeat(100)}`, { limit: 50, size: 10 });
    expect(rows).toHaveLength(101);
    expect(rows.filter((row) => row.broken).map((row) => row.line)).toEqual([1]);
  });

  test("a line without an end is refused before it fills the memory", () => {
    const reader = createCsvReader(",", 1_000);
    reader.push("h,i\n");
    const flood = () => {
      for (let n = 0; n < 100; n++) reader.push("x".repeat(100));
    };
    expect(flood).toThrow(CsvTooLong);
  });
});
