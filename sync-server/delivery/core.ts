/**
 * The engine as a step machine. `step` looks once at everything that the store says there is
 * to do, does a bounded part of each, and answers when to look again. It owns no timer, no
 * clock and no chance: the runner, a test or a simulation decides when the next step is.
 *
 * What holds whatever happens: a call has a durable intent first; results, counters and phases
 * change together; and nothing that matters lives in memory only, so a dead engine's work is
 * found again by `recover`.
 */
import type { Phase } from "#domain/campaign/lifecycle.ts";
import { secondMs, type Instant } from "#domain/core/time.ts";
import type { Receipt, Reply } from "../providers/provider.ts";
import type { OpenDistribution } from "../store/delivery-store.ts";
import { applyReceipts } from "./apply-receipts.ts";
import { launchAwaited, type AwaitedDeps } from "./awaited.ts";
import type { EngineDeps, FaultPoint } from "./carriers.ts";
import { createClockWatch, type ClockWatch } from "./clock-watch.ts";
import type { Gate } from "./gate.ts";
import { earlier } from "./earlier.ts";
import { createGuard, isFull, maySend, type Guard } from "./guard.ts";
import { createLane, type Lane } from "./lane.ts";
import { createPlaces, lookAfter, type Places } from "./receipts.ts";
import { heardIn, type ListeningAccount } from "./replies.ts";
import { createTroubles, type Trouble, type Troubles } from "./troubles.ts";
import { createUpkeep, type Upkeep } from "./upkeep.ts";
import { openWriter } from "./edition-writer.ts";
import { tendWatches, type WatchDeps } from "./watches.ts";

export interface Core {
  /** Answers when to step again; null: when woken. */
  step(): Promise<Instant | null>;
  /** Receipts that a provider sent for an account. Resolves when they are durable. */
  receive(account: AccountOf, receipts: readonly Receipt[]): Promise<number>;
  /** The same, and answers which were news, by their place in the list. */
  hear(account: AccountOf, receipts: readonly Receipt[]): Promise<ReadonlySet<number>>;
  /** What people wrote back to an account. Resolves when it is durable; answers how much was understood. */
  listen(account: ListeningAccount, replies: readonly Reply[]): Promise<number>;
  /** No further call begins. */
  halt(): void;
  /** Whether nothing is in flight and everything known is written. */
  isIdle(): boolean;
  /** Campaigns whose steps keep failing. */
  troubles(): readonly Trouble[];
  /** Stops dead, as a power cut would: for tests. */
  kill(): void;
}

export interface AccountOf {
  readonly workspace: string;
  readonly accountId: string;
}

/** Contacts frozen, and messages canceled, in one transaction. */
const freezeBatch = 5_000;
const cancelBatch = 5_000;
/** A device sees counters at most four times a second. */
const flushEveryMs = 250;
/** Chunks whose receipts are looked after in one step, and when the next ones are. */
const looksPerStep = 8;
const lookAgainMs = secondMs / 4;
/** Chunks whose outcomes are noted in one transaction. */
const noteChunks = 10;

/** How the core asks for a step: at once, or within a moment that others may share. */
export interface Wakes {
  readonly wake: () => void;
  readonly wakeSoon: () => void;
}

export function createCore(deps: EngineDeps, wakes: Wakes): Core {
  return new SteppingCore(deps, wakes);
}

class SteppingCore implements Core {
  readonly #deps: EngineDeps;
  readonly #wakes: Wakes;
  readonly #lanes = new Map<number, Lane>();
  readonly #guard: Guard;
  readonly #flushedAt = new Map<number, Instant>();
  readonly #troubles: Troubles;
  readonly #upkeep: Upkeep;
  readonly #places: Places;
  readonly #watching: WatchDeps;
  readonly #awaiting: AwaitedDeps;
  #isDead = false;
  #isHalted = false;
  #isRecovered = false;
  readonly #clockWatch: ClockWatch;

  constructor(deps: EngineDeps, wakes: Wakes) {
    this.#deps = deps;
    this.#clockWatch = createClockWatch(deps.store.delivery);
    this.#wakes = wakes;
    this.#places = createPlaces(deps.store.delivery);
    this.#guard = createGuard({
      ...deps,
      point: (name) => this.#point(name),
      wake: wakes.wake,
      isDead: () => this.#isDead,
    });
    this.#troubles = createTroubles(deps.log, () => this.#isDead);
    this.#upkeep = createUpkeep(deps, (name) => this.#point(name));
    this.#awaiting = { ...deps, point: (name) => this.#point(name) };
    this.#watching = { ...deps, troubles: this.#troubles, point: (name) => this.#point(name) };
  }

  async step(): Promise<Instant | null> {
    if (this.#isDead) return null;
    try {
      const next = await this.#stepOnce();
      return earlier(next, await this.#guard.tendDisk(this.#deps.clock()));
    } catch (error) {
      if (!isFull(error)) throw error;
      const now = this.#deps.clock();
      this.#guard.noteFull(now);
      return this.#guard.tendDisk(now);
    }
  }

  async #stepOnce(): Promise<Instant | null> {
    await this.#recover();
    const { clock, store } = this.#deps;
    const now = clock();
    await this.#clockWatch.notice(now);
    let next = earlier(await this.#guard.tendPauses(now), await launchAwaited(this.#awaiting, now));
    this.#guard.beginStep();
    const { open, unnoted, watches } = await store.delivery.work({ now });
    this.#point("work");
    // Before anything is sent: what is too late by now must not go out.
    next = earlier(next, await tendWatches(this.#watching, watches, now));
    // A disk that was full when the server stopped may have space now.
    if (open.some(({ pauseReason }) => pauseReason === "disk")) this.#guard.noteFull(now);
    for (const distribution of open) {
      const { seq, workspace, campaignId } = distribution;
      const about = { distribution: seq, workspace, campaignId };
      next = earlier(
        next,
        await this.#troubles.guard(about, now, () => this.#bringOn(distribution, now)),
      );
    }
    this.#troubles.keepOnly(open.map(({ seq }) => seq));
    next = earlier(next, await this.#upkeep.tend(now));
    return (await this.#note(unnoted, now)) ? now : next;
  }

  troubles(): readonly Trouble[] {
    return this.#troubles.list();
  }

  async #bringOn(distribution: OpenDistribution, now: Instant): Promise<Instant | null> {
    let next = await this.#tend(distribution, now);
    next = earlier(next, await this.#lookAfterReceipts(distribution, now));
    if (needsFlush(distribution)) next = earlier(next, await this.#flush(distribution, now));
    return next;
  }

  async receive(account: AccountOf, receipts: readonly Receipt[]): Promise<number> {
    return (await this.hear(account, receipts)).size;
  }

  hear(account: AccountOf, receipts: readonly Receipt[]): Promise<ReadonlySet<number>> {
    const point = (name: FaultPoint): void => this.#point(name);
    // Counters that moved are told a few times a second, and what failed is sent again in minutes.
    const deps = { ...this.#deps, places: this.#places, point, wake: this.#wakes.wakeSoon };
    return applyReceipts(deps, account, receipts);
  }

  async listen(account: ListeningAccount, replies: readonly Reply[]): Promise<number> {
    const { clock, store } = this.#deps;
    const heard = await heardIn(this.#deps, account, replies);
    if (heard.length === 0) return 0;
    const { workspace, channel, accountId } = account;
    const said = { workspace, channel, account: accountId, heard, now: clock() };
    const understood = await store.limits.hear(said);
    this.#point("heard");
    this.#wakes.wake();
    return understood;
  }

  halt(): void {
    this.#isHalted = true;
    for (const lane of this.#lanes.values()) lane.halt();
  }

  isIdle(): boolean {
    return [...this.#lanes.values()].every((lane) => lane.isIdle());
  }

  kill(): void {
    this.#isDead = true;
  }

  /** A test's fault stops the engine at once: whatever it had begun ends unheard. */
  #point(name: FaultPoint): void {
    try {
      this.#deps.fault?.(name);
    } catch (error) {
      this.#isDead = true;
      throw error;
    }
  }

  #safely(work: () => void): void {
    if (this.#isDead) return;
    try {
      work();
    } catch (error) {
      // The catch clause runs after `work`, which may have killed the engine.
      if (!this.#isDead) throw error;
    }
  }

  async #recover(): Promise<void> {
    if (this.#isRecovered) return;
    const { boot, clock, store } = this.#deps;
    const now = clock();
    await store.delivery.recover({ boot, now });
    await store.delivery.replan({ now });
    this.#isRecovered = true;
    this.#point("recovered");
  }

  /** Brings one distribution on, and answers when it wants to be looked at again. */
  async #tend(distribution: OpenDistribution, now: Instant): Promise<Instant | null> {
    const { phase, stage, seq } = distribution;
    const lane = this.#lanes.get(seq);
    lane?.expire(now);
    const isSending = maySend(distribution);
    if (!isSending) lane?.halt();
    if ((phase === "canceled" || phase === null) && stage !== "done") {
      return this.#cancel(distribution, now);
    }
    if (phase === "preparing" && stage === "freezing") {
      const { store } = this.#deps;
      const left = await store.delivery.freeze({ distribution: seq, batch: freezeBatch, now });
      this.#point("frozen");
      return left === "stopped" ? null : now;
    }
    return isSending && !this.#isHalted ? this.#goOn(distribution, now) : null;
  }

  /** A person sends again: what they picked goes back into the queue before anything is claimed. */
  async #requeue(seq: number, now: Instant): Promise<Instant | null> {
    const { store } = this.#deps;
    const left = await store.delivery.requeue({ distribution: seq, batch: freezeBatch, now });
    this.#point("requeued");
    return left === "stopped" ? null : now;
  }

  #goOn(distribution: OpenDistribution, now: Instant): Promise<Instant | null> {
    const { seq, stage } = distribution;
    return stage === "retrying" ? this.#requeue(seq, now) : this.#send(distribution, now);
  }

  async #send(distribution: OpenDistribution, now: Instant): Promise<Instant | null> {
    const { seq, workspace, accountId, hasWork, phase, timerAt } = distribution;
    const isBusy = this.#lanes.get(seq)?.isIdle() === false;
    if (!hasWork && !isBusy) return timerAt;
    const { carriers, store } = this.#deps;
    const account = await carriers.open(workspace, accountId);
    if (typeof account === "string") {
      // What was claimed through the account as it was must not go out through it any more.
      this.#lanes.get(seq)?.halt();
      if (phase !== "active") return null;
      const reason = "provider_auth";
      await store.delivery.pause({ distribution: seq, reason, detail: account, now });
      this.#point("paused");
      return now;
    }
    const gate = await this.#guard.gateOf(distribution, account);
    const lane = await this.#laneOf(distribution, gate);
    if (!this.#guard.admits(distribution, account, gate)) {
      lane.halt();
      return gate.breaker.retryAt;
    }
    if (hasWork) lane.nudge();
    lane.run(account, phase === "active" ? "active" : "probe");
    return earlier(lane.nextAt(now), timerAt !== null && timerAt > now ? timerAt : null);
  }

  async #cancel({ seq, timerAt }: OpenDistribution, now: Instant): Promise<Instant | null> {
    const { store } = this.#deps;
    const left = await store.delivery.cancel({ distribution: seq, limit: cancelBatch, now });
    this.#point("canceled");
    if (left === "more") return now;
    return left === "waiting" ? timerAt : null;
  }

  async #lookAfterReceipts(distribution: OpenDistribution, now: Instant): Promise<Instant | null> {
    const { lookAt, seq, workspace, accountId } = distribution;
    if (lookAt === null || lookAt > now) return lookAt;
    const { carriers, store } = this.#deps;
    const account = await carriers.open(workspace, accountId);
    for (let looks = 0; looks < looksPerStep; looks++) {
      const found = await store.delivery.awaiting({ distribution: seq, now });
      if (found === null) break;
      const looked = await lookAfter(this.#deps, { distribution, account, found, now });
      await store.delivery.lookedAfter(looked);
      this.#point("looked after");
    }
    return now + lookAgainMs;
  }

  async #flush(distribution: OpenDistribution, now: Instant): Promise<Instant | null> {
    const { seq } = distribution;
    const isLast = distribution.isStale && this.#hasSentAll(distribution);
    const next = (this.#flushedAt.get(seq) ?? 0) + flushEveryMs;
    if (!isLast && isAhead(next, now)) return next;
    this.#flushedAt.set(seq, now);
    const rate = this.#lanes.get(seq)?.rate(now) ?? 0;
    const limitedBy = this.#lanes.get(seq)?.limitedBy() ?? null;
    const args = { distribution: seq, rate, limitedBy, now };
    const phase = await this.#deps.store.delivery.advance(args);
    this.#point("advanced");
    if (phase === "completed") this.#deps.onCompleted?.(seq);
    return this.#afterFlush(distribution, phase) ? now : null;
  }

  /** Whether to look again at once: active with nothing left, so a run that a person asked for has just begun. */
  #afterFlush(distribution: OpenDistribution, phase: Phase | null): boolean {
    if (phase === "completed" || phase === null) this.#forget(distribution.seq);
    return phase === "active" && this.#hasSentAll(distribution);
  }

  /** Nothing is left to do for an active campaign but to say that it has ended: that need not wait. */
  #hasSentAll({ seq, phase, hasWork, timerAt, isOpenEnded }: OpenDistribution): boolean {
    const isIdle = this.#lanes.get(seq)?.isIdle() !== false;
    return phase === "active" && !isOpenEnded && !hasWork && timerAt === null && isIdle;
  }

  #forget(seq: number): void {
    if (this.#lanes.get(seq)?.isIdle() === false) return;
    this.#lanes.delete(seq);
    this.#flushedAt.delete(seq);
  }

  /** What settled campaigns were for people, a part at a time. Answers whether more is to be noted. */
  async #note(unnoted: readonly number[], now: Instant): Promise<boolean> {
    const [distribution] = unnoted;
    if (distribution === undefined) return false;
    const { limits } = this.#deps.store;
    const left = await limits.noteOutcomes({ distribution, chunks: noteChunks, now });
    this.#point("noted");
    return left === "more" || unnoted.length > 1;
  }

  async #laneOf(distribution: OpenDistribution, gate: Gate): Promise<Lane> {
    const known = this.#lanes.get(distribution.seq);
    if (known !== undefined) {
      if (known.edition < distribution.edition)
        known.rewrite(await openWriter(this.#deps, distribution));
      return known;
    }
    const { store } = this.#deps;
    const recent = await store.delivery.recent({ distribution: distribution.seq });
    const lane = createLane({
      ...this.#deps,
      distribution,
      writer: await openWriter(this.#deps, distribution),
      gate,
      recent,
      point: (name) => this.#point(name),
      safely: (work) => this.#safely(work),
      isDead: () => this.#isDead,
      ...this.#wakes,
      onFull: () => this.#guard.noteFull(this.#deps.clock()),
    });
    this.#lanes.set(distribution.seq, lane);
    return lane;
  }
}

/** Whether the next time has yet to come. A clock that was set back must not keep the counters waiting. */
function isAhead(next: Instant, now: Instant): boolean {
  return next > now && next <= now + flushEveryMs;
}

function needsFlush({ isStale, isOpenEnded, phase, stage }: OpenDistribution): boolean {
  if (isOpenEnded) return isStale;
  return isStale || (stage === "sending" && (phase === "active" || phase === "settling"));
}
