/** What one call came to, as the row that is written of it. */
import type { Instant } from "#domain/core/time.ts";
import { reasonClass, type Reason } from "#domain/message/reason.ts";
import { backoffMs, retryDelayMs, usesUpTry, type Random } from "#domain/message/retry.ts";
import type { MessageState } from "#domain/message/state.ts";
import type { Outcome } from "../providers/provider.ts";
import type { Settlement } from "../store/delivery-store.ts";
import type { Intended } from "../store/distribution.ts";
import type { ProviderFacts } from "./carriers.ts";
import type { Unwritten } from "./writer.ts";

/** Why a message is in doubt, whatever cut its call: a time-out would read as "it did not go". */
const inDoubt = "outcome_unknown" satisfies Reason;

export interface CallFacts {
  readonly message: Intended;
  readonly segments: number;
  readonly provider: Pick<ProviderFacts, "honoursKeys" | "receipts" | "resolveWindowMs">;
  readonly now: Instant;
  readonly random: Random;
}

export function toSettlement(outcome: Outcome, facts: CallFacts): Settlement {
  const { message, provider, now, random, segments } = facts;
  if (outcome.outcome === "accepted") {
    // Who never calls back cannot confirm: waiting for it would keep the campaign open for nothing.
    const isSilent = provider.receipts === "none" && outcome.state !== "delivered";
    const state = isSilent ? "unconfirmed" : outcome.state;
    const { n, gen } = message;
    // As a literal, for it is what nearly every message comes to; in the order of `row`: see columns.ts.
    return {
      n,
      gen,
      try: message.try,
      at: now,
      dueAt: null,
      renews: false,
      counts: true,
      segments,
      providerId: outcome.providerId,
      attempt: null,
      state,
      reason: "none",
    };
  }
  const { reason, code, words } = outcome;
  const attempt = { code, words };
  if (outcome.outcome === "refused") {
    if (!message.isInDoubt || isAnswerForAll(reason, facts)) {
      return { ...row(facts, "failed", reason), segments, attempt };
    }
    const waitMs = backoffMs(message.try, random);
    return { ...row(facts, "ambiguous", inDoubt), segments, attempt, dueAt: now + waitMs };
  }
  if (outcome.outcome === "unknown") {
    const dueAt = now + doubtMs(facts, outcome.afterMs ?? null);
    return { ...row(facts, "ambiguous", inDoubt), segments, attempt, dueAt };
  }
  const delayMs = retryDelayMs({ reason, tries: message.try, afterMs: outcome.afterMs }, random);
  const counts = usesUpTry(reason);
  if (message.isInDoubt) {
    // That this try was not accepted says nothing of the earlier one.
    const again = { dueAt: now + (delayMs ?? 0), counts, segments };
    return { ...row(facts, "ambiguous", inDoubt), attempt, ...again };
  }
  if (delayMs === null) return { ...row(facts, "failed", reason), segments, attempt };
  return { ...row(facts, "queued", reason), attempt, dueAt: now + delayMs, counts };
}

/** How long a doubt waits: for its repeat, or for proof. A provider that says when to come is believed. */
function doubtMs(facts: CallFacts, afterMs: number | null): number {
  const { message, provider, random } = facts;
  if (actsOnce(facts)) return afterMs ?? backoffMs(message.try, random);
  return Math.max(provider.resolveWindowMs, afterMs ?? 0);
}

/**
 * Whether a refusal of a repeat refuses the earlier try, too. Who honours keys would have answered
 * as before had it accepted; but credentials and limits are looked at before any key is.
 */
function isAnswerForAll(reason: Reason, facts: CallFacts): boolean {
  const kind = reasonClass(reason);
  return actsOnce(facts) && (kind === "recipient" || kind === "content" || kind === "carrier");
}

/** Whether a repeat under the key of this call would act once. */
function actsOnce({ message, provider }: CallFacts): boolean {
  return provider.honoursKeys && message.keyIsOld !== true;
}

/** A call that ended in an error of our own: whether it was made nobody knows. */
export function doubt(error: unknown): Outcome {
  const words = error instanceof Error ? error.message : String(error);
  return { outcome: "unknown", reason: "provider_error", code: "", words };
}

/** A message that was never handed over: back to where it was, at once. */
export function toUnsent(message: Intended, now: Instant): Settlement {
  const back = { ...plain(message, now), dueAt: now, counts: false };
  if (!message.isInDoubt) return { ...back, state: "queued", reason: "none" };
  return { ...back, state: "ambiguous", reason: inDoubt };
}

/**
 * A message that is longer than the budget was asked for: back to where it was, so that it is
 * asked for again with what it has.
 */
export function toTooLong(message: Intended, now: Instant, segments: number): Settlement {
  return { ...toUnsent(message, now), segments };
}

/** A message that has to wait for its turn: back to where it was, until then. */
export function toDeferred(message: Intended, now: Instant, turnAt: Instant): Settlement {
  return { ...toUnsent(message, now), dueAt: turnAt };
}

/** A message that we could not write: the provider never saw it. */
export function toUnwritten(
  message: Intended,
  now: Instant,
  { reason, words }: Unwritten,
): Settlement {
  const attempt = { code: "", words };
  return { ...plain(message, now), state: "failed", reason, attempt };
}

function row({ message, now }: CallFacts, state: MessageState, reason: Reason): Settlement {
  return { ...plain(message, now), state, reason };
}

function plain(message: Intended, at: Instant): Omit<Settlement, "state" | "reason"> {
  return {
    n: message.n,
    gen: message.gen,
    try: message.try,
    at,
    dueAt: null,
    renews: false,
    counts: true,
    segments: null,
    providerId: null,
    attempt: null,
  };
}
