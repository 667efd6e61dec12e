import { expect, test } from "vitest";
import type { Intended } from "../store/distribution.ts";
import { createHeld, staleMs } from "./held.ts";

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
  held.push([1, 2, 3, 4].map(aMessage), 0);
  held.remove(0);
  held.remove(1);
  held.push([5, 6].map(aMessage), 0);
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
  held.push([aMessage(7)], 0);
  held.remove(0);
  expect(held.takeAll()).toEqual([]);
});

test("they grow old with the first that is left, whichever left out of turn", () => {
  const held = createHeld();
  const isStale = (at: number): boolean => held.isStale(at + staleMs + 1);
  expect(isStale(0)).toBe(false);
  held.push([1, 2].map(aMessage), 10);
  held.push([], 20);
  held.push([3, 4].map(aMessage), 30);
  held.remove(2);
  expect([isStale(9), isStale(10)]).toEqual([false, true]);
  held.remove(0);
  held.remove(0);
  expect(held.at(0)?.n).toBe(4);
  expect([isStale(29), isStale(30)]).toEqual([false, true]);
  held.remove(0);
  expect(isStale(30)).toBe(false);
  held.push([aMessage(5)], 40);
  held.takeAll();
  expect(isStale(40)).toBe(false);
});
