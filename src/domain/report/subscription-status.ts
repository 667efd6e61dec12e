/** How a messaging subscription stands. */

/**
 * `at_budget`: the provider's quota, or the month's budget, is used up. `stopped`: it stands still
 * for another reason. `deleted`: it is no account any more; what it sent counts on.
 */
export const subscriptionStatuses = [
  "active",
  "unpaid",
  "inactive",
  "at_budget",
  "stopped",
  "deleted",
] as const;

export type SubscriptionStatus = (typeof subscriptionStatuses)[number];
