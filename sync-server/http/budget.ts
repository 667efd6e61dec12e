/** `GET·PATCH /api/v1/budget`: how much the workspace may spend in a month, and what it has spent. */
import { fromMicros } from "#domain/campaign/price.ts";
import { nameOfMonth } from "#domain/schedule/month.ts";
import { budgetAnswer, monthBudget, type BudgetAnswer } from "#protocol/rest/budget.ts";
import type { FastifyInstance } from "fastify";
import type { Store } from "../store/store.ts";
import { route } from "./route.ts";

export interface BudgetDeps {
  readonly store: Pick<Store, "budgets">;
  readonly clock: () => number;
}

export function registerBudget(app: FastifyInstance, { store, clock }: BudgetDeps): void {
  const url = "/api/v1/budget";
  const now = async (workspace: string): Promise<BudgetAnswer> => {
    const { budget, month, spent } = await store.budgets.budget({ workspace, now: clock() });
    return {
      budget,
      month: nameOfMonth(month),
      spent: spent
        .filter(({ units }) => units > 0)
        .map(({ micros, ...each }) => ({ ...each, amount: fromMicros(micros) })),
    };
  };
  route(app, {
    method: "GET",
    url,
    summary: "The month's budget, and what was spent of it",
    permission: "campaign.read",
    answers: { 200: budgetAnswer },
    handle: ({ caller: { workspace } }) => now(workspace),
  });
  route(app, {
    method: "PATCH",
    url,
    summary: "Set the month's budget",
    permission: "member.edit",
    body: monthBudget,
    answers: { 200: budgetAnswer },
    handle: async ({ caller: { workspace, user: by }, body: budget }) => {
      await store.budgets.changeBudget({ workspace, budget, by, now: clock() });
      return now(workspace);
    },
  });
}
