/** Which recipients are shown, in words: on paper, where nobody sees the fields. */
import { reasonText } from "#domain/message/reason-text.ts";
import { unknownCarrierName } from "#domain/report/carrier-name.ts";
import { formatList, formatNumber } from "#lib/i18n/format.ts";
import { messageWords } from "#lib/i18n/state-words.ts";
import type { RecipientFilter } from "#lib/state/recipients.svelte.ts";

export function shownText({ states, reasons, carrier, edition, q }: RecipientFilter): string {
  const parts = [
    states.length === 0 ? "" : `State: ${formatList(states.map(labelOf))}`,
    reasons.length === 0 ? "" : `Reason: ${formatList(reasons.map(nameOf))}`,
    carrier === null ? "" : `Carrier: ${carrierName(carrier)}`,
    edition === null ? "" : editionName(edition),
    q === "" ? "" : `Search: “${q}”`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "Every recipient" : parts.join(" · ");
}

function labelOf(state: RecipientFilter["states"][number]): string {
  return messageWords[state].label;
}

function nameOf(reason: RecipientFilter["reasons"][number]): string {
  return reason === "none" ? "No reason given" : reasonText(reason);
}

/** As a filter has it. */
export function carrierName(carrier: string): string {
  return carrier === unknownCarrierName ? "Unknown" : carrier;
}

export function editionName(edition: number): string {
  return `Text ${formatNumber(edition)}`;
}
