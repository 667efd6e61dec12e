import { expect, test } from "vitest";
import type { Intended } from "../store/delivery-store.ts";
import { createHeld } from "./held.ts";

function aMessage(n: number): Intended {
  return {
    n,
    gen: 1,
    try: 1,
    isInDoubt: false,
    edition: 1,
    address: `p${n}@example.org`,
    contact: {},
  };
}

test("messages leave in their order, whichever was taken out of turn and whatever came meanwhile", () => {
  const held = createHeld();
  held.push([1, 2, 3, 4].map(aMessage));
  held.remove(0);
  held.remove(1);
  held.push([5, 6].map(aMessage));
  held.remove(0);
  expect(held.size).toBe(3);
  expect([held.at(0)?.n, held.at(1)?.n, held.at(2)?.n, held.at(3)?.n]).toEqual([
    4,
    5,
    6,
    undefined,
  ]);
  expect(held.takeAll().map(({ n }) => n)).toEqual([4, 5, 6]);
  expect(held.size).toBe(0);
  held.push([aMessage(7)]);
  held.remove(0);
  expect(held.takeAll()).toEqual([]);
});
