/** What of a message's way is told over time, and in which spans it is counted. */
import { minuteMs, secondMs, type Instant } from "../core/time.ts";
import { kindOf, stateCodes, type MessageState } from "../message/state.ts";

/** In the first half hour of a campaign, which is all of a short one, spans are kept as short as this. */
export const fineMs = 5 * secondMs;
export const fineForMs = 30 * minuteMs;

/** The span in which what happened at a moment is counted: its start. */
export function bucketOf(at: Instant, launchedAt: Instant): Instant {
  const spanMs = at < launchedAt + fineForMs ? fineMs : minuteMs;
  return Math.floor(at / spanMs) * spanMs;
}

/**
 * The states that a move makes a message enter, for the chart. Whoever is accepted passes
 * `submitted`, and whoever reads passes `delivered`, even where the provider told only the end
 * of it: so the sums of these two are the messages that ever got there. States below `submitted`
 * are working states and not charted.
 */
export function passes(from: MessageState | null, to: MessageState): readonly MessageState[] {
  if (from === to || stateCodes[to] < stateCodes.submitted) return [];
  const entered: MessageState[] = [to];
  if (to === "read" && from !== "delivered") entered.unshift("delivered");
  const isHanded = to !== "submitted" && isAccepted(to) && (from === null || !isAccepted(from));
  if (isHanded) entered.unshift("submitted");
  return entered;
}

/** Whether a message in this state is or was in the provider's hands. */
export function isAccepted(state: MessageState): boolean {
  if (state === "undelivered" || kindOf[state] === "positive") return true;
  return state === "submitted" || state === "sent" || state === "unconfirmed";
}
