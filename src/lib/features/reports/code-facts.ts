/** What became of a campaign's unique codes, as names and values. */
import { redemptionRate } from "#domain/codes/pool.ts";
import type { CodeUse } from "#domain/report/rollup.ts";
import { formatNumber, formatPercent } from "#lib/i18n/format.ts";

/** Nothing where its messages carry no codes. */
export function codeFacts(
  codes: CodeUse | undefined,
): readonly { readonly name: string; readonly value: string }[] {
  if (codes === undefined) return [];
  const rate = redemptionRate(codes);
  return [
    { name: "Codes published", value: formatNumber(codes.published) },
    { name: "Codes redeemed", value: formatNumber(codes.redeemed) },
    { name: "Redemption rate", value: rate === null ? "–" : formatPercent(rate) },
    { name: "Redeemed of the whole pool", value: formatNumber(codes.poolRedeemed) },
  ];
}
