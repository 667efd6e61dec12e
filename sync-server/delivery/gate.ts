/**
 * How an account may be used now: its breaker, calls in flight, messages a second, and what its
 * provider asked for. Shared by every campaign that goes through the account. It lives in memory
 * and is stored with the results and claims that changed it. Pure: the moment comes in.
 */
import { defaultLimits, type Limits } from "#domain/campaign/account.ts";
import { hourMs, secondMs, type Instant } from "#domain/core/time.ts";
import {
  afterCall,
  closedBreaker,
  defaultGuards,
  halfOpened,
  isRetryDue,
  type Breaker,
  type BreakerState,
  type Ended,
  type Guards,
} from "#domain/message/breaker.ts";
import {
  emptyBucket,
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
import type { Reason } from "#domain/message/reason.ts";
import type { LimitedBy } from "#domain/report/rollup.ts";
import type { AccountState } from "../store/guard-store.ts";
import { createRecipientLimits, type RecipientLimits, type Wait } from "./recipient-limits.ts";
import type { SenderPace } from "./sender-pace.ts";

export interface Gate {
  /** What people set, and the pace of the sender that the account shares with others. */
  set(limits: Limits, guards: Guards, sender: SenderPace | null): void;
  readonly breaker: Breaker;
  readonly state: BreakerState;
  /** The rest is over or a person asks: one message may be tried. */
  halfOpen(by: "itself" | "person"): void;
  /** Half open because its rest was over: a paused campaign may give the message. */
  readonly isTryingItself: boolean;
  /** Open, and every campaign of the time is paused in the store. */
  readonly isStoredOpen: boolean;
  /** Whether a message is to be tried now without a person. */
  isRetryDue(now: Instant): boolean;
  /** A look at the credentials failed before anything was sent. */
  refused(reason: Reason, detail: string, now: Instant): void;
  /** How many calls may begin now. */
  free(now: Instant): number;
  /** The provider asked for rest. */
  isBlocked(now: Instant): boolean;
  /** What keeps the next call from beginning; null: nothing. */
  limitedBy(now: Instant): LimitedBy | null;
  /** When a call may begin that may not now; null when only the end of another call helps. */
  freeAt(now: Instant): Instant | null;
  /** When a call to this address may begin; null: now. */
  waitOf(address: string, now: Instant): Wait | null;
  /** A turn for a message that has to wait. */
  turnOf(address: string, now: Instant): Instant;
  began(address: string, now: Instant): void;
  ended(): void;
  /** The provider took it: speed up, and forget failures. */
  succeeded(now: Instant): void;
  failed(failure: Failed, now: Instant): void;
  /** The provider asked to slow down. `achieved`: messages a second of late. */
  slowDown(now: Instant, asked: Asked): void;
  /** Messages are about to be claimed: remembers what could begin. */
  claimed(now: Instant): void;
  /** How the account stands, when that is not stored yet; null: nothing is new. */
  takeChange(): AccountState | null;
  /** What was taken is stored. */
  stored(state: AccountState | null): void;
  /** What was taken could not be stored. */
  keepChange(): void;
}

/** A call that ended without being accepted. */
export type Failed = Omit<Ended, "at"> & { readonly reason: Reason };

export interface Asked {
  readonly afterMs: number | null;
  readonly achieved: number;
  readonly detail: string;
}

export function createGate(stored: AccountState | null, now: Instant): Gate {
  return new AccountGate(stored, now);
}

class AccountGate implements Gate {
  #limits: Limits = { ...defaultLimits, concurrency: 1 };
  #guards: Guards = defaultGuards;
  #sender: SenderPace | null = null;
  #breaker: Breaker;
  #learned: Learned;
  #blockedUntil: Instant;
  #inFlight = 0;
  // Calls in flight start at one and double, so that a dead account costs few of them.
  #ramp = 1;
  #wasLimited = false;
  /** Requests to slow down without a success in between. */
  #asked = 0;
  #bucket: Bucket;
  #claimedAt: Instant;
  readonly #recipients: RecipientLimits;
  #isChanged = false;
  #isStoredOpen: boolean;
  #isTryingItself = false;

  constructor(stored: AccountState | null, now: Instant) {
    this.#breaker = stored?.breaker ?? closedBreaker;
    this.#learned = stored?.learned ?? nothingLearned;
    this.#blockedUntil = stored?.blockedUntil ?? 0;
    this.#claimedAt = stored?.claimedAt ?? 0;
    this.#isStoredOpen = stored?.breaker.state === "open";
    // Empty after a restart; an account that was never used owes nobody a wait.
    this.#bucket = stored === null ? { tokens: 1, at: now } : emptyBucket(now);
    this.#recipients = createRecipientLimits(this.#claimedAt);
  }

  get breaker(): Breaker {
    return this.#breaker;
  }

  get state(): BreakerState {
    return this.#breaker.state;
  }

  set(limits: Limits, guards: Guards, sender: SenderPace | null): void {
    this.#limits = limits;
    this.#guards = guards;
    this.#sender = sender;
    this.#recipients.setLimits(limits);
  }

  get isTryingItself(): boolean {
    return this.#isTryingItself && this.#breaker.state === "half_open";
  }

  get isStoredOpen(): boolean {
    return this.#isStoredOpen;
  }

  halfOpen(by: "itself" | "person"): void {
    this.#ramp = 1;
    this.#isTryingItself = by === "itself";
    this.#turn(halfOpened(this.#breaker));
  }

  isRetryDue(now: Instant): boolean {
    return isRetryDue(this.#breaker, now);
  }

  refused(reason: Reason, detail: string, now: Instant): void {
    this.#isChanged = true;
    this.#turn(afterCall(halfOpened(this.#breaker), { reason, detail, at: now }, this.#guards));
  }

  free(now: Instant): number {
    if (this.#breaker.state === "open" || this.#isResting(now)) return 0;
    return Math.max(0, Math.min(this.#width() - this.#inFlight, this.#tokens(now)));
  }

  isBlocked(now: Instant): boolean {
    return this.#isResting(now) || this.#breaker.state === "open";
  }

  limitedBy(now: Instant): LimitedBy | null {
    if (this.#isResting(now)) return "provider";
    const learned = this.#learnedRate(now);
    const { concurrency, perSecond } = this.#limits;
    if (this.#rateTokens(now) < 1) {
      return learned !== null && learned < (perSecond ?? Infinity) ? "provider" : "account";
    }
    if (this.#sender !== null && this.#sender.tokens(now) < 1) return "sender";
    if (this.#inFlight < this.#width()) return null;
    if (this.#ramp >= concurrency) return "concurrency";
    return this.#wasLimited ? "provider" : "slow_start";
  }

  freeAt(now: Instant): Instant | null {
    if (this.#breaker.state === "open") return this.#breaker.retryAt;
    if (this.#isResting(now)) return this.#blockedUntil;
    const rate = this.#rate(now);
    const own = rate === null ? null : nextTokenAt(this.#fill(rate, now), rate);
    const sender = this.#sender?.nextAt(now) ?? null;
    if (own === null || sender === null) return own ?? sender;
    return Math.max(own, sender);
  }

  waitOf(address: string, now: Instant): Wait | null {
    return this.#recipients.waitOf(address, now);
  }

  turnOf(address: string, now: Instant): Instant {
    return this.#recipients.turnOf(address, now);
  }

  began(address: string, now: Instant): void {
    this.#inFlight += 1;
    const rate = this.#rate(now);
    if (rate !== null) this.#bucket = withoutOne(this.#fill(rate, now));
    this.#sender?.began(now);
    this.#recipients.began(address, now);
  }

  ended(): void {
    this.#inFlight -= 1;
  }

  succeeded(now: Instant): void {
    this.#asked = 0;
    this.#count({ reason: null, detail: "", at: now });
    const { concurrency } = this.#limits;
    this.#ramp = Math.min(concurrency, this.#wasLimited ? this.#ramp + 0.1 : this.#ramp * 2);
  }

  failed(failure: Failed, now: Instant): void {
    this.#count({ ...failure, at: now });
  }

  slowDown(now: Instant, { afterMs, achieved, detail }: Asked): void {
    this.#wasLimited = true;
    // Answers of one burst come together: they are one request to slow down.
    if (this.#isResting(now)) return;
    this.#count({ reason: "rate_limited", detail, at: now });
    this.#asked = Math.min(this.#asked + 1, 6);
    this.#ramp = Math.max(1, this.#ramp / 2);
    this.#learned = slowed(this.#learned, Math.max(1, achieved), now);
    this.#blockedUntil = now + (afterMs ?? secondMs * 2 ** (this.#asked - 1));
    this.#isChanged = true;
  }

  claimed(now: Instant): void {
    const { perSecond, perDomain, perSender, pairSeconds } = this.#limits;
    const isPaced = [perSecond, perDomain, perSender, pairSeconds].some((each) => each !== null);
    if (!isPaced && this.#learned.rate === null) return;
    this.#claimedAt = now;
    this.#isChanged = true;
  }

  takeChange(): AccountState | null {
    if (!this.#isChanged) return null;
    this.#isChanged = false;
    return {
      breaker: this.#breaker,
      learned: this.#learned,
      blockedUntil: this.#blockedUntil,
      ramp: this.#ramp,
      tokens: this.#bucket.tokens,
      claimedAt: this.#claimedAt,
    };
  }

  stored(state: AccountState | null): void {
    if (state?.breaker.state === "open" && this.#breaker.state === "open") {
      this.#isStoredOpen = true;
    }
  }

  keepChange(): void {
    this.#isChanged = true;
  }

  #count(ended: Ended): void {
    this.#turn(afterCall(this.#breaker, ended, this.#guards));
  }

  #turn(next: Breaker): void {
    const { state, failures } = this.#breaker;
    if (next.state !== state || next.failures !== failures) this.#isChanged = true;
    if (next.state === "open" && state !== "open") this.#ramp = 1;
    // It rested for long: the careful start finds out anew how fast it may go.
    if (next.state === "closed" && state === "half_open") this.#learned = nothingLearned;
    if (next.state !== "open" || state !== "open") this.#isStoredOpen = false;
    this.#breaker = next;
  }

  /** One message at a time while it is not known whether the way is mended. */
  #isResting(now: Instant): boolean {
    // Nobody is obeyed for longer than an hour: the clock was set back meanwhile.
    if (this.#blockedUntil > now + hourMs) this.#blockedUntil = now;
    return now < this.#blockedUntil;
  }

  #width(): number {
    if (this.#breaker.state === "half_open") return 1;
    return Math.floor(Math.min(this.#ramp, this.#limits.concurrency));
  }

  #tokens(now: Instant): number {
    return Math.min(this.#rateTokens(now), this.#sender?.tokens(now) ?? Infinity);
  }

  #rateTokens(now: Instant): number {
    const rate = this.#rate(now);
    return rate === null ? Infinity : wholeTokens(this.#fill(rate, now));
  }

  #rate(now: Instant): number | null {
    return lowerRate(this.#limits.perSecond, this.#learnedRate(now));
  }

  #learnedRate(now: Instant): number | null {
    if (this.#learned.rate === null) return null;
    this.#learned = recovered(this.#learned, now);
    return this.#learned.rate;
  }

  #fill(rate: number, now: Instant): Bucket {
    this.#bucket = filled(this.#bucket, rate, now);
    return this.#bucket;
  }
}
