/**
 * Every move that a message may make, as one table: from which state, by whom, to which. What
 * is not in it is refused by the store and counted as illegal evidence.
 *
 * `engine`: our own decision. `response`: the end of the very call that is in flight.
 * `receipt`: whatever proves something later: a receipt, the answer of a call that was already
 * given up, or the end of the time in which proof could have come.
 *
 * A receipt may come before the answer, twice, late and against another one, so what it may
 * lead to is everything that ranks higher (see merge.ts): a table that refused one of these
 * would make the state depend on the order in which proof arrives.
 */
import type { MessageState } from "./state.ts";

export const causes = ["engine", "response", "receipt"] as const;

/** Who moves a message. */
export type Cause = (typeof causes)[number];

type Targets = Readonly<Partial<Record<Cause, readonly MessageState[]>>>;

/** What proof from outside may make of a message that is still ours. */
const anyProof = [
  "submitted",
  "sent",
  "unconfirmed",
  "failed",
  "undelivered",
  "delivered",
  "read",
] as const satisfies readonly MessageState[];

export const transitions = {
  // Queued again: it waits for its time, and says for which.
  queued: { engine: ["queued", "sending", "skipped", "canceled"], receipt: anyProof },
  sending: {
    // Known not to have gone (put back, or never written), or cut off by a crash.
    engine: ["queued", "ambiguous", "failed"],
    response: ["queued", "ambiguous", "submitted", "sent", "unconfirmed", "delivered", "failed"],
    receipt: anyProof,
  },
  // Repeated under the same key, or held: no proof came, and it may not be repeated.
  ambiguous: { engine: ["sending", "unconfirmed"], receipt: anyProof },
  submitted: {
    engine: ["canceled"],
    receipt: ["sent", "unconfirmed", "failed", "undelivered", "delivered", "read"],
  },
  sent: {
    engine: ["canceled"],
    receipt: ["unconfirmed", "failed", "undelivered", "delivered", "read"],
  },
  unconfirmed: {
    // A held doubt that a person sends again: the same send, under the same key.
    engine: ["ambiguous"],
    receipt: ["failed", "undelivered", "delivered", "read"],
  },
  // Back with the next gen: by the ladder of its reason, or because a person asked for it.
  failed: { engine: ["queued"], receipt: ["undelivered", "delivered", "read"] },
  undelivered: { engine: ["queued"], receipt: ["delivered", "read"] },
  skipped: { engine: ["queued"], receipt: ["failed", "undelivered", "delivered", "read"] },
  canceled: { engine: ["queued"], receipt: ["failed", "undelivered", "delivered", "read"] },
  delivered: { receipt: ["read"] },
  read: {},
} as const satisfies Record<MessageState, Targets>;

/** Whether this may happen. Proof that only dates or explains a state better leaves it where it is. */
export function mayMove(from: MessageState, to: MessageState, by: Cause): boolean {
  if (from === to && by === "receipt") return true;
  const row: Targets = transitions[from];
  return row[by]?.includes(to) ?? false;
}
