/** What a person reads where something failed or waits. Apart from the reasons, as most code only counts them. */
import type { Reason } from "./reason.ts";

const texts = {
  none: "",
  invalid_address: "The number or address is not valid",
  unknown_recipient: "The account or mailbox does not exist",
  not_capable: "The recipient cannot receive this type of message",
  unreachable: "Phone off, no signal, or mailbox full",
  blocked_by_recipient: "The recipient blocked the sender",
  opted_out: "The recipient unsubscribed",
  expired: "Not delivered before it expired",
  carrier_rejected: "The carrier refused it",
  spam_filtered: "Filtered as spam by the carrier or provider",
  content_rejected: "Refused by the provider's content rules",
  template_invalid: "The message template is missing or wrong",
  template_paused: "The message template is paused",
  media_error: "The media could not be read",
  too_long: "The message is too long",
  auth_failed: "The provider's credentials are expired or wrong",
  sender_invalid: "The sender is not registered with the provider",
  region_not_permitted: "Sending to this region is not permitted",
  account_suspended: "The provider locked the account",
  payment_required: "The provider's account is unpaid",
  rate_limited: "The provider asked us to slow down",
  quota_reached: "The provider's daily limit is reached",
  recipient_cap: "The provider limits messages to this person",
  provider_error: "The provider had an error",
  provider_timeout: "The provider did not answer in time",
  network_error: "The provider could not be reached",
  no_consent: "The recipient has not consented to this channel",
  suppressed: "The address is on the suppression list",
  frequency_cap: "The recipient already got enough messages",
  quiet_hours_missed: "Quiet hours lasted until the campaign ended",
  budget_reached: "The campaign's or the month's budget is used up",
  subscription_inactive: "The messaging subscription is inactive or unpaid",
  no_address: "The contact has no address for this channel",
  duplicate_recipient: "The same address already gets this campaign",
  no_code_left: "No code was left for this recipient",
  campaign_canceled: "The campaign was canceled first",
  campaign_expired: "The campaign ended first",
  render_failed: "The message could not be written from its template",
  config_error: "The campaign is configured wrongly",
  internal_error: "An error on our side",
  unknown: "The provider gave no reason we know",
  outcome_unknown:
    "It is not known whether the provider took it: the connection or the server stopped meanwhile",
  quiet_hours: "It is quiet hours where the recipient lives",
  recipient_time: "The planned time has not come where the recipient lives",
  too_late: "Its time had passed by hours, in a pause or while the server was down",
  restored: "It may have gone out before the server was restored from a back-up",
} as const satisfies Record<Reason, string>;

/** A sentence that says what is the matter, and where possible what to do. */
export function reasonText(reason: Reason): string {
  return texts[reason];
}
