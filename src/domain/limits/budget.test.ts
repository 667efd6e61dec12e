import { expect, test } from "vitest";
import { leftOf, monthLeft, noMonthBudget, percentsReached } from "./budget.ts";

const euro = { currency: "EUR" };

test("what is left of a campaign's budget is never below nothing", () => {
  const spent = { units: 3, micros: 300_000 };
  expect(leftOf({ units: 5 }, null, spent)).toEqual({ in: "units", left: 2 });
  expect(leftOf({ units: 2 }, null, spent)).toEqual({ in: "units", left: 0 });
  const half = { money: { currency: "EUR", amount: 0.5 } };
  expect(leftOf(half, euro, spent)).toEqual({ in: "micros", left: 200_000 });
  expect(leftOf(half, { currency: "USD" }, spent)).toEqual({ in: "micros", left: -1 });
  expect(leftOf(half, null, spent)).toEqual({ in: "micros", left: -1 });
});

test("a month limits by money over all channels of its currency, and by units on each channel", () => {
  const budget = {
    ...noMonthBudget,
    money: { currency: "EUR", amount: 1 },
    units: { email: 100, sms: null },
  };
  const spent = [
    { channel: "email", currency: "EUR", units: 30, micros: 300_000 },
    { channel: "email", currency: "", units: 10, micros: 0 },
    { channel: "sms", currency: "EUR", units: 5, micros: 500_000 },
    { channel: "sms", currency: "USD", units: 9, micros: 900_000 },
  ];
  const left = (channel: string, price: typeof euro | null) =>
    monthLeft(budget, spent, { channel, price }).map((each) => [each.what, each.left]);
  expect(left("email", euro)).toEqual([
    ["money", 200_000],
    ["email", 60],
  ]);
  expect(left("sms", euro)).toEqual([["money", 200_000]]);
  expect(left("sms", { currency: "USD" })).toEqual([]);
  expect(left("email", null)).toEqual([["email", 60]]);
});

test("a line is reached by whatever comes to it or goes past it, once", () => {
  expect(percentsReached(0, 79, 100)).toEqual([]);
  expect(percentsReached(79, 80, 100)).toEqual([80]);
  expect(percentsReached(80, 99, 100)).toEqual([]);
  expect(percentsReached(10, 100, 100)).toEqual([80, 100]);
});
