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
import type { Instant } from "#domain/core/time.ts";
import type { Receipt, Reply } from "../providers/provider.ts";
import type { OpenDistribution } from "../store/distribution.ts";
import { launchAwaited, type AwaitedDeps } from "./awaited.ts";
import type { EngineDeps, FaultPoint } from "./carriers.ts";
import { createClockWatch, type ClockWatch } from "./clock-watch.ts";
import type { Gate } from "./gate.ts";
import { earlier } from "./earlier.ts";
import { flushEveryMs, isAhead, needsFlush } from "./flush.ts";
import { createGuard, isFull, maySend, type Guard } from "./guard.ts";
import { createHearing, type Hearing } from "./hearing.ts";
import { createLane, type Lane } from "./lane.ts";
import { lookAfterReceipts, type LookAfterDeps } from "./look-after.ts";
import type { ListeningAccount } from "./replies.ts";
import { createTroubles, type Trouble, type Troubles } from "./troubles.ts";
import { createUpkeep, type Upkeep } from "./upkeep.ts";
import { openWriter } from "./edition-writer.ts";
import { laneName, waysOf } from "./ways.ts";
import { goOnUntried } from "./untried.ts";
import { tendWatches, type WatchDeps } from "./watches.ts";

export interface Core {
  /** Answers when to step again; null: when woken. */
  step(): Promise<Instant | null>;
  /** Receipts that a provider sent for an account. Resolves when they are durable. */
  receive(account: AccountOf, receipts: readonly Receipt[]): Promise<number>;
  /** The same, and answers which were news, by their place in the list. */
  hear(account: AccountOf, receipts: readonly Receipt[]): Promise<ReadonlySet<number>>;
  /** Keeps receipts for later, when more come than can be merged. Resolves when they are durable, or there is no room. */
  keep(account: AccountOf, receipts: readonly Receipt[]): Promise<"kept" | "full">;
  /** Whether receipts wait that were kept. */
  isBehind(): boolean;
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
  /** By the names of their ways. */
  readonly #lanes = new Map<string, Lane>();
  readonly #guard: Guard;
  readonly #flushedAt = new Map<number, Instant>();
  readonly #troubles: Troubles;
  readonly #upkeep: Upkeep;
  readonly #hearing: Hearing;
  readonly #parts: AwaitedDeps & LookAfterDeps & WatchDeps;
  #isDead = false;
  #isHalted = false;
  #isRecovered = false;
  readonly #clockWatch: ClockWatch;

  constructor(deps: EngineDeps, wakes: Wakes) {
    this.#deps = deps;
    this.#clockWatch = createClockWatch(deps.store.delivery);
    this.#wakes = wakes;
    this.#hearing = createHearing(deps, {
      ...wakes,
      point: (name) => this.#point(name),
      isDead: () => this.#isDead,
    });
    this.#guard = createGuard({
      ...deps,
      point: (name) => this.#point(name),
      wake: wakes.wake,
      isDead: () => this.#isDead,
    });
    this.#troubles = createTroubles(deps.log, () => this.#isDead);
    this.#upkeep = createUpkeep(deps, (name) => this.#point(name));
    this.#parts = { ...deps, troubles: this.#troubles, point: (name) => this.#point(name) };
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
    const now = this.#deps.clock();
    await this.#clockWatch.notice(now);
    const { next, unnoted } = await this.#lookAtAll(now);
    const tended = earlier(next, await this.#upkeep.tend(now));
    return (await this.#note(unnoted, now)) ? now : tended;
  }

  /** Where not all could be looked at nothing goes on: what was not seen may be a pause, or proof. */
  async #lookAtAll(
    now: Instant,
  ): Promise<{ readonly next: Instant | null; readonly unnoted: readonly number[] }> {
    try {
      // Before anything is sent again: what was kept may prove that it arrived.
      const isBehind = await this.#hearing.drain();
      let next = earlier(await this.#guard.tendPauses(now), await launchAwaited(this.#parts, now));
      this.#guard.beginStep();
      const { open, unnoted, watches } = await this.#deps.store.delivery.work({ now });
      this.#point("work");
      // Before anything is sent: what is too late by now must not go out.
      next = earlier(next, await tendWatches(this.#parts, watches, now));
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
      return { next: isBehind ? now : next, unnoted };
    } catch (error) {
      this.#haltLanes();
      throw error;
    }
  }

  troubles(): readonly Trouble[] {
    return this.#troubles.list();
  }

  async #bringOn(distribution: OpenDistribution, now: Instant): Promise<Instant | null> {
    let next = await this.#tend(distribution, now);
    next = earlier(next, await lookAfterReceipts(this.#parts, distribution, now));
    if (needsFlush(distribution)) next = earlier(next, await this.#flush(distribution, now));
    return next;
  }

  async receive(account: AccountOf, receipts: readonly Receipt[]): Promise<number> {
    return (await this.hear(account, receipts)).size;
  }

  hear(account: AccountOf, receipts: readonly Receipt[]): Promise<ReadonlySet<number>> {
    return this.#hearing.hear(account, receipts);
  }

  keep(account: AccountOf, receipts: readonly Receipt[]): Promise<"kept" | "full"> {
    return this.#hearing.keep(account, receipts);
  }

  isBehind(): boolean {
    return this.#hearing.isHolding();
  }

  listen(account: ListeningAccount, replies: readonly Reply[]): Promise<number> {
    return this.#hearing.listen(account, replies);
  }

  halt(): void {
    this.#isHalted = true;
    this.#haltLanes();
  }

  #haltLanes(): void {
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
    const lanes = this.#lanesOf(seq);
    for (const lane of lanes) lane.expire(now);
    const isSending = maySend(distribution);
    if (!isSending) for (const lane of lanes) lane.halt();
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
    return stage === "retrying" ? this.#requeue(seq, now) : this.#sendAll(distribution, now);
  }

  async #sendAll(distribution: OpenDistribution, now: Instant): Promise<Instant | null> {
    let next: Instant | null = null;
    const ways = waysOf(distribution);
    for (const way of ways) next = earlier(next, await this.#send(way, now));
    if (distribution.phase !== "paused" || !this.#isAtRest(distribution.seq)) return next;
    return earlier(next, await goOnUntried({ ...this.#deps, guard: this.#guard }, ways, now));
  }

  #isAtRest(seq: number): boolean {
    return this.#lanesOf(seq).every((lane) => lane.isIdle());
  }

  #lanesOf(seq: number): readonly Lane[] {
    const names = (["own", "fallback"] as const).map((way) => laneName({ seq, way }));
    return names.flatMap((name) => this.#lanes.get(name) ?? []);
  }

  async #send(distribution: OpenDistribution, now: Instant): Promise<Instant | null> {
    const { seq, workspace, accountId, hasWork, phase, timerAt } = distribution;
    const known = this.#lanes.get(laneName(distribution));
    const isBusy = known?.isIdle() === false;
    if (!hasWork && !isBusy) return timerAt;
    const { carriers, store } = this.#deps;
    const account = await carriers.open(workspace, accountId);
    if (typeof account === "string") {
      // What was claimed through the account as it was must not go out through it any more.
      known?.halt();
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

  async #flush(distribution: OpenDistribution, now: Instant): Promise<Instant | null> {
    const { seq } = distribution;
    const isLast = distribution.isStale && this.#hasSentAll(distribution);
    const next = (this.#flushedAt.get(seq) ?? 0) + flushEveryMs;
    if (!isLast && isAhead(next, now)) return next;
    this.#flushedAt.set(seq, now);
    const lanes = this.#lanesOf(seq);
    const rate = lanes.reduce((sum, lane) => sum + lane.rate(now), 0);
    // Each is asked: what it answers is of the time since it was asked last.
    const limitedBy = lanes.map((lane) => lane.limitedBy()).find((by) => by !== null) ?? null;
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
    const hasNothing = !isOpenEnded && !hasWork && timerAt === null;
    return phase === "active" && hasNothing && this.#isAtRest(seq);
  }

  #forget(seq: number): void {
    if (!this.#isAtRest(seq)) return;
    for (const way of ["own", "fallback"] as const) this.#lanes.delete(laneName({ seq, way }));
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
    const known = this.#lanes.get(laneName(distribution));
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
    this.#lanes.set(laneName(distribution), lane);
    return lane;
  }
}
