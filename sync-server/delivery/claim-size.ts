/**
 * How many messages to claim. Where a key is honoured, enough to keep the way full: after a crash
 * they are simply repeated. Elsewhere only what can start at once: whatever was claimed when the
 * engine died is in doubt, and must be little. Pure.
 */
import { secondMs, type Instant } from "#domain/core/time.ts";
import type { OpenAccount } from "./carriers.ts";
import type { Gate } from "./gate.ts";
import type { Seat } from "./turns.ts";

export interface Going {
  readonly gate: Gate;
  /** For a campaign that is paused: one message, to try the account with. */
  readonly isProbe: boolean;
  /** Messages that are claimed and not handed over. */
  readonly held: number;
  /** Of its own calls, those in flight. */
  readonly calls: number;
  readonly seat: Seat;
  /** Messages handed over a second. A sending that began less than `leastMs` ago counts as begun so long ago. */
  readonly rate: (leastMs: number) => number;
  readonly now: Instant;
}

/** At once: with so many to a commit, even that of a busy disk is hardly felt any more. */
const maxWindow = 2_000;
/** Held ready where a repeat does no harm: two windows, so that calls go on while one is claimed. */
const maxHeld = 2 * maxWindow;
/** What leaves in this time is held ready, and not more: a pause puts it back. */
const aheadMs = 200;
/**
 * How fast a way is that has free slots shows from its first moments on: its calls end sooner than it
 * is fed. They count as this long, as less is the clock's inaccuracy. A full way may have begun more
 * calls than it ever ends; its first moments count as `aheadMs`.
 */
const firstMs = 20;
/** With a speed limit, what a window may hold: a quarter of a second's worth. */
const burstShare = 1 / 4;

type Account = Pick<OpenAccount, "limits" | "provider">;

export function claimSize(account: Account, going: Going): number {
  const { gate, now, seat } = going;
  const wanted = wantedSize(account, going);
  if (wanted < 1) return 0;
  // Slots are for one of those who share them; in what the day allows each has a part.
  if (!account.provider.honoursKeys && !gate.turns.isFirst(seat, now)) return 0;
  return Math.min(wanted, gate.turns.share(seat, gate.claimable(now), now));
}

/** What it would claim if nobody else wanted to. */
export function wantedSize({ limits, provider }: Account, going: Going): number {
  const { gate, isProbe, held, calls, rate, now, seat } = going;
  if (gate.isBlocked(now)) return 0;
  if (gate.state === "half_open") return held + calls === 0 ? 1 : 0;
  // Its one message found the way mended, or closed: what follows is for the campaign as it is then.
  if (isProbe) return 0;
  const burst = limits.perSecond === null ? maxHeld : Math.ceil(limits.perSecond * burstShare);
  if (provider.honoursKeys) {
    const isFull = calls >= limits.concurrency / 2;
    const perSecond = rate(isFull ? aheadMs : firstMs);
    const ahead = Math.max(limits.concurrency * 2, (perSecond * aheadMs) / secondMs);
    const goal = Math.ceil(Math.min(maxHeld, ahead, burst));
    const half = Math.ceil(goal / 2);
    return held > half ? 0 : Math.min(half, goal - held);
  }
  if (held > 0) return 0;
  const reserved = gate.turns.reservedBesides(seat);
  const free = Math.max(0, Math.min(maxWindow, gate.free(now) - reserved));
  const isWorthCommit = free >= Math.min(limits.concurrency, burst) / 2;
  return isWorthCommit || gate.inFlight + reserved === 0 ? free : 0;
}
