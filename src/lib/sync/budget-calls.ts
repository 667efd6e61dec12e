/** The month's budget, asked of the server each time. */
import type { MonthBudget } from "#domain/limits/budget.ts";
import type { Result } from "#domain/core/result.ts";
import { budgetAnswer, type BudgetAnswer } from "#protocol/rest/budget.ts";
import type { Api, Failure } from "./api.ts";

export type { BudgetAnswer } from "#protocol/rest/budget.ts";

const path = "/api/v1/budget";

export function askBudget(api: Api): Promise<Result<BudgetAnswer, Failure>> {
  return api.request(budgetAnswer, "GET", path);
}

export function setBudget(api: Api, budget: MonthBudget): Promise<Result<BudgetAnswer, Failure>> {
  return api.request(budgetAnswer, "PATCH", path, budget);
}
