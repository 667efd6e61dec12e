/**
 * Whether and when a message is tried again. An unknown outcome is repeated under the same key;
 * only a definite failure earns a new one. Chance comes in as an argument.
 */
import { hourMs, minuteMs, secondMs } from "../core/time.ts";
import type { Reason } from "./reason.ts";

/** Calls of one deliberate send, the first one included. */
export const maxTries = 5;

const baseMs = 2 * secondMs;
const capMs = 15 * minuteMs;

/** How long proof of an unknown outcome is waited for when it cannot be repeated safely. */
export const resolveWindowMs = 10 * minuteMs;

/** A number in [0, 1). */
export type Random = () => number;

/**
 * Full jitter: anywhere between nothing and a bound that doubles with each try, so that a
 * thousand messages that failed together do not come back together.
 */
export function backoffMs(tries: number, random: Random): number {
  const bound = Math.min(capMs, baseMs * 2 ** Math.min(tries, 20));
  return Math.floor(random() * bound);
}

/** Somebody's phone is off or mailbox is full: minutes later is too soon to tell. */
const patience = [15 * minuteMs, hourMs, 4 * hourMs];

export interface Tried {
  readonly reason: Reason;
  /** Calls of this gen so far, this one included. */
  readonly tries: number;
  /** What the provider asked for, or null. */
  readonly afterMs: number | null;
}

/**
 * How long to wait before a try that is known not to have been accepted; null: no more tries.
 * A provider that says when is believed.
 */
export function retryDelayMs({ reason, tries, afterMs }: Tried, random: Random): number | null {
  if (!usesUpTry(reason)) return afterMs ?? waitOf(reason, random);
  if (tries >= maxTries) return null;
  if (reason !== "unreachable") return afterMs ?? backoffMs(tries, random);
  const delayMs = patience[tries - 1];
  return delayMs === undefined ? null : (afterMs ?? delayMs);
}

/** Being asked to come later is no try: it may happen as often as the provider likes. */
export function usesUpTry(reason: Reason): boolean {
  return reason !== "rate_limited" && reason !== "quota_reached";
}

/** A daily or monthly limit does not end within minutes. */
function waitOf(reason: Reason, random: Random): number {
  return reason === "quota_reached" ? hourMs : backoffMs(1, random);
}

/** Deliberate sends of one message that happen by themselves, the first one included. */
export const maxGens = 3;

/** How long after its launch a campaign sends messages again by itself. */
export const resendWithinMs = 72 * hourMs;

/** After a definite failure: how long until the next deliberate send, by the number of sends so far. */
const ladders: Readonly<Partial<Record<Reason, readonly number[]>>> = {
  unreachable: patience,
  expired: [15 * minuteMs, hourMs],
  carrier_rejected: [30 * minuteMs],
  media_error: [15 * minuteMs],
  recipient_cap: [24 * hourMs],
  unknown: [30 * minuteMs],
  internal_error: [minuteMs, 15 * minuteMs],
};

export interface Failed {
  readonly reason: Reason;
  /** The deliberate send that failed: 1 for the first. */
  readonly gen: number;
}

/** How long after this failure the message is sent again by itself, under a new key; null: it is not. */
export function resendDelayMs({ reason, gen }: Failed): number | null {
  return gen >= maxGens ? null : (ladders[reason]?.[gen - 1] ?? null);
}
