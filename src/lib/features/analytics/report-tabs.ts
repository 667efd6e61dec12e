/** What the page of reports across campaigns consists of; each tab is fetched when it is opened. */
import type { Component } from "svelte";

export interface ReportTab {
  readonly key: string;
  readonly label: string;
  readonly load: () => Promise<{ readonly default: Component }>;
}

/** The first is the one that opens. */
export const reportTabs: readonly ReportTab[] = [
  { key: "analytics", label: "Analytics", load: () => import("./AnalyticsTab.svelte") },
  { key: "compare", label: "Compare", load: () => import("./CompareTab.svelte") },
  { key: "action", label: "What leads to action", load: () => import("./ActionTab.svelte") },
  { key: "dashboards", label: "Dashboards", load: () => import("./DashboardsTab.svelte") },
  {
    key: "subscriptions",
    label: "By e-mail",
    load: () => import("../subscriptions/SubscriptionsTab.svelte"),
  },
  { key: "usage", label: "Segments & usage", load: () => import("../usage/UsagePage.svelte") },
  { key: "messages", label: "Messages", load: () => import("../message-log/LogPage.svelte") },
];
