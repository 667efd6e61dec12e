/** What a chart or a row of counters says, in one sentence that is computed from its data. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { isRunning } from "#domain/campaign/lifecycle.ts";
import { reasonText } from "#domain/message/reason-text.ts";
import type { BandCounts } from "#domain/report/band.ts";
import type { OverTimePoint } from "#domain/report/over-time.ts";
import type { Cost } from "#domain/report/cost.ts";
import type { ReasonCount, Rollup } from "#domain/report/rollup.ts";
import type { Headline } from "#domain/report/headline.ts";
import { formatCount, formatMoney, formatNumber } from "#lib/i18n/format.ts";
import { inText } from "#lib/i18n/in-text.ts";
import { bandsSentence, formatShare } from "./shares.ts";

/**
 * "Sent to 9,600 of 12,000; 40 failed, 2,360 to go. Of 9,640 submitted, 96.2% are confirmed as
 * delivered." `unknown`: of those sent, how many nobody knows to have been taken by the provider.
 */
export function progressSentence(counters: Headline, submitted: number, unknown = 0): string {
  const { total, sent, failed, skipped, toGo } = counters;
  if (total === 0) return "Nobody to send to yet.";
  const rest = [
    failed > 0 ? `${formatNumber(failed)} failed` : "",
    skipped > 0 ? `${formatNumber(skipped)} skipped` : "",
    toGo > 0 ? `${formatNumber(toGo)} to go` : "",
  ].filter((part) => part !== "");
  const tail = rest.length === 0 ? "" : `; ${rest.join(", ")}`;
  const doubt = unknown === 0 ? "" : `, ${formatNumber(unknown)} of these of unknown outcome`;
  const reached = `Sent to ${formatNumber(sent)} of ${formatNumber(total)}${doubt}${tail}.`;
  if (submitted === 0) return reached;
  const share = formatShare(counters.delivered, submitted);
  return `${reached} Of ${formatNumber(submitted)} submitted, ${share} are confirmed as delivered.`;
}

/** "977 sent = 1,266 submitted − 289 undelivered"; "" where both are the same. */
export function sentEquation({ sent }: Headline, submitted: number): string {
  if (sent === submitted) return "";
  return `${formatNumber(sent)} sent = ${formatNumber(submitted)} submitted − ${formatNumber(submitted - sent)} undelivered, which are among the failed`;
}

/** How the states changed: when half was sent, and where it stands at the end. */
export function overTimeSentence(
  points: readonly OverTimePoint[],
  time: (at: number) => string,
): string {
  const last = points.at(-1);
  if (last === undefined) return "Nothing has happened yet.";
  const sent = sentOf(last.bands);
  if (sent === 0) return `Nothing sent by ${time(last.at)}; ${bandsSentence(last.bands)}.`;
  const half = points.find((point) => sentOf(point.bands) * 2 >= sent) ?? last;
  // Receipts may come in for long after the last message went out.
  const whole = points.find((point) => sentOf(point.bands) >= sent) ?? last;
  const still = last.bands.toGo > 0 ? `, ${formatNumber(last.bands.toGo)} to go` : "";
  const middle = time(half.at) === time(whole.at) ? "" : `, half of them by ${time(half.at)}`;
  return `${formatNumber(sent)} sent by ${time(whole.at)}${middle}${still}.`;
}

function sentOf(bands: BandCounts): number {
  return bands.delivered + bands.unconfirmed;
}

/** "Most frequent: The number or address is not valid (31 of 40)." */
export function reasonsSentence(reasons: readonly ReasonCount[]): string {
  const total = reasons.reduce((sum, { n }) => sum + n, 0);
  const top = reasons.toSorted((a, b) => b.n - a.n)[0];
  if (top === undefined) return "No message failed or was skipped.";
  const kinds = formatCount(reasons.length, "reason");
  const often = `${formatNumber(top.n)} of ${formatNumber(total)}`;
  return `${kinds}; most frequent: ${inText(reasonText(top.reason))} (${often}).`;
}

/** What a counter is a share of, or counts. */
export const wholeWords = {
  recipients: "recipients",
  submitted: "of submitted",
  total: "of total",
} as const;

/** "Total 12,000 = 9,600 sent + 40 failed + 0 skipped + 2,360 to go". */
export function equation({ total, sent, failed, skipped, toGo }: Headline): string {
  const parts = [
    `${formatNumber(sent)} sent`,
    `${formatNumber(failed)} failed`,
    `${formatNumber(skipped)} skipped`,
    `${formatNumber(toGo)} to go`,
  ];
  return `Total ${formatNumber(total)} = ${parts.join(" + ")}`;
}

/** "7 failures, of which 5 messages were sent again and arrived." */
export function failuresSentence(sums: {
  readonly failed: number;
  readonly recovered: number;
}): string {
  const failures = formatCount(sums.failed, "failure");
  if (sums.recovered === 0) return `${failures}; no message has recovered.`;
  const recovered = formatCount(sums.recovered, "message");
  return `${failures}; ${recovered} arrived when sent again.`;
}

/** What was spent so far: every send that the provider took, also those that did not arrive. */
export function costSentence(
  { amount, currency, units }: Cost,
  channel: string,
  toGo: number | null,
): string {
  const what = formatCount(units, channel === "sms" ? "segment" : "message");
  const money = formatMoney(amount, currency);
  if (toGo === null) return `Cost: ${money} for ${what} taken by the provider.`;
  const isKnown = units > 0 && toGo > 0;
  const all = formatMoney((amount / Math.max(units, 1)) * (units + toGo), currency);
  const end = isKnown ? `; about ${all} once all are sent` : "";
  return `Cost so far: ${money} for ${what} taken by the provider${end}.`;
}

/** What is still to be charged for while a campaign is at work: segments, or messages; null once it is over. */
export function unitsToGo(
  { states, segments }: Pick<Rollup, "states" | "segments">,
  { phase, type }: Pick<Campaign, "phase" | "type">,
): number | null {
  if (!isRunning(phase)) return null;
  const counts = type === "sms" ? segments : states;
  return counts.queued + counts.sending;
}
