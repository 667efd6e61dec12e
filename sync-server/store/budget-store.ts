/**
 * The part of storage that keeps how much a workspace may spend in a month, and what it has spent.
 * Every method is one transaction; what is set counts for every intent that is committed after it.
 */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { MonthBudget, MonthSpent } from "#domain/limits/budget.ts";
import type { Month } from "#domain/schedule/month.ts";

interface InWorkspace {
  readonly workspace: Id;
}

export interface BudgetNow {
  readonly budget: MonthBudget;
  readonly month: Month;
  readonly spent: readonly MonthSpent[];
}

export interface BudgetStore {
  /** The budget, and what was spent in the month of `now`. */
  budget(args: InWorkspace & { readonly now: Instant }): Promise<BudgetNow>;
  changeBudget(
    args: InWorkspace & {
      readonly budget: MonthBudget;
      readonly by: Id | null;
      readonly now: Instant;
    },
  ): Promise<void>;
}
