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
} as const satisfies Record<Mark, string>;

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
