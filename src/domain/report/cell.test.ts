import fc from "fast-check";
import Papa from "papaparse";
import { expect, test } from "vitest";
import { csvLine } from "./cell.ts";

function isComputed(text: string): boolean {
  return /^[=+\-@\t\r\0＝＋－＠]/.test(text) && !/^\+\d+$/.test(text);
}

test("a table comes back as it was, and no cell of it is computed", () => {
  const cell = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "=1+1",
      "+84901234567",
      "-2",
      "@SUM(A1)",
      "\tx",
      'say "hi"',
      "a,b",
      "two\nlines",
    ),
  );
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1 }),
      (rows) => {
        const format = { newline: "\r\n", delimiter: "," } as const;
        const read = Papa.parse<string[]>(rows.map(csvLine).join(""), format).data;
        expect(read.slice(0, rows.length)).toEqual(
          rows.map((row) => row.map((text) => (isComputed(text) ? `'${text}` : text))),
        );
      },
    ),
  );
});

test("a phone number in international form is written as it is: nothing is computed of it", () => {
  expect(csvLine(["+84901234567", 3])).toBe("+84901234567,3\r\n");
});

test.each(["+1+2", "+84 901", "+", "+0x1", "++1", "+1\n=2", "+1e5", "+A1"])(
  "%s begins like a phone number and is none: it becomes text",
  (text) => {
    expect(csvLine([text])).toMatch(/^"?'/);
  },
);
