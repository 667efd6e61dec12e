import { expect, test } from "vitest";
import { createCodeReader } from "./read-codes.ts";

function read(text: string, pieces = 7) {
  const reader = createCodeReader();
  const lines = [];
  for (let at = 0; at < text.length; at += pieces) {
    lines.push(...reader.push(text.slice(at, at + pieces)));
  }
  return [...lines, ...reader.end()].map(({ line, code, fits }) => [line, code, fits]);
}

test("codes come one a line or in the first column, with the line of each", () => {
  const text = '\uFEFFcode,note\r\nAAA-1,x\r\n\r\n"BBB_2",y\r\n a b ,z\r\n-C,\r\nDDD;semi\r\nlast';
  expect(read(text)).toEqual([
    [2, "AAA-1", true],
    [4, "BBB_2", true],
    [5, "a b", false],
    [6, "-C", false],
    [7, "DDD", true],
    [8, "last", true],
  ]);
});
