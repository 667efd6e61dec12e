import { expect, test } from "vitest";
import { commonPrice, createTariff, spanOf } from "./price.ts";

const price = {
  currency: "EUR",
  perUnit: 0.05,
  rates: [
    { prefix: "+1", perUnit: 0.01 },
    { prefix: "+1787", perUnit: 0.09 },
    { prefix: "+49", perUnit: 0.075 },
  ],
};

test("the longest prefix that fits says the price, and the usual one holds where none fits", () => {
  const tariff = createTariff(price);
  expect(tariff("+12125550100")).toBe(10_000);
  expect(tariff("+17875550100")).toBe(90_000);
  expect(tariff("+491511234567")).toBe(75_000);
  expect(tariff("+441632960000")).toBe(50_000);
  expect(tariff("somebody@example.org")).toBe(50_000);
  expect(tariff("+4")).toBe(50_000);
});

test("without rates everybody costs the same, and without a price nobody costs anything", () => {
  expect(createTariff({ currency: "EUR", perUnit: 0.000_001 })("+1")).toBe(1);
  expect(createTariff(null)("+1")).toBe(0);
  expect(spanOf(price)).toEqual({ least: 0.01, most: 0.09 });
});

test("accounts have one price together only where all that are set agree", () => {
  const usual = { currency: "EUR", perUnit: 0.05 };
  expect(commonPrice([null, usual, undefined, { ...usual }])).toEqual(usual);
  expect(commonPrice([usual, { ...usual, currency: "USD" }])).toBeNull();
  expect(commonPrice([usual, { ...usual, perUnit: 0.06 }])).toBeNull();
  expect(commonPrice([{ ...usual, rates: [{ prefix: "+49", perUnit: 0.07 }] }])).toBeNull();
  expect(commonPrice([null])).toBeNull();
});
