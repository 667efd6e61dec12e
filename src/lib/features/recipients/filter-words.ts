/** Which recipients are shown, in words: on paper, where nobody sees the fields. */
import { reasonText } from "#domain/message/reason-text.ts";
import { formatList } from "#lib/i18n/format.ts";
import { messageWords } from "#lib/i18n/state-words.ts";
import type { RecipientFilter } from "#lib/state/recipients.svelte.ts";

export function shownText({ states, reasons, q }: RecipientFilter): string {
  const parts = [
    states.length === 0 ? "" : `State: ${formatList(states.map(labelOf))}`,
    reasons.length === 0 ? "" : `Reason: ${formatList(reasons.map(nameOf))}`,
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
