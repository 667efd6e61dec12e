/**
 * Messangi's words for single messages (S2-D6, S2-D7), computed from a message's state and reason.
 * Every pair has exactly one word, so whatever is counted by these words adds up. The carrier's own
 * words are those of its receipts (SMPP 3.4, appendix B). They are names: no language changes them.
 */
import type { Channel } from "../campaign/channel.ts";
import type { Reason } from "../message/reason.ts";
import type { MessageState } from "../message/state.ts";

export const smsStatuses = [
  "QUEUE",
  "DEQUEUED",
  "CODE_NOT_ALLOWED",
  "INCOMPLETE",
  "BLACKLISTED",
  "SEGMENTS_EXCEEDED",
  "EXHAUSTED",
  "SENT",
  "ENROUTE",
  "UNKNOWN",
  "INVALID_ROUTING",
  "REJECTD",
  "EXPIRED",
  "UNDELIV",
  "DELETED",
  "DELIVRD",
] as const;

export type SmsStatus = (typeof smsStatuses)[number];

export const rcsStatuses = [
  "NOT_SENT",
  "BLACKLISTED",
  "EXHAUSTED",
  "FALLBACK",
  "SENT",
  "DELIVERED",
  "READ",
] as const;

export type RcsStatus = (typeof rcsStatuses)[number];

/** Of what somebody wrote to us. */
export const inboundStatus = "RECEIVED";

interface Told {
  readonly state: MessageState;
  readonly reason: Reason;
}

/** The word for a message of the channel; all but RCS have those of text messages. */
export function logStatus(channel: Channel, told: Told): SmsStatus | RcsStatus {
  return channel === "rcs" ? rcsStatus(told) : smsStatus(told);
}

/** Why a message did not go out, or did not arrive: what `smsStatus` says of those that ended badly. */
type BadEnd = Exclude<
  SmsStatus,
  "QUEUE" | "DEQUEUED" | "SENT" | "ENROUTE" | "UNKNOWN" | "DELETED" | "DELIVRD"
>;

const byReason = {
  none: "UNDELIV",
  invalid_address: "INVALID_ROUTING",
  unknown_recipient: "INVALID_ROUTING",
  not_capable: "INVALID_ROUTING",
  unreachable: "UNDELIV",
  blocked_by_recipient: "BLACKLISTED",
  opted_out: "BLACKLISTED",
  expired: "EXPIRED",
  carrier_rejected: "REJECTD",
  spam_filtered: "REJECTD",
  content_rejected: "REJECTD",
  template_invalid: "INCOMPLETE",
  template_paused: "INCOMPLETE",
  media_error: "INCOMPLETE",
  too_long: "SEGMENTS_EXCEEDED",
  auth_failed: "CODE_NOT_ALLOWED",
  sender_invalid: "CODE_NOT_ALLOWED",
  region_not_permitted: "CODE_NOT_ALLOWED",
  account_suspended: "CODE_NOT_ALLOWED",
  payment_required: "CODE_NOT_ALLOWED",
  rate_limited: "EXHAUSTED",
  quota_reached: "EXHAUSTED",
  recipient_cap: "EXHAUSTED",
  provider_error: "EXHAUSTED",
  provider_timeout: "EXHAUSTED",
  network_error: "EXHAUSTED",
  no_consent: "BLACKLISTED",
  suppressed: "BLACKLISTED",
  frequency_cap: "EXHAUSTED",
  quiet_hours_missed: "EXHAUSTED",
  budget_reached: "EXHAUSTED",
  subscription_inactive: "CODE_NOT_ALLOWED",
  no_address: "INCOMPLETE",
  duplicate_recipient: "INCOMPLETE",
  no_code_left: "INCOMPLETE",
  campaign_canceled: "INCOMPLETE",
  campaign_expired: "EXHAUSTED",
  render_failed: "INCOMPLETE",
  config_error: "INCOMPLETE",
  internal_error: "INCOMPLETE",
  unknown: "UNDELIV",
  outcome_unknown: "UNDELIV",
  quiet_hours: "EXHAUSTED",
  recipient_time: "EXHAUSTED",
  too_late: "EXHAUSTED",
  restored: "INCOMPLETE",
} as const satisfies Record<Reason, BadEnd>;

const smsByState = {
  queued: "QUEUE",
  sending: "DEQUEUED",
  // Nobody knows whether the provider took it.
  ambiguous: "UNKNOWN",
  submitted: "SENT",
  sent: "ENROUTE",
  unconfirmed: "UNKNOWN",
  skipped: null,
  canceled: "DELETED",
  failed: null,
  undelivered: null,
  delivered: "DELIVRD",
  read: "DELIVRD",
} as const satisfies Record<MessageState, SmsStatus | null>;

export function smsStatus({ state, reason }: Told): SmsStatus {
  return smsByState[state] ?? byReason[reason];
}

const rcsByState = {
  queued: "NOT_SENT",
  sending: "NOT_SENT",
  ambiguous: "SENT",
  submitted: "SENT",
  sent: "SENT",
  unconfirmed: "SENT",
  skipped: null,
  canceled: "NOT_SENT",
  failed: null,
  undelivered: null,
  delivered: "DELIVERED",
  read: "READ",
} as const satisfies Record<MessageState, RcsStatus | null>;

/** `FALLBACK`: the phone has no RCS, so that only another channel reaches it. */
export function rcsStatus({ state, reason }: Told): RcsStatus {
  const known = rcsByState[state];
  if (known !== null) return known;
  if (reason === "not_capable") return "FALLBACK";
  const why = byReason[reason];
  return why === "BLACKLISTED" || why === "EXHAUSTED" ? why : "NOT_SENT";
}
