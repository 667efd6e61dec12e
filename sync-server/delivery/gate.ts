/**
 * How an account may be used now: its breaker, calls in flight, messages a second, and what its
 * provider asked for. Shared by every campaign that goes through the account. It lives in memory
 * and is stored with the results and claims that changed it. Pure: the moment comes in.
 */
import { defaultLimits, type Limits } from "#domain/campaign/account.ts";
import type { Instant } from "#domain/core/time.ts";
import {
  afterCall,
  closedBreaker,
  defaultGuards,
  halfOpened,
  isRetryDue,
  resumesItself,
  type Breaker,
  type BreakerState,
  type Ended,
  type Guards,
} from "#domain/message/breaker.ts";
import type { Reason } from "#domain/message/reason.ts";
import { cold } from "#domain/message/warm-up.ts";
import type { LimitedBy } from "#domain/report/rollup.ts";
import type { AccountState } from "../store/guard-store.ts";
import { CallRate } from "./call-rate.ts";
import { createRecipientLimits, type RecipientLimits, type Wait } from "./recipient-limits.ts";
import type { SenderPace } from "./sender-pace.ts";
import { sharedWarmth, warmthOf, type SenderWarmth } from "./sender-warmth.ts";
import { createTurns, type Turns } from "./turns.ts";

export interface Gate {
  /** What people set, and what the account shares with others of its sender. */
  set(limits: Limits, guards: Guards, sender: SenderOf): void;
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
  /** Whose turn it is among those that share the account or its sender. */
  readonly turns: Turns;
  /** Calls that began and did not end. */
  readonly inFlight: number;
  /** How many calls may begin now. */
  free(now: Instant): number;
  /** How many messages may be claimed now, of those that the sender may have today. */
  claimable(now: Instant): number;
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
  succeeded(address: string, now: Instant): void;
  failed(failure: Failed, now: Instant): void;
  /** The provider asked to slow down. `achieved`: messages a second of late. */
  slowDown(now: Instant, asked: Asked): void;
  /**
   * The recipient's mail host put a message off: its domain rests, and begins anew. Answers whether
   * it did so too often in a row to go on asking.
   */
  putOff(address: string, now: Instant, achieved: number): boolean;
  /** The message was put off, or taken for unwanted: the sender warms up more slowly. */
  setBack(): void;
  /** So many messages are about to be claimed: remembers what could begin. */
  claimed(now: Instant, n: number): void;
  /** So many of them will not be called for, for now. */
  released(n: number): void;
  /** How the account stands, when that is not stored yet; null: nothing is new. */
  takeChange(now: Instant): AccountState | null;
  /** What was taken is stored. */
  stored(state: AccountState | null): void;
  /** What was taken could not be stored. */
  keepChange(): void;
}

/** What accounts of one sender share. */
export interface SenderOf {
  /** null: nobody set one. */
  readonly pace: SenderPace | null;
  readonly warmth: SenderWarmth;
  readonly turns: Turns;
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
  #sender: SenderOf = {
    pace: null,
    warmth: warmthOf(sharedWarmth("", cold), null),
    turns: createTurns(),
  };
  #breaker: Breaker;
  readonly #rate: CallRate;
  #inFlight = 0;
  // Calls in flight start at one and double, so that a dead account costs few of them.
  #ramp = 1;
  #wasLimited = false;
  #claimedAt: Instant;
  readonly #recipients: RecipientLimits;
  #isChanged = false;
  #isStoredOpen: boolean;
  #isTryingItself = false;
  /** The server died while a message was tried: who had asked for that is not known. */
  #wasTrying: boolean;

  constructor(stored: AccountState | null, now: Instant) {
    this.#breaker = stored?.breaker ?? closedBreaker;
    this.#rate = new CallRate(stored, now);
    this.#claimedAt = stored?.claimedAt ?? 0;
    this.#isStoredOpen = stored?.breaker.state === "open";
    this.#wasTrying = stored?.breaker.state === "half_open";
    this.#recipients = createRecipientLimits(this.#claimedAt, stored?.domains ?? []);
  }

  get breaker(): Breaker {
    return this.#breaker;
  }

  get state(): BreakerState {
    return this.#breaker.state;
  }

  set(limits: Limits, guards: Guards, sender: SenderOf): void {
    this.#limits = limits;
    this.#rate.set(limits.perSecond);
    this.#guards = guards;
    this.#sender = sender;
    this.#recipients.setLimits(limits);
  }

  get turns(): Turns {
    return this.#sender.turns;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get isTryingItself(): boolean {
    if (this.#breaker.state !== "half_open") return false;
    return (
      this.#isTryingItself || (this.#wasTrying && resumesItself(this.#breaker.reason, this.#guards))
    );
  }

  get isStoredOpen(): boolean {
    return this.#isStoredOpen;
  }

  halfOpen(by: "itself" | "person"): void {
    this.#ramp = 1;
    this.#wasTrying = false;
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
    if (this.#breaker.state === "open" || this.#rate.isResting(now)) return 0;
    return Math.max(0, Math.min(this.#width() - this.#inFlight, this.#tokens(now)));
  }

  claimable(now: Instant): number {
    return this.#sender.warmth.claimable(now);
  }

  isBlocked(now: Instant): boolean {
    return this.#rate.isResting(now) || this.#breaker.state === "open";
  }

  limitedBy(now: Instant): LimitedBy | null {
    if (this.#rate.isResting(now)) return "provider";
    if (this.#sender.warmth.free(now) < 1) return "warm_up";
    if (this.#rate.tokens(now) < 1) return this.#rate.limitedBy(now);
    if (this.#sender.pace !== null && this.#sender.pace.tokens(now) < 1) return "sender";
    if (this.#inFlight < this.#width()) return null;
    if (this.#ramp >= this.#limits.concurrency) return "concurrency";
    return this.#wasLimited ? "provider" : "slow_start";
  }

  freeAt(now: Instant): Instant | null {
    if (this.#breaker.state === "open") return this.#breaker.retryAt;
    if (this.#rate.isResting(now)) return this.#rate.nextAt(now);
    const { pace, warmth } = this.#sender;
    const moments = [warmth.opensAt(now), this.#rate.nextAt(now), pace?.nextAt(now) ?? null];
    const known = moments.filter((at) => at !== null);
    return known.length === 0 ? null : Math.max(...known);
  }

  waitOf(address: string, now: Instant): Wait | null {
    return this.#recipients.waitOf(address, now);
  }

  turnOf(address: string, now: Instant): Instant {
    return this.#recipients.turnOf(address, now);
  }

  began(address: string, now: Instant): void {
    this.#inFlight += 1;
    this.#rate.began(now);
    this.#sender.pace?.began(now);
    this.#sender.warmth.began(now);
    this.#recipients.began(address, now);
  }

  ended(): void {
    this.#inFlight -= 1;
  }

  succeeded(address: string, now: Instant): void {
    this.#recipients.took(address);
    this.#rate.succeeded();
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
    if (this.#rate.isResting(now)) return;
    this.#count({ reason: "rate_limited", detail, at: now });
    this.#ramp = Math.max(1, this.#ramp / 2);
    this.#rate.slowDown(now, afterMs, achieved);
    this.#isChanged = true;
  }

  putOff(address: string, now: Instant, achieved: number): boolean {
    return this.#recipients.putOff(address, now, achieved);
  }

  setBack(): void {
    this.#sender.warmth.setBack();
  }

  claimed(now: Instant, n: number): void {
    this.#sender.warmth.claimed(n);
    const { perSecond, perDomain, perSender, pairSeconds } = this.#limits;
    const isPaced = [perSecond, perDomain, perSender, pairSeconds].some((each) => each !== null);
    if (!isPaced && !this.#rate.isSlowed) return;
    this.#claimedAt = now;
    this.#isChanged = true;
  }

  released(n: number): void {
    this.#sender.warmth.released(n);
  }

  takeChange(now: Instant): AccountState | null {
    const sender = this.#sender.warmth.takeChange(now);
    const domains = this.#recipients.takeChange();
    if (!this.#isChanged && sender === null && domains.length === 0) return null;
    this.#isChanged = false;
    return {
      breaker: this.#breaker,
      ...this.#rate.state,
      ramp: this.#ramp,
      claimedAt: this.#claimedAt,
      sender,
      domains,
    };
  }

  stored(state: AccountState | null): void {
    if (state?.breaker.state === "open" && this.#breaker.state === "open") {
      this.#isStoredOpen = true;
    }
  }

  keepChange(): void {
    this.#isChanged = true;
    this.#recipients.keepChange();
    this.#sender.warmth.keepChange();
  }

  #count(ended: Ended): void {
    this.#turn(afterCall(this.#breaker, ended, this.#guards));
  }

  #turn(next: Breaker): void {
    const { state, failures } = this.#breaker;
    if (next.state !== state || next.failures !== failures) this.#isChanged = true;
    if (next.state === "open" && state !== "open") this.#ramp = 1;
    // It rested for long: the careful start finds out anew how fast it may go.
    if (next.state === "closed" && state === "half_open") this.#rate.forget();
    if (next.state !== "open" || state !== "open") this.#isStoredOpen = false;
    this.#breaker = next;
  }

  /** One message at a time while it is not known whether the way is mended. */
  #width(): number {
    if (this.#breaker.state === "half_open") return 1;
    return Math.floor(Math.min(this.#ramp, this.#limits.concurrency));
  }

  #tokens(now: Instant): number {
    const { pace, warmth } = this.#sender;
    return Math.min(this.#rate.tokens(now), pace?.tokens(now) ?? Infinity, warmth.free(now));
  }
}
