/** What happens at an account's gate: how calls through it ended, and what of it is to be stored. */
import type { Instant } from "#domain/core/time.ts";
import type { Reason } from "#domain/message/reason.ts";
import type { Outcome } from "../providers/provider.ts";
import type { Intended } from "../store/distribution.ts";
import type { AccountState } from "../store/guard-store.ts";
import type { Gate } from "./gate.ts";
import { withoutAddresses } from "./redact.ts";

/** Of a provider's words, in the activity. */
const maxDetail = 200;

/** A provider's words as people may see them. */
export function shown(words: string): string {
  return withoutAddresses(words).slice(0, maxDetail);
}

/** Stores how the account stands along with something else; what could not be stored is new again. */
export async function storing<T>(
  gate: Gate,
  now: Instant,
  store: (account: AccountState | null) => Promise<T>,
): Promise<T> {
  const account = gate.takeChange(now);
  try {
    const answer = await store(account);
    gate.stored(account);
    return answer;
  } catch (error) {
    if (account !== null) gate.keepChange();
    throw error;
  }
}

/** The same for messages that are claimed: those that there were not, or that were not stored, go back. */
export async function claiming<T extends { readonly messages: readonly unknown[] }>(
  gate: Gate,
  { limit, now }: { readonly limit: number; readonly now: Instant },
  store: (account: AccountState | null) => Promise<T>,
): Promise<T> {
  gate.claimed(now, limit);
  let claimed = 0;
  try {
    const answer = await storing(gate, now, store);
    claimed = answer.messages.length;
    return answer;
  } finally {
    gate.released(limit - claimed);
  }
}

export interface EndedCall {
  readonly message: Pick<Intended, "gen" | "try" | "address">;
  /** Messages a second of late. */
  readonly rate: number;
  readonly now: Instant;
}

/** A call that did not end with the provider taking the message. */
export type Failure = Exclude<Outcome, { readonly outcome: "accepted" }>;

export interface Told {
  /** What the message comes to. */
  readonly outcome: Outcome;
  /** Whether the other side did more than ask for time. */
  readonly isEnd: boolean;
}

/** Tells the gate of a call that failed. */
export function tellGate(gate: Gate, outcome: Failure, { message, rate, now }: EndedCall): Told {
  const { code, reason, words } = outcome;
  if (isSetBack(reason)) gate.setBack();
  if (outcome.outcome === "later" && outcome.by === "domain") {
    // What a mail host says of its own domain is no fault of the way there; who puts off everything refuses it.
    const isRefusal = gate.putOff(message.address, now, rate);
    return isRefusal
      ? { outcome: { outcome: "refused", reason, code, words }, isEnd: true }
      : { outcome, isEnd: false };
  }
  const detail = shown(words);
  if (reason === "rate_limited") {
    const afterMs = outcome.outcome === "later" ? outcome.afterMs : null;
    gate.slowDown(now, { afterMs, achieved: rate, detail });
    return { outcome, isEnd: false };
  }
  gate.failed({ reason, detail, isRepeat: message.gen > 1 || message.try > 1 }, now);
  return { outcome, isEnd: true };
}

/** What says that the sender is not trusted yet: it was put off, or taken for unwanted. */
function isSetBack(reason: Reason): boolean {
  return reason === "rate_limited" || reason === "spam_filtered" || reason === "carrier_rejected";
}
