import fc from "fast-check";
import { expect, test } from "vitest";
import { isPlainName, toPlainName } from "./name.ts";

test.each(["Spring", "Łódź 2026", "東京", "خريف", "Mum\u200F & Dad", "👩‍👩‍👧 family", "a\u00A0b"])(
  "%s is a name",
  (text) => {
    expect(isPlainName(text)).toBe(true);
    expect(toPlainName(text)).toBe(text);
  },
);

test.each([
  ["a NUL", "a\u0000b"],
  ["a line break", "a\nb"],
  ["a tab", "a\tb"],
  ["an escape", "a\u001B[31mb"],
  ["a C1 control", "a\u0085b"],
  ["a line separator", "a\u2028b"],
  ["an override of direction", "a\u202Eb"],
  ["an isolate", "a\u2066b"],
])("with %s it is none", (_, text) => {
  expect(isPlainName(text)).toBe(false);
  expect(toPlainName(text)).toMatch(/^a (?:\[31m)?b$/);
});

test("whatever the text, it can be made a name, once", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const name = toPlainName(text);
      expect(isPlainName(name)).toBe(true);
      expect(toPlainName(name)).toBe(name);
    }),
  );
});
