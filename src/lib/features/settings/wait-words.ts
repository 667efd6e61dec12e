/** How long an account waits for proof of what nobody knows, and what says so. */
import { resolveWindowOf, windowBasisOf, type Windows } from "#domain/campaign/account.ts";
import { formatDuration, formatNumber } from "#lib/i18n/format.ts";

/** "Waits 4 min for a receipt: twice what 99 of 100 took; learned from 12,300 receipts". */
export function waitText(account: Windows): string {
  const windowMs = resolveWindowOf(account);
  const time = formatDuration(windowMs);
  const basis = windowBasisOf(account);
  if (basis === "person") return `Waits ${time} for a receipt, as somebody chose`;
  const { receiptDelay } = account;
  if (!receiptDelay) {
    return `Waits ${time} for a receipt: too few have come to learn how long they take`;
  }
  const from = formatNumber(receiptDelay.receipts);
  if (windowMs === 2 * receiptDelay.p99Ms) {
    return `Waits ${time} for a receipt: twice what 99 of 100 took; learned from ${from} receipts`;
  }
  const took = formatDuration(receiptDelay.p99Ms);
  return `Waits ${time} for a receipt: 99 of 100 took ${took} at most; learned from ${from} receipts`;
}
