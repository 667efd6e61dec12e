/** The month's budget as a page shows it, with what was spent. */
import type { Result } from "#domain/core/result.ts";
import type { MonthBudget } from "#domain/limits/budget.ts";
import type { Api, Failure } from "../sync/api.ts";
import { askBudget, setBudget, type BudgetAnswer } from "../sync/budget-calls.ts";

export class BudgetState {
  /** Null until the server answered. */
  now: BudgetAnswer | null = $state.raw(null);
  /** Why it could not be loaded; null when it could. */
  trouble: Failure | null = $state.raw(null);
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  async load(): Promise<void> {
    const answer = await askBudget(this.#api);
    this.trouble = answer.ok ? null : answer.error;
    if (answer.ok) this.now = answer.value;
  }

  async set(budget: MonthBudget): Promise<Result<BudgetAnswer, Failure>> {
    const answer = await setBudget(this.#api, budget);
    if (answer.ok) this.now = answer.value;
    return answer;
  }
}
