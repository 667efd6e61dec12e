/**
 * The words for where a message, a campaign and the connection stand. Each entry is a label for
 * a badge or a column and one sentence that says what it means.
 */
import type { PauseReason, Phase } from "#domain/campaign/lifecycle.ts";
import type { MessageState } from "#domain/message/state.ts";
import type { Band } from "#domain/report/band.ts";
import type { Outcome } from "#domain/report/outcome.ts";
import type { Headline } from "#domain/report/headline.ts";

export interface Words {
  readonly label: string;
  readonly explain: string;
}

export const messageWords = {
  queued: { label: "Queued", explain: "Waiting for its turn." },
  sending: { label: "Sending", explain: "Being handed to the provider right now." },
  ambiguous: {
    label: "Unclear",
    explain: "The provider did not answer clearly. We find out before anything is sent twice.",
  },
  submitted: { label: "Submitted", explain: "The provider accepted it. No receipt yet." },
  sent: { label: "Sent", explain: "The provider passed it on to the carrier or mail server." },
  unconfirmed: {
    label: "Not confirmed",
    explain: "Sent, but no receipt came in time. It may have arrived.",
  },
  skipped: { label: "Skipped", explain: "Not sent on purpose: the reason says why." },
  canceled: { label: "Canceled", explain: "The campaign was canceled before its turn." },
  failed: { label: "Failed", explain: "It could not be handed to the provider." },
  undelivered: {
    label: "Undelivered",
    explain: "The provider accepted it, then reported that it did not arrive.",
  },
  delivered: { label: "Delivered", explain: "A receipt confirms that it arrived." },
  read: { label: "Read", explain: "A receipt confirms that it was opened." },
} as const satisfies Record<MessageState, Words>;

export const bandWords = {
  delivered: { label: "Delivered", explain: "A receipt confirms that it arrived." },
  unconfirmed: {
    label: "Sent, not confirmed",
    explain: "The provider accepted it; no receipt says yet that it arrived.",
  },
  failed: {
    label: "Failed",
    explain: "The provider or the carrier refused it, or it could not be handed over.",
  },
  skipped: {
    label: "Skipped",
    explain: "Not sent on purpose: no consent, no address, suppressed, or canceled first.",
  },
  toGo: { label: "To go", explain: "Still waiting for its turn, or being sent right now." },
} as const satisfies Record<Band, Words>;

/** The counters of a campaign: total = sent + failed + skipped + to go; delivered is part of sent. */
export const counterWords = {
  total: { label: "Total", explain: "Everybody whom the campaign is for." },
  sent: {
    label: "Sent",
    explain:
      "Accepted by the provider, and not reported as undelivered since. Part of these are confirmed as delivered.",
  },
  delivered: {
    label: "Delivered",
    explain: "A receipt confirms that the message arrived.",
  },
  failed: bandWords.failed,
  skipped: bandWords.skipped,
  toGo: bandWords.toGo,
} as const satisfies Record<keyof Headline, Words>;

export const phaseWords = {
  draft: { label: "Draft", explain: "Something is still missing before it can be sent." },
  pending: { label: "Pending", explain: "Complete, but no date is set." },
  scheduled: { label: "Scheduled", explain: "It starts by itself at the planned time." },
  preparing: { label: "Preparing", explain: "The recipients are being put together." },
  active: { label: "In Progress", explain: "Messages are going out." },
  paused: { label: "Paused", explain: "Nothing new goes out until somebody resumes it." },
  settling: {
    label: "Completed",
    explain: "Every message was handed over. Receipts may still come in.",
  },
  completed: { label: "Completed", explain: "Every message was handed over and settled." },
  canceled: { label: "Canceled", explain: "It was stopped for good." },
} as const satisfies Record<Phase, Words>;

export const outcomeWords = {
  none: { label: "Not sent yet", explain: "The campaign was not launched." },
  transit: { label: "In transit", explain: "Messages or receipts are still on their way." },
  sent: { label: "Sent", explain: "Every message that was tried was accepted." },
  partial: { label: "Partly sent", explain: "Some messages were sent, some were not." },
  failed: { label: "Failed", explain: "Not one message was sent." },
  empty: { label: "Nobody to send to", explain: "The audience had no recipients at the start." },
  stopped: { label: "Nothing sent", explain: "It was canceled before anything went out." },
} as const satisfies Record<Outcome, Words>;

/** Why a campaign stands still: what happened, and what to do about it. */
export const pauseWords = {
  user: { label: "Paused by a person", explain: "Resume it when you are ready." },
  breaker: {
    label: "Paused after 5 failures in a row",
    explain:
      "Look at the reasons below: check the sending account, or the list where the addresses are wrong, then resume. What was not handed over is tried again.",
  },
  failure_ratio: {
    label: "Paused because too many messages failed",
    explain: "Look at the reasons below and mend the cause before you resume.",
  },
  provider_auth: {
    label: "Paused because the provider refuses the account",
    explain: "Its credentials are expired or wrong. Correct them in Settings, then resume.",
  },
  quota: {
    label: "Paused because the provider's limit is reached",
    explain: "Wait until the limit is lifted, usually the next day, then resume.",
  },
  disk: {
    label: "Paused because the server's disk is full",
    explain:
      "It goes on by itself once there is space again: ask your administrator to free some. Nothing was lost.",
  },
  restore: {
    label: "Paused after the server was restored from a back-up",
    explain: "Check that nobody is sent to twice, then resume.",
  },
  clock: {
    label: "Paused because the server's clock is wrong",
    explain: "Ask your administrator to correct the clock, then resume.",
  },
  codes: {
    label: "Paused because its code pool is empty",
    explain:
      "There are fewer codes left than people to write to. Add codes to the pool, then resume. Nobody was written to without a code.",
  },
  not_ready: {
    label: "Stopped before its start",
    explain: "Mend it, then resume. Nobody was written to.",
  },
} as const satisfies Record<PauseReason, Words>;

/** The explanation of a pause for somebody who may resume, or else whom to ask. */
export function pauseAdvice(reason: PauseReason, mayResume: boolean): string {
  if (mayResume) return pauseWords[reason].explain;
  const cure = reason === "user" ? "resume it" : "mend the cause and resume it";
  return `Ask somebody in the office to ${cure}. Nothing is lost meanwhile.`;
}

export const channelWords = {
  email: "E-mail",
  sms: "SMS",
  mms: "MMS",
  rcs: "RCS",
  whatsapp: "WhatsApp",
  line: "LINE",
  push: "Push",
  flow: "Flow",
} as const;
