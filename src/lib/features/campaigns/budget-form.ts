/** A campaign's budget as a person types it, and the way back. */
import { err, ok, type Result } from "#domain/core/result.ts";
import type { CampaignBudget } from "#domain/limits/budget.ts";

export interface BudgetForm {
  /** As it is typed; "" for no budget. */
  readonly amount: string;
  readonly counts: "money" | "units";
}

/** A new budget is of money where the account has a price. */
export function formOfBudget(budget: CampaignBudget | null, currency: string | null): BudgetForm {
  if (budget === null) return { amount: "", counts: currency === null ? "units" : "money" };
  if ("units" in budget) return { amount: String(budget.units), counts: "units" };
  return { amount: String(budget.money.amount), counts: "money" };
}

/** The error is for the person who typed it. */
export function budgetOf(
  { amount, counts }: BudgetForm,
  currency: string | null,
): Result<CampaignBudget | null, string> {
  const text = amount.trim().replace(",", ".");
  if (text === "") return ok(null);
  if (counts === "units" || currency === null) {
    return /^\d{1,9}$/.test(text) ? ok({ units: Number(text) }) : err("Enter a whole number");
  }
  return /^\d{1,9}(\.\d+)?$/.test(text)
    ? ok({ money: { currency, amount: Number(text) } })
    : err("Enter an amount, 250 for example");
}
