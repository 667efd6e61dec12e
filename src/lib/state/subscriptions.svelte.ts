/** A person's reports that come by themselves, and their alerts, as a page shows and changes them. */
import type { Api, Failure } from "../sync/api.ts";
import {
  subscriptionCalls,
  type AlertAnswer,
  type SubscriptionAnswer,
} from "../sync/subscription-calls.ts";

export type { AlertBody, SubscriptionBody } from "../sync/subscription-calls.ts";

export class SubscriptionsState {
  /** Null until the server answered. */
  reports: readonly SubscriptionAnswer[] | null = $state.raw(null);
  alerts: readonly AlertAnswer[] = $state.raw([]);
  /** Why they could not be loaded; null when they could. */
  trouble: Failure | null = $state.raw(null);
  readonly calls: ReturnType<typeof subscriptionCalls>;

  constructor(api: Api) {
    this.calls = subscriptionCalls(api);
  }

  async load(): Promise<void> {
    const [reports, alerts] = await Promise.all([this.calls.list(), this.calls.alerts()]);
    this.trouble = reports.ok ? (alerts.ok ? null : alerts.error) : reports.error;
    if (!reports.ok || !alerts.ok) return;
    this.reports = reports.value.items;
    this.alerts = alerts.value.items;
  }
}
