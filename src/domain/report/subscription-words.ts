/** How a messaging subscription stands, in words. */
import type { SubscriptionStatus } from "./subscription-status.ts";

export const subscriptionWords = {
  active: "Active",
  unpaid: "Unpaid",
  inactive: "Inactive",
  at_budget: "At its budget",
  stopped: "Standing still",
  deleted: "Deleted",
} as const satisfies Record<SubscriptionStatus, string>;
