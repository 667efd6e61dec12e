/**
 * How fast messages may go to each mail domain: the limit that people set, and what its mail hosts
 * put off. A domain that puts a message off rests for a minute, for twice as long each time that it
 * does so again without having taken one between, and then begins with a message a second. Pure.
 */
import { minuteMs, secondMs, type Instant } from "#domain/core/time.ts";
import { nothingLearned } from "#domain/message/pacing.ts";
import type { DomainRest } from "../store/guard-store.ts";
import { CallRate } from "./call-rate.ts";

export interface DomainLimits {
  /** No domain is limited, nor has one rested of late. */
  readonly isFree: boolean;
  set(perDomain: number | null): void;
  /** When a message to this domain may go; null: now. */
  waitOf(domain: string, now: Instant): Instant | null;
  /** A turn among those of the domain that wait. */
  turnOf(domain: string, now: Instant): Instant;
  began(domain: string, now: Instant): void;
  took(domain: string): void;
  /** Answers whether it did so too often to go on asking. */
  putOff(domain: string, now: Instant, achieved: number): boolean;
  takeChange(): readonly DomainRest[];
  keepChange(): void;
}

export function createDomainLimits(stored: readonly DomainRest[]): DomainLimits {
  return new KnownDomains(stored);
}

interface DomainState {
  readonly rate: CallRate;
  /** The last turn that was given away. */
  lastTurnAt: Instant;
  /** When a message began last. */
  usedAt: Instant;
  rest: Omit<DomainRest, "domain"> | null;
}

/** The longest rest, and how often in a row a domain may ask for one. */
const longestMs = 15 * minuteMs;
const patience = 6;

/** Domains of which nothing needs to be remembered are dropped once there are so many. */
const manyKnown = 10_000;

class KnownDomains implements DomainLimits {
  readonly #known = new Map<string, DomainState>();
  #perDomain: number | null = null;
  #changed = new Set<string>();
  /** What was taken last, in case that it could not be stored. */
  #taken: ReadonlySet<string> = new Set();

  constructor(stored: readonly DomainRest[]) {
    for (const { domain, ...rest } of stored) {
      const state = this.#begin(domain, rest.until);
      state.rest = rest;
      state.rate.beginAnew(rest.until, rest.achieved);
    }
  }

  get isFree(): boolean {
    return this.#perDomain === null && this.#known.size === 0;
  }

  set(perDomain: number | null): void {
    this.#perDomain = perDomain;
    for (const { rate } of this.#known.values()) rate.set(perDomain);
  }

  waitOf(domain: string, now: Instant): Instant | null {
    return this.#of(domain, now)?.rate.nextAt(now) ?? null;
  }

  turnOf(domain: string, now: Instant): Instant {
    const state = this.#of(domain, now);
    if (state === null) return now;
    const perSecond = state.rate.perSecond(now) ?? Infinity;
    const nextAt = state.rate.nextAt(now) ?? now;
    // After a rest it gets faster: who comes too early for that waits once more.
    const soon = Math.min(this.#perDomain ?? Infinity, (state.rest?.achieved ?? 0) / 2);
    state.lastTurnAt = Math.max(nextAt, state.lastTurnAt + secondMs / Math.max(perSecond, soon));
    return Math.ceil(state.lastTurnAt);
  }

  began(domain: string, now: Instant): void {
    const state = this.#of(domain, now);
    if (state === null) return;
    state.rate.began(now);
    state.usedAt = now;
    if (this.#known.size > manyKnown) this.#forget(now);
  }

  took(domain: string): void {
    const state = this.#known.get(domain);
    if (state === undefined || state.rest === null) return;
    state.rest = null;
    this.#changed.add(domain);
  }

  putOff(domain: string, now: Instant, achieved: number): boolean {
    const state = this.#known.get(domain) ?? this.#begin(domain, now);
    const asked = state.rest?.asked ?? 0;
    // Answers of one burst come together: they are one request to rest.
    if (asked > 0 && state.rate.isResting(now)) return false;
    if (asked >= patience) return true;
    const until = now + Math.min(longestMs, minuteMs * 2 ** asked);
    state.rest = { asked: asked + 1, until, achieved };
    state.rate.beginAnew(until, achieved);
    this.#changed.add(domain);
    return false;
  }

  takeChange(): readonly DomainRest[] {
    if (this.#changed.size === 0) return [];
    this.#taken = this.#changed;
    this.#changed = new Set();
    return [...this.#taken].map((domain) => {
      const rest = this.#known.get(domain)?.rest ?? null;
      return { domain, ...(rest ?? { asked: 0, until: 0, achieved: 0 }) };
    });
  }

  keepChange(): void {
    for (const domain of this.#taken) this.#changed.add(domain);
  }

  /** null: nothing limits messages to it. */
  #of(domain: string, now: Instant): DomainState | null {
    const known = this.#known.get(domain);
    if (known !== undefined) return known;
    return this.#perDomain === null ? null : this.#begin(domain, now);
  }

  #begin(domain: string, now: Instant): DomainState {
    // Empty: what was sent to it before is not known.
    const unknown = { learned: nothingLearned, blockedUntil: 0, tokens: 0, claimedAt: 0 };
    const rate = new CallRate(unknown, now);
    rate.set(this.#perDomain);
    const state: DomainState = { rate, lastTurnAt: 0, usedAt: now, rest: null };
    this.#known.set(domain, state);
    return state;
  }

  #forget(now: Instant): void {
    for (const [domain, { lastTurnAt, rate, rest, usedAt }] of this.#known) {
      const isIdle = lastTurnAt <= now && now - usedAt > secondMs;
      if (isIdle && rest === null && rate.tokens(now) > 0) this.#known.delete(domain);
    }
  }
}
