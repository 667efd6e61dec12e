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

interface ReasonFacts {
  readonly class: ReasonClass;
  /** The sentence a person reads; says what is the matter, and where possible what to do. */
  readonly text: string;
}

const facts = {
  none: { class: "unknown", text: "" },
  invalid_address: { class: "recipient", text: "The number or address is not valid" },
  unknown_recipient: { class: "recipient", text: "The account or mailbox does not exist" },
  not_capable: { class: "recipient", text: "The recipient cannot receive this type of message" },
  unreachable: { class: "recipient", text: "Phone off, no signal, or mailbox full" },
  blocked_by_recipient: { class: "recipient", text: "The recipient blocked the sender" },
  opted_out: { class: "recipient", text: "The recipient unsubscribed" },
  expired: { class: "carrier", text: "Not delivered before it expired" },
  carrier_rejected: { class: "carrier", text: "The carrier refused it" },
  spam_filtered: { class: "content", text: "Filtered as spam by the carrier or provider" },
  content_rejected: { class: "content", text: "Refused by the provider's content rules" },
  template_invalid: { class: "content", text: "The message template is missing or wrong" },
  template_paused: { class: "content", text: "The message template is paused" },
  media_error: { class: "content", text: "The media could not be read" },
  too_long: { class: "content", text: "The message is too long" },
  auth_failed: { class: "sender", text: "The provider's credentials are expired or wrong" },
  sender_invalid: { class: "sender", text: "The sender is not registered with the provider" },
  region_not_permitted: { class: "sender", text: "Sending to this region is not permitted" },
  account_suspended: { class: "sender", text: "The provider locked the account" },
  payment_required: { class: "sender", text: "The provider's account is unpaid" },
  rate_limited: { class: "limit", text: "The provider asked us to slow down" },
  quota_reached: { class: "limit", text: "The provider's daily limit is reached" },
  recipient_cap: { class: "limit", text: "The provider limits messages to this person" },
  provider_error: { class: "provider", text: "The provider had an error" },
  provider_timeout: { class: "provider", text: "The provider did not answer in time" },
  network_error: { class: "provider", text: "The provider could not be reached" },
  no_consent: { class: "policy", text: "The recipient has not consented to this channel" },
  suppressed: { class: "policy", text: "The address is on the suppression list" },
  frequency_cap: { class: "policy", text: "The recipient already got enough messages" },
  quiet_hours_missed: { class: "policy", text: "Quiet hours lasted until the campaign ended" },
  budget_reached: { class: "policy", text: "The campaign's budget is used up" },
  subscription_inactive: {
    class: "policy",
    text: "The messaging subscription is inactive or unpaid",
  },
  no_address: { class: "policy", text: "The contact has no address for this channel" },
  duplicate_recipient: { class: "policy", text: "The same address already gets this campaign" },
  no_code_left: { class: "policy", text: "No code was left for this recipient" },
  campaign_canceled: { class: "policy", text: "The campaign was canceled first" },
  campaign_expired: { class: "policy", text: "The campaign ended first" },
  render_failed: { class: "ours", text: "The message could not be written from its template" },
  config_error: { class: "ours", text: "The campaign is configured wrongly" },
  internal_error: { class: "ours", text: "An error on our side" },
  unknown: { class: "unknown", text: "The provider gave no reason we know" },
  outcome_unknown: {
    class: "unknown",
    text: "It is not known whether the provider took it: the connection or the server stopped meanwhile",
  },
  quiet_hours: { class: "policy", text: "It is quiet hours where the recipient lives" },
  recipient_time: {
    class: "policy",
    text: "The planned time has not come where the recipient lives",
  },
} as const satisfies Record<Reason, ReasonFacts>;

export function reasonText(reason: Reason): string {
  return facts[reason].text;
}

export function reasonClass(reason: Reason): ReasonClass {
  return facts[reason].class;
}

/** Why a message waits for its time: nothing went wrong with it. */
export function isWaiting(reason: Reason): boolean {
  return reason === "quiet_hours" || reason === "recipient_time";
}

/** Whether we, not the provider, decided it: seed 001's "Not submitted" against "Failed". */
export function isLocal(reason: Reason): boolean {
  const kind = facts[reason].class;
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
