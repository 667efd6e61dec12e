/**
 * The warm-up of senders, whichever accounts of their workspace they go through. What is claimed
 * counts before it is called for: after a crash a day is rather too short than too long. Pure.
 */
import type { Instant } from "#domain/core/time.ts";
import {
  atMoment,
  dayLimit,
  leftToday,
  opensAt,
  withOne,
  type Warmth,
  type WarmUp,
} from "#domain/message/warm-up.ts";
import type { SenderState } from "../store/guard-store.ts";

export interface SenderWarmth {
  /** Messages that may begin now; Infinity: it is warm, or nobody wants it warmed up. */
  free(now: Instant): number;
  /** Messages that may be claimed now. */
  claimable(now: Instant): number;
  /** When one may begin that may not now; null: it may. */
  opensAt(now: Instant): Instant | null;
  claimed(n: number): void;
  /** Claimed, and not called for after all. */
  released(n: number): void;
  /** A call begins for what was claimed. */
  began(now: Instant): void;
  /** A message was put off, or taken for unwanted. */
  setBack(): void;
  /** What is to be stored, when that is news. */
  takeChange(now: Instant): SenderState | null;
  /** What was taken could not be stored. */
  keepChange(): void;
}

/** What accounts of one sender share. */
export interface SharedWarmth {
  readonly sender: string;
  warmth: Warmth;
  /** Messages that are claimed and not called for. */
  held: number;
  isChanged: boolean;
}

export function sharedWarmth(sender: string, warmth: Warmth): SharedWarmth {
  return { sender, warmth, held: 0, isChanged: false };
}

/** As an account sees it that warms its sender up like this. Where accounts differ, each keeps to its own. */
export function warmthOf(shared: SharedWarmth, warmUp: WarmUp | null): SenderWarmth {
  return warmUp === null ? unlimited(shared) : new LimitedWarmth(shared, warmUp);
}

/** Counts what is held, so that a warm-up that is switched on later begins right. */
function unlimited(shared: SharedWarmth): SenderWarmth {
  const hold = (n: number): void => {
    shared.held = Math.max(0, shared.held + n);
  };
  return {
    free: () => Infinity,
    claimable: () => Infinity,
    opensAt: () => null,
    claimed: (n) => hold(n),
    released: (n) => hold(-n),
    began: () => hold(-1),
    setBack: () => undefined,
    takeChange: () => null,
    keepChange: () => undefined,
  };
}

class LimitedWarmth implements SenderWarmth {
  readonly #shared: SharedWarmth;
  readonly #warmUp: WarmUp;

  constructor(shared: SharedWarmth, warmUp: WarmUp) {
    this.#shared = shared;
    this.#warmUp = warmUp;
  }

  free(now: Instant): number {
    return leftToday(this.#at(now), this.#warmUp);
  }

  claimable(now: Instant): number {
    return Math.max(0, this.free(now) - this.#shared.held);
  }

  opensAt(now: Instant): Instant | null {
    return opensAt(this.#at(now), this.#warmUp);
  }

  claimed(n: number): void {
    this.#hold(n);
  }

  released(n: number): void {
    this.#hold(-n);
  }

  began(now: Instant): void {
    this.#hold(-1);
    if (this.#isWarm) return;
    this.#shared.warmth = withOne(this.#at(now), now);
  }

  setBack(): void {
    if (this.#isWarm) return;
    const { warmth } = this.#shared;
    this.#shared.warmth = { ...warmth, setBacks: warmth.setBacks + 1 };
    this.#shared.isChanged = true;
  }

  takeChange(now: Instant): SenderState | null {
    const { dayAt, used } = this.#at(now);
    const { held, isChanged, sender, warmth } = this.#shared;
    if (!isChanged) return null;
    this.#shared.isChanged = false;
    if (held === 0 || this.#isWarm) return { sender, ...warmth };
    return { sender, ...warmth, dayAt: dayAt ?? now, used: used + held };
  }

  keepChange(): void {
    this.#shared.isChanged = true;
  }

  get #isWarm(): boolean {
    return dayLimit(this.#warmUp, this.#shared.warmth.level) === Infinity;
  }

  #hold(n: number): void {
    this.#shared.held = Math.max(0, this.#shared.held + n);
    if (!this.#isWarm) this.#shared.isChanged = true;
  }

  #at(now: Instant): Warmth {
    const known = this.#shared.warmth;
    const next = atMoment(known, this.#warmUp, now);
    if (next !== known) {
      this.#shared.warmth = next;
      this.#shared.isChanged = true;
    }
    return next;
  }
}
