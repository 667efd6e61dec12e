/** What marks a message, and when it is looked at again, in words. */
import type { Mark } from "#domain/message/marks.ts";
import { formatDateTime } from "#lib/i18n/format.ts";
import type { MessageAnswer } from "#lib/state/message-history.svelte.ts";

export const markWords = {
  recovered: "Arrived after a failure",
  resent: "Sent again",
  duplicate_risk: "Repeated without knowing whether it had arrived",
  complained: "Complained about it",
  opted_out: "Opted out by it",
  redeemed: "Redeemed its code",
  clicked: "Followed a link",
} as const satisfies Record<Mark, string>;

/** What we saw ourselves of a call is told as it is; everything else are the provider's own words. */
const seenByUs: ReadonlySet<string> = new Set([
  "answer_cut",
  "answer_slow",
  "connection_lost",
  "no_answer",
  "no_http",
]);

export function heardText({ code, words }: { readonly code: string; readonly words: string }) {
  if (seenByUs.has(code)) return `${words}.`;
  return `The provider: ${[code, words].filter((part) => part !== "").join(", ")}`;
}

/** Of a send of which nothing was heard. */
export function unheardText(
  { state, sends }: Pick<MessageAnswer, "state" | "sends">,
  generation: number,
): string {
  if (generation < sends.length) return "Nothing of it was kept: it was left out before it went.";
  if (state === "ambiguous") {
    return "This server stopped while the call was under way, so nobody heard how it ended.";
  }
  return "It went as usual so far: its state says it all.";
}

/** When the engine comes back to it; null: it does not. */
export function plannedText({
  state,
  dueAt,
}: Pick<MessageAnswer, "state" | "dueAt">): string | null {
  if (dueAt === null) return null;
  const when = formatDateTime(Date.parse(dueAt));
  return state === "ambiguous"
    ? `Without proof by ${when} it is decided what becomes of it.`
    : `Its next turn is ${when}.`;
}
