import { expect, test } from "vitest";
import { readRates } from "./rates-text.ts";

const both = [
  { prefix: "+49", perUnit: 0.075 },
  { prefix: "+1787", perUnit: 0.01 },
];

test.each([
  ["as a person types it", "+49 0.075\n+1787 0.01\n"],
  ["a CSV file with headings", "Country,Prefix,Price\nGermany,49,0.075\nPuerto Rico,1787,0.01"],
  ["semicolons and commas of decimals", "Germany;+49;0,075;EUR\r\nPuerto Rico;001787;0,01;EUR"],
  ["a spreadsheet's cells, quoted", '"+49"\t"0.075"\n"+1787"\t"0.01"'],
])("a price list is read: %s", (_, text) => {
  expect(readRates(text)).toEqual({ ok: true, value: both });
});

test("a line that says neither is named, and so is a prefix that comes twice", () => {
  expect(readRates("+49 0.075\n+33 cheap")).toMatchObject({
    error: expect.stringMatching(/^Line 2/),
  });
  expect(readRates("+49 0.075\n+49 0.08")).toMatchObject({
    error: expect.stringMatching(/^Line 2/),
  });
  expect(readRates("")).toEqual({ ok: true, value: [] });
});
