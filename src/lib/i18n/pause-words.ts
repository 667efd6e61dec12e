/** What will become of a pause, what an account stands still for, and what limits a campaign's pace. */
import type { Standing } from "#domain/campaign/account.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import { pauseEndsAt } from "#domain/campaign/pause.ts";
import type { Instant } from "#domain/core/time.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import type { LimitedBy } from "#domain/report/rollup.ts";
import { formatDateTime, formatTime } from "./format.ts";
import { inText } from "./in-text.ts";

/** What happens next without anybody: the next try, and the end. */
export function pauseOutlook(campaign: Campaign, standing: Standing | null): readonly string[] {
  const isTold = standing !== null && standing.pauseReason === campaign.pauseReason;
  const endsAt = pauseEndsAt(campaign);
  return [
    ...(isTold && standing.retryAt !== null ? [retryText(standing.retryAt)] : []),
    ...(endsAt === null
      ? []
      : [`Unless it goes on by ${formatDateTime(endsAt)}, it will be canceled.`]),
  ];
}

/** Why an account sends nothing, in one or two sentences. */
export function standingText({ pauseReason, reason, retryAt, since }: Standing): string {
  const why = reasonText(reason);
  const next =
    retryAt === null ? "Resume one of its campaigns to try it again." : retryText(retryAt);
  const what = pauseReason === "quota" ? "Waits" : "Stands still";
  return `${what} since ${formatDateTime(since)}: ${inText(why)}. ${next}`;
}

function retryText(at: Instant): string {
  return `One message is tried by itself at ${formatTime(at)}, and sending goes on once it is taken.`;
}

const limitWords = {
  account: "the account's messages a second",
  sender: "the sender's messages a second",
  domain: "the messages a second to one mail domain",
  recipient: "the time between two messages to one person",
  provider: "the provider, which asked to slow down",
  concurrency: "the messages that may be in flight at once",
  slow_start: "the careful start",
  warm_up: "the sender's warm-up: it has sent what today lets it",
} as const satisfies Record<LimitedBy, string>;

/** "limited by …"; what people set comes with its number. */
export function limitText(by: LimitedBy, perSecond: number | null): string {
  if (by === "account" && perSecond !== null)
    return `limited by the account's ${perSecond} a second`;
  return `limited by ${limitWords[by]}`;
}
