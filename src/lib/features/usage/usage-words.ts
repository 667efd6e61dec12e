/** How segments and usage are put in words. */
import type { CarrierCounts } from "#domain/report/rollup.ts";
import { sizeOf } from "#domain/report/carriers.ts";
import type { SegmentCounters } from "#domain/report/vocabulary.ts";
import { formatCount, formatMoney, formatPercent } from "#lib/i18n/format.ts";
import { lazily } from "#lib/i18n/lazily.ts";
import { language } from "#lib/i18n/text.ts";

type SegmentStatus = Exclude<
  keyof SegmentCounters,
  "total" | "unsubscribed" | "carrier" | "signal" | "device"
>;

/** In the order in which a message comes by them, each with what it means. */
export const segmentStatuses: readonly {
  readonly key: SegmentStatus;
  readonly label: string;
  readonly means: string;
}[] = [
  { key: "queued", label: "Queued", means: "To be sent, and not sent yet." },
  { key: "failed", label: "Failed", means: "Refused, mostly because the number is not valid." },
  {
    key: "ignored",
    label: "Ignored",
    means: "Not sent, because the account was unpaid or locked, or the budget had ended.",
  },
  {
    key: "unreachable",
    label: "Unreachable",
    means:
      "Not sent, mostly because the customer unsubscribed; or the carrier, the signal or the device kept it away.",
  },
  {
    key: "undelivered",
    label: "Undelivered",
    means: "The carrier tried, and could not deliver it.",
  },
  {
    key: "unconfirmed",
    label: "Delivery (Unconfirmed)",
    means: "The carrier has it, and has not confirmed that it arrived.",
  },
  {
    key: "confirmed",
    label: "Delivery (Confirmed)",
    means: "The carrier confirmed that it arrived.",
  },
];

const regions = lazily(() => new Intl.DisplayNames(language, { type: "region", fallback: "code" }));

function countryName(country: string | null): string {
  return country === null ? "Unknown country" : (regions().of(country) ?? country);
}

export function partName({ country, carrier, isRest }: CarrierCounts, by: "carrier" | "country") {
  if (isRest === true && country === null) return "All others";
  if (by === "country") return countryName(country);
  const name = isRest === true ? "Others" : (carrier ?? "Unknown carrier");
  return country === null ? name : `${name}, ${countryName(country)}`;
}

/** SMS is counted and charged by segments; on every other channel a message is one. */
export type PartUnit = "segments" | "messages";

/** `The most went to O2, United Kingdom: 41% of 1,200 segments.` */
export function partsSummary(
  rows: readonly CarrierCounts[],
  by: "carrier" | "country",
  unit: PartUnit,
): string {
  const what = unit === "segments" ? "segments" : "n";
  const all = rows.reduce((sum, row) => sum + sizeOf(row, what), 0);
  const [first] = rows;
  if (first === undefined || all === 0) return "Nothing to phones in this selection.";
  const share = formatPercent(sizeOf(first, what) / all);
  const whole = formatCount(all, unit === "segments" ? "segment" : "message");
  return `The most went to ${partName(first, by)}: ${share} of ${whole}.`;
}

/** `€0.80, ¥1,200`: what was spent, in each currency; `–` where nothing is known of it. */
export function costsText(
  costs: readonly { readonly currency: string; readonly amount: number }[],
): string {
  return costs.map(({ currency, amount }) => formatMoney(amount, currency)).join(", ") || "–";
}
