/** The promise of budget-store.ts over SQLite. */
import { monthOf } from "#domain/schedule/month.ts";
import type { BudgetStore } from "../budget-store.ts";
import { addActivity } from "./activity-lines.ts";
import { readBudget, spentIn } from "./budget-settings.ts";
import type { PartOperations } from "./operation.ts";

export const budgetOperations: PartOperations<BudgetStore> = {
  reads: ["budget"],
  operations: {
    budget: (db, { workspace, now }) => {
      const budget = readBudget(db, workspace);
      const month = monthOf(now, budget.zone);
      const ws = db.get("select seq from workspace where id = ?", workspace)?.["seq"];
      return { budget, month, spent: spentIn(db, Number(ws ?? -1), month) };
    },
    changeBudget: (db, { workspace, budget, by, now }) => {
      db.run(
        `insert into budget (workspace, doc) values (?, ?)
         on conflict (workspace) do update set doc = excluded.doc`,
        workspace,
        JSON.stringify(budget),
      );
      // Of another amount people are told anew.
      db.run(
        "delete from budget_told where ws = (select seq from workspace where id = ?)",
        workspace,
      );
      const { money, units } = budget;
      const detail = {
        money: money === null ? "no limit" : `${money.amount} ${money.currency}`,
        sms: units.sms ?? "no limit",
        email: units.email ?? "no limit",
      };
      addActivity(db, workspace, {
        campaignId: null,
        event: "budget.changed",
        by,
        at: now,
        detail,
      });
    },
  },
};
