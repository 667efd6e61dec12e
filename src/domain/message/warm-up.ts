/**
 * The warm-up of a new sender: few messages on its first day, and twice as many on each following
 * day that went well, until a full day was sent. Who starts with thousands is taken for a spammer
 * by mail hosts and carriers. A day is the 24 hours after its first message. Pure.
 */
import { dayMs, type Instant } from "../core/time.ts";

/** What people set. */
export interface WarmUp {
  /** Messages of the first day. */
  readonly firstDay: number;
  /** Once so many went in a day, the sender is warm and no day has a limit. */
  readonly fullDay: number;
}

/** What a warm-up begins with where nobody says otherwise: ten doublings, as mail hosts advise. */
export const usualWarmUp: WarmUp = { firstDay: 50, fullDay: 50_000 };

/** How far a sender has come. */
export interface Warmth {
  /** Doublings so far. */
  readonly level: number;
  /** The first message of the running day; null: it has none yet. */
  readonly dayAt: Instant | null;
  /** Messages of that day. */
  readonly used: number;
  /** Those of them that were put off or taken for unwanted. */
  readonly setBacks: number;
}

export const cold: Warmth = { level: 0, dayAt: null, used: 0, setBacks: 0 };

/** Of a day that is doubled after it, so much was used. Who sends little proves little. */
const usedShare = 1 / 2;
/** With more set-backs the next day has half as many. */
const setBackShare = 1 / 20;

/** Messages that a day of this level may have; Infinity: the sender is warm. */
export function dayLimit({ firstDay, fullDay }: WarmUp, level: number): number {
  const isWarm = level > 0 && firstDay * 2 ** (level - 1) >= fullDay;
  return isWarm ? Infinity : Math.min(fullDay, firstDay * 2 ** level);
}

/** The warmth at this moment: a day that is over is judged, and the next waits for its first message. */
export function atMoment(warmth: Warmth, warmUp: WarmUp, now: Instant): Warmth {
  const { dayAt } = warmth;
  if (dayAt === null) return warmth;
  // The clock was set back: nobody gets a day longer for it, or a second one.
  if (dayAt > now) return { ...warmth, dayAt: now };
  if (now < dayAt + dayMs) return warmth;
  return { ...cold, level: nextLevel(warmth, warmUp) };
}

function nextLevel({ level, setBacks, used }: Warmth, warmUp: WarmUp): number {
  const limit = dayLimit(warmUp, level);
  if (limit === Infinity) return level;
  if (setBacks > used * setBackShare) return Math.max(0, level - 1);
  return used >= limit * usedShare ? level + 1 : level;
}

/** Messages that may still go in the running day. */
export function leftToday(warmth: Warmth, warmUp: WarmUp): number {
  return Math.max(0, dayLimit(warmUp, warmth.level) - warmth.used);
}

/** A message goes. */
export function withOne(warmth: Warmth, now: Instant): Warmth {
  return { ...warmth, dayAt: warmth.dayAt ?? now, used: warmth.used + 1 };
}

/** When a message may go that may not now; null: it may. */
export function opensAt(warmth: Warmth, warmUp: WarmUp): Instant | null {
  if (warmth.dayAt === null || leftToday(warmth, warmUp) >= 1) return null;
  return warmth.dayAt + dayMs;
}

/** When the last of so many would go, if each day goes well and nobody else sends. */
export function lastAt(warmth: Warmth, warmUp: WarmUp, n: number, from: Instant): Instant {
  const known = atMoment(warmth, warmUp, from);
  let at = from;
  let left = n - leftToday(known, warmUp);
  for (let level = known.level + 1; left > 0; level++) {
    at = at === from ? (known.dayAt ?? from) + dayMs : at + dayMs;
    left -= dayLimit(warmUp, level);
  }
  return at;
}
