/** Who would be sent to again now and who not, in words. */
import type { Reason } from "#domain/message/reason.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import { formatCount, formatDateTime, formatList, formatNumber } from "#lib/i18n/format.ts";
import type { RetryAnswer } from "#lib/state/retry-count.svelte.ts";

/** Each of them was written to before: what keeps them out now came since. */
const since: Partial<Record<Reason, string>> = {
  no_consent: "opted out since",
  suppressed: "on the suppression list since",
  no_address: "deleted from the contacts since",
  frequency_cap: "got enough messages of late",
  budget_reached: "not within the budget",
  no_code_left: "without a code, as none is left",
  campaign_expired: "not before the campaign ends",
  quiet_hours_missed: "in quiet hours until the campaign ends",
};

/** `12 of 40 are left out: 10 opted out since and 2 on the suppression list since.` Null: nobody is. */
export function leftOutText({
  asked,
  leftOut,
}: Pick<RetryAnswer, "asked" | "leftOut">): string | null {
  const n = leftOut.reduce((sum, each) => sum + each.n, 0);
  if (n === 0) return null;
  const whys = leftOut.map(
    (each) => `${formatNumber(each.n)} ${since[each.reason] ?? reasonText(each.reason)}`,
  );
  const who = `${formatNumber(n)} of ${formatNumber(asked)} ${n === 1 ? "is" : "are"} left out`;
  return `${who}: ${formatList(whys)}.`;
}

/** Who goes out later than now; null: nobody. */
export function waitsText({ waits }: Pick<RetryAnswer, "waits">): string | null {
  if (waits === null) return null;
  const until = formatDateTime(Date.parse(waits.until));
  return `${formatCount(waits.n, "recipient")} wait for their time first, the last until ${until}.`;
}
