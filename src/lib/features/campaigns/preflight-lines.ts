/** What a launch would do, as names and values for the review. */
import type { CodePolicy } from "#domain/codes/pool.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import { formatCount, formatDateTime, formatMoney, formatNumber } from "#lib/i18n/format.ts";
import type { PreflightAnswer } from "#lib/state/preflight.svelte.ts";

export interface Line {
  readonly name: string;
  readonly value: string;
}

/** What a budget keeps from happening; null where it reaches everybody. */
export function budgetText({ budget, recipients }: PreflightAnswer): string | null {
  if (budget === null || budget.reaches >= recipients) return null;
  const whose =
    budget.what === "campaign" ? "The campaign's budget" : "What is left of the month's budget";
  const of = `${formatNumber(budget.reaches)} of ${formatCount(recipients, "recipient")}`;
  return `${whose} reaches about ${of}. The others are skipped.`;
}

/** What a pool with too few codes keeps from happening; null where it has enough. */
export function codesText(
  { codes }: Pick<PreflightAnswer, "codes">,
  policy: CodePolicy,
): string | null {
  if (codes === null || codes.needed <= codes.left) return null;
  const missing = formatCount(codes.needed - codes.left, "recipient");
  return policy === "skip"
    ? `The pool has too few codes: about ${missing} will be skipped.`
    : `The pool has too few codes, so it cannot be sent. Choose a larger pool, or allow it under Content: about ${missing} would then be skipped.`;
}

export function preflightLines(told: PreflightAnswer): readonly Line[] {
  const { total, recipients, skips, segments, cost, unwritable, waits, missed } = told;
  const { endsAt, looked } = told;
  const about = looked < recipients ? "about " : "";
  const lines: Line[] = [
    { name: "Contacts", value: formatNumber(total) },
    { name: "Will be sent to", value: formatCount(recipients, "recipient") },
  ];
  const skipped = skips.reduce((all, { n }) => all + n, 0);
  if (skipped > 0) {
    const whys = skips.map(({ reason, n }) => `${formatNumber(n)}: ${reasonText(reason)}`);
    lines.push({ name: "Will be skipped", value: whys.join(". ") });
  }
  if (segments !== null) {
    lines.push({ name: "Segments", value: `${about}${formatNumber(segments)} in all` });
  }
  if (cost !== null) {
    lines.push({ name: "Cost", value: `${about}${formatMoney(cost.amount, cost.currency)}` });
  }
  if (told.codes !== null) lines.push({ name: "Codes", value: codeCounts(told.codes) });
  if (unwritable > 0) {
    const value = `${about}${formatCount(unwritable, "message")}: a merge field has no usable value`;
    lines.push({ name: "Cannot be written", value });
  }
  if (waits !== null) {
    const until = formatDateTime(Date.parse(waits.until));
    const value = `${about}${formatCount(waits.n, "message")}, the last until ${until}`;
    lines.push({ name: "Wait for their time", value });
  }
  if (missed > 0) {
    const value = `${about}${formatCount(missed, "recipient")}: the campaign ends first`;
    lines.push({ name: "Not reached in time", value });
  }
  if (endsAt !== null) {
    lines.push({ name: "Through by", value: `about ${formatDateTime(Date.parse(endsAt))}` });
  }
  return lines;
}

function codeCounts({ needed, left }: NonNullable<PreflightAnswer["codes"]>): string {
  const few = needed > left ? "only " : "";
  return `${formatNumber(needed)} needed, ${few}${formatNumber(left)} left in the pool`;
}
