import { expect, test } from "vitest";
import { budgetOf, formOf, problemsOf } from "./month-budget-form.ts";

const budget = {
  zone: "Europe/Berlin",
  money: { currency: "EUR", amount: 1_500.5 },
  units: { email: null, sms: 20_000 },
};

test("a month's budget comes back as it was typed", () => {
  expect(budgetOf(formOf(budget))).toEqual(budget);
  expect(budgetOf({ ...formOf(budget), amount: "99,90", currency: "usd" }).money).toEqual({
    currency: "USD",
    amount: 99.9,
  });
  expect(budgetOf({ ...formOf(budget), amount: "" }).money).toBeNull();
});

test("what means nothing is said beside its field", () => {
  const wrong = { zone: "UTC", amount: "lots", currency: "EURO", sms: "1.5", email: "-1" };
  expect(Object.keys(problemsOf(wrong))).toEqual(["amount", "currency", "sms", "email"]);
  expect(problemsOf(formOf(budget))).toEqual({});
});
