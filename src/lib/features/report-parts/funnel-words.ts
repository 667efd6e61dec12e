/** The funnel in words: pure. */
import { reasonText } from "#domain/message/reason-text.ts";
import type { FunnelLoss, FunnelStage, FunnelStep } from "#domain/report/funnel.ts";
import { formatShare } from "#lib/features/reports/shares.ts";
import { formatCount, formatNumber } from "#lib/i18n/format.ts";
import { messageWords } from "#lib/i18n/state-words.ts";

export const stepWords = {
  total: "Total",
  submitted: "Submitted",
  delivered: "Delivered",
  opened: "Opened",
  clicked: "Clicked",
  redeemed: "Redeemed",
} as const satisfies Record<FunnelStep, string>;

/** "Of 12,000 recipients, 9,600 (80%) were submitted and 9,412 (78.4%) delivered; most are lost …" */
export function funnelSentence(stages: readonly FunnelStage[]): string {
  const [first, ...rest] = stages;
  if (first === undefined || first.n === 0) return "Nobody to send to yet.";
  const parts = rest.map(
    ({ step, n }) =>
      `${formatNumber(n)} ${stepWords[step].toLowerCase()} (${formatShare(n, first.n)})`,
  );
  const widest = rest.toSorted((a, b) => b.gap - a.gap)[0];
  const where =
    widest === undefined || widest.gap === 0 || widest.from === null
      ? "nobody was lost on the way"
      : `the widest gap is ${formatNumber(widest.gap)} between ${stepWords[widest.from].toLowerCase()} and ${stepWords[widest.step].toLowerCase()}`;
  return `Of ${formatCount(first.n, "recipient")}: ${parts.join(", ")}; ${where}.`;
}

/** Why these got no further. */
export function lossText({ state, reason }: Pick<FunnelLoss, "state" | "reason">): string {
  if (reason !== "none") return reasonText(reason);
  return state === "delivered" ? "Arrived, and not seen opening it." : messageWords[state].explain;
}

/** "188 fewer than submitted, 40 of them not confirmed"; "" where there is no gap. */
export function gapText({ gap, from, unconfirmed }: FunnelStage): string {
  if (gap === 0 || from === null) return "";
  const doubt = unconfirmed === 0 ? "" : `, ${formatNumber(unconfirmed)} of them not confirmed`;
  return `${formatNumber(gap)} fewer than ${stepWords[from].toLowerCase()}${doubt}`;
}
