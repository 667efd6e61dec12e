/** Reports that are due, written down as notices for their people: the numbers of that moment. */
import { digestOf } from "#domain/analytics/digest.ts";
import type { Instant } from "#domain/core/time.ts";
import { nextReportAt, reportedDays } from "#domain/report/subscription.ts";
import type { Store } from "../store/store.ts";
import type { DueSubscription, Said } from "../store/subscription-store.ts";

export interface ReportDeps {
  readonly store: Pick<Store, "subscriptions" | "reports">;
  readonly clock: () => Instant;
}

/** Of several that were missed while the server was down, the last one tells all that is still news. */
export async function noteReports({ store, clock }: ReportDeps): Promise<void> {
  for (const due of await store.subscriptions.due({ now: clock() })) {
    const { workspace, user, id, nextAt: dueAt } = due;
    const now = clock();
    const nextAt = nextReportAt(due, now);
    const said = await reportOf({ store, clock }, due, now);
    await store.subscriptions.tell({ workspace, user, id, dueAt, nextAt, said, now });
  }
}

/** What the report says that is due at, or just before, a moment. */
export async function reportOf(
  { store, clock }: ReportDeps,
  due: Pick<
    DueSubscription,
    "workspace" | "name" | "channels" | "every" | "weekday" | "hour" | "zone" | "language"
  >,
  at: Instant,
): Promise<Said> {
  const { channels, language = "en", name, workspace, zone } = due;
  const question = { name, days: reportedDays(due, at), zone, channels, language };
  const rows = await store.reports.counted({ workspace, now: clock() });
  return { ...digestOf(rows, question), language };
}
