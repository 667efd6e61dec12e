/** How much a workspace may spend in a month, and what it has spent. */
import { noMonthBudget, type MonthBudget, type MonthSpent } from "#domain/limits/budget.ts";
import type { Month } from "#domain/schedule/month.ts";
import type { Database } from "./database.ts";
import { quietHoursOf } from "./delivery-timing.ts";

/** null: nobody set one. */
export function findBudget(db: Database, workspace: string): MonthBudget | null {
  const row = db.get("select doc from budget where workspace = ?", workspace);
  return row === undefined ? null : JSON.parse(String(row["doc"]));
}

/** Where nobody set one: no limit, and months as the workspace's quiet hours have their days. */
export function readBudget(db: Database, workspace: string): MonthBudget {
  const zone = quietHoursOf(db, workspace)?.zone ?? noMonthBudget.zone;
  return findBudget(db, workspace) ?? { ...noMonthBudget, zone };
}

export function zoneOfMonths(db: Database, ws: number): string {
  const row = db.get("select id from workspace where seq = ?", ws);
  return readBudget(db, String(row?.["id"])).zone;
}

/** What a month's campaigns came to, by channel and currency. */
export function spentIn(db: Database, ws: number, month: Month): readonly MonthSpent[] {
  return db
    .all(
      `select channel, currency, units, micros from month_spend where ws = ? and month = ?
        order by channel, currency`,
      ws,
      month,
    )
    .map((row) => ({
      channel: String(row["channel"]),
      currency: String(row["currency"]),
      units: Number(row["units"]),
      micros: Number(row["micros"]),
    }));
}
