import { expect, test } from "vitest";
import { inText } from "./in-text.ts";

test("a label is written small within a sentence, unless it is an abbreviation", () => {
  expect(["Content", "E-mail", "SMS", "Phone off, no signal"].map(inText)).toEqual([
    "content",
    "e-mail",
    "SMS",
    "phone off, no signal",
  ]);
});
