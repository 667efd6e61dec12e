import { expect, test } from "vitest";
import { budgetOf, formOfBudget } from "./budget-form.ts";

test("what is typed is money where the account has a price, and else a number of messages", () => {
  const money = { amount: "12,5", counts: "money" } as const;
  expect(budgetOf(money, "EUR")).toMatchObject({
    value: { money: { currency: "EUR", amount: 12.5 } },
  });
  expect(budgetOf({ amount: "300", counts: "units" }, "EUR")).toMatchObject({
    value: { units: 300 },
  });
  expect(budgetOf({ amount: " ", counts: "units" }, null)).toMatchObject({ value: null });
  expect(budgetOf(money, null)).toMatchObject({ error: "Enter a whole number" });
  expect(budgetOf({ amount: "much", counts: "money" }, "EUR").ok).toBe(false);
});

test("a budget comes back as it was typed", () => {
  for (const typed of ["12.5", "300"]) {
    for (const counts of ["money", "units"] as const) {
      const read = budgetOf({ amount: typed, counts }, "EUR");
      if (read.ok) expect(formOfBudget(read.value, "EUR")).toEqual({ amount: typed, counts });
    }
  }
  expect(formOfBudget(null, null)).toEqual({ amount: "", counts: "units" });
});
