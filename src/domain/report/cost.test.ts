import { expect, test } from "vitest";
import { costAgain, costOf, sumCosts } from "./cost.ts";

test("a cost is exact to the millionth, however many units there are", () => {
  expect(costOf(3, { currency: "EUR", perUnit: 0.1 })?.amount).toBe(0.3);
  expect(costOf(1_000_000, { currency: "EUR", perUnit: 0.007_5 })?.amount).toBe(7_500);
  expect(costOf(1, { currency: "EUR", perUnit: 0.000_001 })?.amount).toBe(0.000_001);
});

test("where no price is set, nothing is said to cost nothing", () => {
  expect(costOf(5, null)).toBeNull();
  expect(sumCosts([null, undefined])).toBeNull();
});

test("costs of one currency add up; of several they do not", () => {
  const euros = costOf(1, { currency: "EUR", perUnit: 0.1 });
  const more = costOf(2, { currency: "EUR", perUnit: 0.1 });
  expect(sumCosts([euros, null, more])).toEqual({ currency: "EUR", amount: 0.3, units: 3 });
  expect(sumCosts([euros, costOf(1, { currency: "USD", perUnit: 0.1 })])).toBeNull();
});

test("what is sent again costs what the campaign cost so far, where prices depend on numbers", () => {
  const soFar = { currency: "EUR", amount: 3, units: 20 };
  const rates = [{ prefix: "+49", perUnit: 0.01 }];
  const price = { currency: "EUR", perUnit: 0.2 };
  expect(costAgain(4, { ...price, rates }, soFar)).toEqual({
    currency: "EUR",
    amount: 0.6,
    units: 4,
  });
  expect(costAgain(4, price, soFar)?.amount).toBe(0.8);
  expect(costAgain(4, { ...price, rates }, null)?.amount).toBe(0.8);
  expect(costAgain(4, { ...price, currency: "USD", rates }, soFar)?.amount).toBe(0.8);
  expect(costAgain(4, null, soFar)).toBeNull();
});
