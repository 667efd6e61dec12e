/**
 * The closed list behind "failed reason". A provider's own code and words are kept beside it.
 * The numbers are stored: never renumber; add at the end.
 */
export const reasons = [
  "none",
  "invalid_address",
  "unknown_recipient",
  "not_capable",
  "unreachable",
  "blocked_by_recipient",
  "opted_out",
  "expired",
  "carrier_rejected",
  "spam_filtered",
  "content_rejected",
  "template_invalid",
  "template_paused",
  "media_error",
  "too_long",
  "auth_failed",
  "sender_invalid",
  "region_not_permitted",
  "account_suspended",
  "payment_required",
  "rate_limited",
  "quota_reached",
  "recipient_cap",
  "provider_error",
  "provider_timeout",
  "network_error",
  "no_consent",
  "suppressed",
  "frequency_cap",
  "quiet_hours_missed",
  "budget_reached",
  "subscription_inactive",
  "no_address",
  "duplicate_recipient",
  "no_code_left",
  "campaign_canceled",
  "campaign_expired",
  "render_failed",
  "config_error",
  "internal_error",
  "unknown",
  "outcome_unknown",
  "quiet_hours",
  "recipient_time",
  "too_late",
  "restored",
] as const;

export type Reason = (typeof reasons)[number];

/** Who caused it. `provider` and its kin are told by the carrier; `policy` and `ours` are local. */
export type ReasonClass =
  | "recipient"
  | "carrier"
  | "content"
  | "sender"
  | "limit"
  | "provider"
  | "policy"
  | "ours"
  | "unknown";

const classes = {
  none: "unknown",
  invalid_address: "recipient",
  unknown_recipient: "recipient",
  not_capable: "recipient",
  unreachable: "recipient",
  blocked_by_recipient: "recipient",
  opted_out: "recipient",
  expired: "carrier",
  carrier_rejected: "carrier",
  spam_filtered: "content",
  content_rejected: "content",
  template_invalid: "content",
  template_paused: "content",
  media_error: "content",
  too_long: "content",
  auth_failed: "sender",
  sender_invalid: "sender",
  region_not_permitted: "sender",
  account_suspended: "sender",
  payment_required: "sender",
  rate_limited: "limit",
  quota_reached: "limit",
  recipient_cap: "limit",
  provider_error: "provider",
  provider_timeout: "provider",
  network_error: "provider",
  no_consent: "policy",
  suppressed: "policy",
  frequency_cap: "policy",
  quiet_hours_missed: "policy",
  budget_reached: "policy",
  subscription_inactive: "policy",
  no_address: "policy",
  duplicate_recipient: "policy",
  no_code_left: "policy",
  campaign_canceled: "policy",
  campaign_expired: "policy",
  render_failed: "ours",
  config_error: "ours",
  internal_error: "ours",
  unknown: "unknown",
  outcome_unknown: "unknown",
  quiet_hours: "policy",
  recipient_time: "policy",
  too_late: "policy",
  restored: "policy",
} as const satisfies Record<Reason, ReasonClass>;

export function reasonClass(reason: Reason): ReasonClass {
  return classes[reason];
}

/** Why a message waits for its time: nothing went wrong with it. */
export function isWaiting(reason: Reason): boolean {
  return reason === "quiet_hours" || reason === "recipient_time";
}

/** Whether we, not the provider, decided it: seed 001's "Not submitted" against "Failed". */
export function isLocal(reason: Reason): boolean {
  const kind = classes[reason];
  return kind === "policy" || kind === "ours";
}

const codes = new Map<Reason, number>(reasons.map((reason, code) => [reason, code]));

/** The number that is stored for a reason. */
export function reasonCode(reason: Reason): number {
  return codes.get(reason) ?? 0;
}

/** The reason of a stored number; a number from a newer version reads as `unknown`. */
export function reasonOf(code: number): Reason {
  return reasons[code] ?? "unknown";
}
