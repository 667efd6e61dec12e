import fc from "fast-check";
import Papa from "papaparse";
import { expect, test } from "vitest";
import { csvPieces } from "./csv.ts";
import { fileName } from "./save.ts";

test("whatever was typed, the cell comes back as text and never as a formula", () => {
  const nasty = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string().map((text) => `=${text}`),
    fc.constantFrom("+84123", "-1+1", "@SUM(A1)", "\tx", "＝1", 'a"b', "a,b", "a\r\nb"),
  );
  fc.assert(
    fc.property(fc.array(nasty, { minLength: 2 }), (cells) => {
      const file = csvPieces(["a"], [cells], (row) => row).join("");
      const parsed = Papa.parse<string[]>(file.slice(1), { delimiter: "," }).data[1] ?? [];
      cells.forEach((cell, index) => {
        const read = parsed[index] ?? "";
        expect(read === cell || read === `'${cell}`).toBe(true);
        // A phone number in international form is nothing that is computed.
        expect(read.replace(/^\+\d+$/, "")).not.toMatch(/^[=+\-@\t\r\0＝＋－＠]/u);
      });
    }),
  );
});

test("a million rows are taken together in pieces, and none is lost", () => {
  const rows = Array.from({ length: 12_001 }, (_, index) => index);
  const pieces = csvPieces(["n"], rows, (n) => [n]);
  expect(pieces).toHaveLength(4);
  expect(pieces.join("").trimEnd().split("\r\n")).toHaveLength(12_002);
});

test("a file is named after what is in it, without anything a file system refuses", () => {
  expect(fileName(["Spring: Sale/1", "recipients"], "csv")).toBe("spring-sale-1-recipients.csv");
  expect(fileName(["///"], "csv")).toBe("export.csv");
});
