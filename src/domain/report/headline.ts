/** The counters of a campaign as its card shows them. */
import type { MessageState } from "../message/state.ts";
import type { Rollup } from "./rollup.ts";
import { sumsBy } from "./sums-by.ts";

/** What the live counters on a card and a campaign page show; they add up to `total`. */
export interface Headline {
  readonly total: number;
  /** Accepted by the provider, and not reported as undelivered since. */
  readonly sent: number;
  /** Of `sent`: confirmed by a receipt. Its share is told of what was submitted (`submittedOf`). */
  readonly delivered: number;
  readonly failed: number;
  readonly skipped: number;
  readonly toGo: number;
}

/**
 * Accepted by the provider, whatever became of it then: `sent`, and what was undelivered, which the
 * headline counts as failed. The one whole that shares of delivered messages are measured by.
 */
export function submittedOf({ total, states }: Pick<Rollup, "total" | "states">): number {
  return headline({ total, states }).sent + states.undelivered;
}

const headlineKinds = {
  queued: "toGo",
  sending: "toGo",
  ambiguous: "toGo",
  submitted: "sent",
  sent: "sent",
  unconfirmed: "sent",
  skipped: "skipped",
  canceled: "skipped",
  failed: "failed",
  undelivered: "failed",
  delivered: "sent",
  read: "sent",
} as const satisfies Record<MessageState, "sent" | "failed" | "skipped" | "toGo">;

export function headline({ total, states }: Pick<Rollup, "total" | "states">): Headline {
  const { sent = 0, failed = 0, skipped = 0, toGo = 0 } = sumsBy(states, headlineKinds);
  return { total, sent, delivered: states.delivered + states.read, failed, skipped, toGo };
}
