/**
 * Messages a second through an account, or to one mail domain: the limit that people set, and what
 * the other side asked for. After a request to slow down nothing begins for a while; then it goes
 * on more slowly, and recovers. Pure.
 */
import { hourMs, secondMs, type Instant } from "#domain/core/time.ts";
import {
  bucketAtStart,
  filled,
  lowerRate,
  nextTokenAt,
  nothingLearned,
  recovered,
  slowed,
  wholeTokens,
  withoutOne,
  type Bucket,
  type Learned,
} from "#domain/message/pacing.ts";
import type { AccountState } from "../store/guard-store.ts";

type Stored = Pick<AccountState, "learned" | "blockedUntil" | "tokens">;
type Known = Stored & Pick<AccountState, "claimedAt">;

export class CallRate {
  #perSecond: number | null = null;
  #learned: Learned;
  #blockedUntil: Instant;
  #bucket: Bucket;
  /** Requests to slow down without a success in between. */
  #asked = 0;

  constructor(stored: Known | null, now: Instant) {
    this.#learned = stored?.learned ?? nothingLearned;
    this.#blockedUntil = stored?.blockedUntil ?? 0;
    this.#bucket = bucketAtStart(stored?.claimedAt ?? null, now);
  }

  set(perSecond: number | null): void {
    this.#perSecond = perSecond;
  }

  /** Whether requests to slow down left a lower rate. */
  get isSlowed(): boolean {
    return this.#learned.rate !== null;
  }

  get state(): Stored {
    return {
      learned: this.#learned,
      blockedUntil: this.#blockedUntil,
      tokens: this.#bucket.tokens,
    };
  }

  /** The provider asked for rest, which is not over. */
  isResting(now: Instant): boolean {
    // Nobody is obeyed for longer than an hour: the clock was set back meanwhile.
    if (this.#blockedUntil > now + hourMs) this.#blockedUntil = now;
    return now < this.#blockedUntil;
  }

  /** Calls that may begin now; Infinity: nothing limits them. */
  tokens(now: Instant): number {
    const rate = this.#rate(now);
    return rate === null ? Infinity : wholeTokens(this.#fill(rate, now));
  }

  /** When one may begin that may not now; null: it may. */
  nextAt(now: Instant): Instant | null {
    if (this.isResting(now)) return this.#blockedUntil;
    const rate = this.#rate(now);
    return rate === null ? null : nextTokenAt(this.#fill(rate, now), rate);
  }

  /** Whose limit is the lower one. */
  limitedBy(now: Instant): "provider" | "account" {
    const learned = this.#learnedRate(now);
    return learned !== null && learned < (this.#perSecond ?? Infinity) ? "provider" : "account";
  }

  began(now: Instant): void {
    const rate = this.#rate(now);
    if (rate !== null) this.#bucket = withoutOne(this.#fill(rate, now));
  }

  /** Nothing begins until then. After it, one message a second and, bit by bit, as many as before. */
  beginAnew(at: Instant, achieved: number): void {
    this.#learned = { rate: 1, from: Math.max(1, achieved), at };
    this.#blockedUntil = at;
  }

  /** Messages a second that may go; null: as many as the other side takes. */
  perSecond(now: Instant): number | null {
    return this.#rate(now);
  }

  succeeded(): void {
    this.#asked = 0;
  }

  /** `achieved`: messages a second of late. */
  slowDown(now: Instant, afterMs: number | null, achieved: number): void {
    this.#asked = Math.min(this.#asked + 1, 6);
    this.#learned = slowed(this.#learned, Math.max(1, achieved), now);
    this.#blockedUntil = now + (afterMs ?? secondMs * 2 ** (this.#asked - 1));
  }

  /** It rested for long: how fast it may go is found out anew. */
  forget(): void {
    this.#learned = nothingLearned;
  }

  #rate(now: Instant): number | null {
    return lowerRate(this.#perSecond, this.#learnedRate(now));
  }

  #learnedRate(now: Instant): number | null {
    // What rests recovers only afterwards.
    if (this.#learned.rate === null || this.isResting(now)) return this.#learned.rate;
    this.#learned = recovered(this.#learned, now);
    return this.#learned.rate;
  }

  #fill(rate: number, now: Instant): Bucket {
    this.#bucket = filled(this.#bucket, rate, now);
    return this.#bucket;
  }
}
