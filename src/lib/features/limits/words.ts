/** Why an address is suppressed, in words. */
import type { SuppressionReason } from "#domain/limits/suppression.ts";

export const suppressionWords = {
  hard_bounce: "Mailbox does not exist",
  invalid_address: "Not a valid address",
  blocked: "Blocked the sender",
  opted_out: "Unsubscribed with the provider",
  complained: "Complained",
  unreachable_7: "Unreachable",
  unsubscribed: "Unsubscribed",
  by_hand: "Added by a person",
} as const satisfies Record<SuppressionReason, string>;
