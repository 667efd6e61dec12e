import { expect, test } from "vitest";
import { addressesIn, inParts } from "./address-list.ts";

test("lines are addresses, each once; of table rows only the cells that look like one", () => {
  const text =
    'ana@shop.example\r\n\nana@shop.example\n"Ben";ben@shop.example;Lisbon\n+351 210 000 001\n';
  expect(addressesIn(text)).toEqual(["ana@shop.example", "ben@shop.example", "+351 210 000 001"]);
});

test("a line that is no address is kept, so that it can be told", () => {
  expect(addressesIn("nonsense")).toEqual(["nonsense"]);
});

test("long lists go in parts", () => {
  const parts = inParts(Array.from({ length: 12_000 }, (_, n) => `p${n}@x.example`));
  expect(parts.map(({ length }) => length)).toEqual([5_000, 5_000, 2_000]);
});
