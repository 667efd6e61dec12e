/** Parts of a campaign in words and percent, as the overview and the report say them. */
import type { BandCounts } from "#domain/report/band.ts";
import { formatNumber, formatPercent } from "#lib/i18n/format.ts";
import { bandWords } from "#lib/i18n/state-words.ts";

/** A part of a whole in percent. What is not quite nothing, or not quite all, never reads as it. */
export function formatShare(n: number, whole: number): string {
  if (whole === 0) return "–";
  const share = n / whole;
  if (share > 0 && share < 0.001) return "<0.1%";
  if (share < 1 && share > 0.999) return ">99.9%";
  return formatPercent(share);
}

/** The bar of a campaign for who cannot see it: "61 delivered, 3 failed, 36 to go". */
export function bandsSentence(counts: BandCounts): string {
  const parts = (["delivered", "unconfirmed", "failed", "skipped", "toGo"] as const)
    .filter((band) => counts[band] > 0)
    .map((band) => `${formatNumber(counts[band])} ${bandWords[band].label.toLowerCase()}`);
  return parts.length === 0 ? "Nothing yet" : parts.join(", ");
}
