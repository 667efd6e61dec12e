/**
 * The sending of one distribution. Four things go on at once, each started by `pump` whenever
 * another one ends:
 *
 *   fetch   an intent transaction claims the next messages (durable before any byte leaves)
 *   send    calls run side by side, as many as the account's gate lets through
 *   settle  results that gathered while the last settle was written go into one transaction
 *   stop    a pause or a broken way puts what was not yet handed over back into the queue
 */
import { secondMs, type Instant } from "#domain/core/time.ts";
import type { FailureWindow } from "#domain/message/failure-window.ts";
import type { LimitedBy } from "#domain/report/rollup.ts";
import type { OpenDistribution } from "../store/distribution.ts";
import { StoreError } from "../store/store.ts";
import { createCalls, type Calls } from "./calls.ts";
import type { EngineDeps, FaultPoint, OpenAccount } from "./carriers.ts";
import { claimNext, leavesWork, writeResults } from "./exchange.ts";
import type { Gate } from "./gate.ts";
import { claimSize, wantedSize, type Going } from "./claim-size.ts";
import { createCampaignWatch, type CampaignWatch, type Stop } from "./campaign-watch.ts";
import { createLimitCounts } from "./limit-counts.ts";
import { createReady, type Ready } from "./ready.ts";
import { createResults } from "./results.ts";
import type { EditionWriter } from "./edition-writer.ts";
import type { Seat, Turns } from "./turns.ts";

export interface Lane {
  /** The campaign is active, through this account; or it gives one message to try the account with. */
  run(account: OpenAccount, why?: "active" | "probe"): void;
  /** No further call begins; what was not handed over goes back. */
  halt(): void;
  /** There may be something to claim. */
  nudge(): void;
  /** The newest text that it can write. */
  readonly edition: number;
  /** The campaign was edited. */
  rewrite(writer: EditionWriter): void;
  /** Calls that outlived every time-out of their provider are in doubt. */
  expire(now: Instant): void;
  isIdle(): boolean;
  /** Messages handed over a second, of late. */
  rate(now: Instant): number;
  /** What kept it from going faster since the last look; null: nothing. */
  limitedBy(): LimitedBy | null;
  /** When the account's limits let it go on; null when something else has to happen first. */
  nextAt(now: Instant): Instant | null;
}

export interface LaneDeps extends EngineDeps {
  readonly distribution: OpenDistribution;
  readonly writer: EditionWriter;
  readonly gate: Gate;
  /** The campaign's last results. */
  readonly recent: FailureWindow;
  readonly point: (name: FaultPoint) => void;
  readonly isDead: () => boolean;
  /** Runs it unless the engine is dead, and stays silent when it dies of it. */
  readonly safely: (work: () => void) => void;
  /** Something ended that the engine should look at. */
  readonly wake: () => void;
  /** The same, where nobody waits for it: counters that moved, a campaign that goes on. */
  readonly wakeSoon: () => void;
  /** Storage is full. */
  readonly onFull: () => void;
}

const quietMs = secondMs;

export function createLane(deps: LaneDeps): Lane {
  return new RunningLane(deps);
}

type Kind = "fetch" | "settle" | "pause";

class RunningLane implements Lane, Seat {
  readonly #deps: LaneDeps;
  #writer: EditionWriter;
  readonly #limits = createLimitCounts();
  readonly #results = createResults();
  readonly #watch: CampaignWatch;
  readonly #ready: Ready;
  readonly #calls: Calls;
  /** What runs now, of each kind at most one. */
  readonly #busy: Record<Kind, boolean> = { fetch: false, settle: false, pause: false };
  #account: OpenAccount | null = null;
  #stop: Stop | null = null;
  #mayHaveMore = true;
  /** After storage refused: when to try again. */
  #quietUntil: Instant = 0;
  #isProbe = false;
  /** With whom it shares what it goes through; null: it is halted. */
  #turns: Turns | null = null;
  /** What is being claimed. */
  #claiming = 0;
  /** Whether the gate let no call through when it was asked last; null: it was not asked since. */
  #isFull: boolean | null = null;

  constructor(deps: LaneDeps) {
    this.#deps = deps;
    this.#writer = deps.writer;
    this.#watch = createCampaignWatch(deps.recent);
    const results = this.#results;
    this.#ready = createReady({ gate: deps.gate, limits: this.#limits, results });
    this.#calls = createCalls({
      ...deps,
      results,
      watch: this.#watch,
      failurePercent: () => this.#account?.guards.failurePercent ?? null,
      onUnwritten: (stop) => {
        this.#stop ??= stop;
      },
      onEnd: (stop) => {
        this.#stop ??= stop;
        this.#pumpAll();
      },
    });
  }

  run(account: OpenAccount, why: "active" | "probe" = "active"): void {
    this.#account = account;
    this.#isProbe = why === "probe";
    const { turns } = this.#deps.gate;
    if (this.#turns !== turns) this.#turns?.leave(this);
    this.#turns = turns;
    turns.join(this);
    // Whoever is to claim before it may have nothing left, and be looked at by nobody else.
    this.#pumpAll();
  }

  halt(): void {
    this.#account = null;
    this.#pumpAll();
    this.#turns?.leave(this);
    this.#turns = null;
  }

  get gate(): Gate {
    return this.#deps.gate;
  }

  get size(): number {
    return this.#ready.size;
  }

  get reserved(): number {
    const claiming = this.#busy.fetch ? this.#claiming : 0;
    return claiming + (this.#ready.isWaiting ? 0 : this.#ready.size);
  }

  send(now: Instant): boolean {
    if (this.#account === null || this.#stop !== null) return false;
    this.#isFull = this.#deps.gate.free(now) <= 0;
    if (this.#isFull || this.#isQuiet(now) || this.#ready.isStale(now)) return false;
    const message = this.#ready.take(now);
    if (message === undefined) return false;
    this.#calls.begin(message, this.#account, this.#writer);
    return true;
  }

  wants(now: Instant): boolean {
    if (this.#account === null || this.#stop !== null || !this.#mayHaveMore) return false;
    const { fetch, settle } = this.#busy;
    if (fetch || settle || this.#isQuiet(now)) return false;
    return wantedSize(this.#account, this.#going(now)) > 0;
  }

  lookAgain(): void {
    this.#pump();
  }

  nudge(): void {
    this.#mayHaveMore = true;
  }

  get edition(): number {
    return this.#writer.edition;
  }

  rewrite(writer: EditionWriter): void {
    this.#writer = writer;
  }

  expire(now: Instant): void {
    this.#calls.expire(now);
  }

  isIdle(): boolean {
    const { fetch, settle, pause } = this.#busy;
    const open = this.#ready.size + this.#calls.size;
    return open === 0 && this.#results.isEmpty && !fetch && !settle && !pause;
  }

  rate(now: Instant): number {
    return this.#calls.rate(now);
  }

  limitedBy(): LimitedBy | null {
    return this.#limits.take();
  }

  nextAt(now: Instant): Instant | null {
    if (this.#isQuiet(now)) return this.#quietUntil;
    if (this.#account === null || (!this.#mayHaveMore && this.#ready.size === 0)) return null;
    return this.#deps.gate.freeAt(now) ?? this.#ready.nextAt;
  }

  /** A clock that was set back must not make it longer. */
  #isQuiet(now: Instant): boolean {
    return now < this.#quietUntil && this.#quietUntil <= now + quietMs;
  }

  #pump(): void {
    this.#deps.safely(() => {
      const isStopped = this.#account === null || this.#stop !== null;
      const now = this.#deps.clock();
      const isOpen = this.#deps.gate.state === "open";
      if (isStopped || isOpen || this.#ready.isStale(now)) this.#ready.putBack(now);
      if (this.#isQuiet(now)) return this.#deps.gate.turns.send(now);
      if (this.#stop !== null) void this.#pause(this.#stop);
      this.#exchange(now);
      this.#sendQueued(now);
      this.#exchange(now);
    });
  }

  /** What ended here may have made room for others. */
  #pumpAll(): void {
    this.#pump();
    this.#deps.gate.turns.passOn(this);
  }

  /**
   * What is to be written and what is to be claimed go to the store at the same time, which makes
   * one commit of them: flushing it is most of its cost. Meanwhile more results gather.
   */
  #exchange(now: Instant): void {
    if (this.#busy.settle || this.#busy.fetch) return;
    if (!this.#results.isEmpty) void this.#settle();
    if (this.#mayHaveMore) void this.#fetch(now);
  }

  #sendQueued(now: Instant): void {
    const { gate } = this.#deps;
    this.#ready.lookAgain();
    this.#isFull = null;
    gate.turns.send(now);
    const wantsMore = this.#ready.size > 0 || this.#mayHaveMore;
    const isFull = this.#isFull ?? gate.free(now) <= 0;
    if (this.#account !== null && wantsMore && isFull) this.#limits.note(gate.limitedBy(now));
  }

  /** Storage may refuse for a while (a full disk): nothing was lost, and the same is tried again. */
  async #guarded(what: Kind, work: () => Promise<void>): Promise<void> {
    this.#busy[what] = true;
    try {
      await work();
    } catch (error) {
      if (!this.#deps.isDead()) {
        this.#quietUntil = this.#deps.clock() + quietMs;
        if (error instanceof StoreError && error.failure === "full") this.#deps.onFull();
        const facts = { err: error, distribution: this.#deps.distribution.seq };
        this.#deps.log.error(
          facts,
          `the ${what} of a campaign's messages failed; it is tried again`,
        );
      }
    }
    this.#busy[what] = false;
    this.#pumpAll();
  }

  async #fetch(now: Instant): Promise<void> {
    if (this.#account === null || this.#stop !== null) return;
    const { turns } = this.#deps.gate;
    const limit = claimSize(this.#account, this.#going(now));
    if (limit < 1) {
      if (this.#ready.size === 0) turns.refused(this);
      return;
    }
    turns.claimed(this);
    const isProbe = this.#isProbe;
    this.#claiming = limit;
    const asked = { limit, isProbe, writer: this.#writer, now };
    await this.#guarded("fetch", async () => {
      const { messages, decided } = await claimNext(this.#deps, asked);
      this.#claiming = 0;
      this.#ready.push(messages, this.#deps.clock());
      if (messages.length > 0) return turns.offer(this);
      this.#mayHaveMore = decided > 0;
      this.#deps.wake();
    });
  }

  #going(now: Instant): Going {
    const { gate } = this.#deps;
    const [held, calls] = [this.#ready.size, this.#calls.size];
    const rate = (leastMs: number): number => this.#calls.rate(now, leastMs);
    return { gate, isProbe: this.#isProbe, held, calls, rate, seat: this, now };
  }

  async #settle(): Promise<void> {
    await this.#guarded("settle", async () => {
      const [results, watch, account] = [this.#results, this.#watch, this.#account];
      const written = await writeResults(this.#deps, { results, watch, account });
      // A repeat may be among them.
      this.#mayHaveMore = true;
      // What simply went is seen soon enough: each look of the engine costs as much as a hundred messages.
      const goesOn = account !== null && this.#ready.size + this.#calls.size > 0;
      const waits = this.nextAt(this.#deps.clock()) !== null;
      if (!goesOn || waits || written.some(leavesWork)) this.#deps.wake();
      else this.#deps.wakeSoon();
    });
  }

  async #pause({ reason, detail }: Stop): Promise<void> {
    if (this.#busy.pause) return;
    const { clock, distribution, point, store } = this.#deps;
    await this.#guarded("pause", async () => {
      const { seq } = distribution;
      await store.delivery.pause({ distribution: seq, reason, detail, now: clock() });
      point("paused");
      this.#stop = null;
      this.halt();
      this.#deps.wake();
    });
  }
}
