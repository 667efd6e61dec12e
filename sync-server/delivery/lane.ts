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
import type { OpenDistribution } from "../store/delivery-store.ts";
import { StoreError } from "../store/store.ts";
import { createCalls, type Calls } from "./calls.ts";
import type { EngineDeps, FaultPoint, OpenAccount } from "./carriers.ts";
import type { Gate } from "./gate.ts";
import { claiming, storing } from "./gate-news.ts";
import { claimSize } from "./claim-size.ts";
import { createCampaignWatch, type CampaignWatch, type Stop } from "./campaign-watch.ts";
import { createLimitCounts } from "./limit-counts.ts";
import { createReady, type Ready } from "./ready.ts";
import { createResults } from "./results.ts";
import type { EditionWriter } from "./edition-writer.ts";

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
  /** Storage is full. */
  readonly onFull: () => void;
}

/** Written at once. */
const maxSettle = 2_000;
const quietMs = secondMs;

export function createLane(deps: LaneDeps): Lane {
  return new RunningLane(deps);
}

type Kind = "fetch" | "settle" | "pause";

class RunningLane implements Lane {
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
        this.#pump();
      },
    });
  }

  run(account: OpenAccount, why: "active" | "probe" = "active"): void {
    this.#account = account;
    this.#isProbe = why === "probe";
    this.#pump();
  }

  halt(): void {
    this.#account = null;
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
      if (this.#isQuiet(now)) return;
      if (this.#stop !== null) void this.#pause(this.#stop);
      this.#exchange(now);
      this.#sendQueued(now);
      this.#exchange(now);
    });
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
    while (this.#account !== null && this.#stop === null && gate.free(now) > 0) {
      const message = this.#ready.take(now);
      if (message === undefined) return;
      this.#calls.begin(message, this.#account, this.#writer);
    }
    const wantsMore = this.#ready.size > 0 || this.#mayHaveMore;
    if (this.#account !== null && wantsMore) this.#limits.note(gate.limitedBy(now));
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
    this.#pump();
  }

  async #fetch(now: Instant): Promise<void> {
    if (this.#account === null || this.#stop !== null) return;
    const limit = claimSize(this.#account, {
      gate: this.#deps.gate,
      held: this.#ready.size,
      calls: this.#calls.size,
      rate: this.rate(now),
      now,
    });
    if (limit < 1) return;
    const { boot, clock, distribution, gate, point, store } = this.#deps;
    const { columns, edition } = this.#writer;
    const isProbe = this.#isProbe;
    await this.#guarded("fetch", async () => {
      point("before intent");
      const wanted = { boot, limit, isProbe, columns, edition, now };
      const { seq } = distribution;
      const answer = await claiming(gate, { now, limit }, (account) =>
        store.delivery.intent({ distribution: seq, ...wanted, account }),
      );
      point("intended");
      this.#ready.push(answer.messages, clock());
      if (answer.messages.length > 0) return;
      this.#mayHaveMore = answer.decided > 0;
      this.#deps.wake();
    });
  }

  async #settle(): Promise<void> {
    const { clock, distribution, gate, point, store } = this.#deps;
    const settlements = this.#results.take(maxSettle);
    await this.#guarded("settle", async () => {
      const now = clock();
      const lookAt = this.#account === null ? now : lookAtOf(this.#account, now);
      try {
        point("before settle");
        const resend = { scale: this.#account?.provider.resendScale ?? 1 };
        const { seq } = distribution;
        const { recent } = this.#watch;
        const results = { distribution: seq, settlements, lookAt, resend, recent, now };
        await storing(gate, now, (account) => store.delivery.settle({ ...results, account }));
      } catch (error) {
        this.#results.putBack(settlements);
        throw error;
      }
      point("settled");
      // A repeat may be among them.
      this.#mayHaveMore = true;
      this.#deps.wake();
    });
  }

  async #pause({ reason, detail }: Stop): Promise<void> {
    if (this.#busy.pause) return;
    const { clock, distribution, point, store } = this.#deps;
    await this.#guarded("pause", async () => {
      const { seq } = distribution;
      await store.delivery.pause({ distribution: seq, reason, detail, now: clock() });
      point("paused");
      this.#account = null;
      this.#stop = null;
      this.#deps.wake();
    });
  }
}

function lookAtOf({ provider }: OpenAccount, now: Instant): Instant | null {
  if (provider.receipts === "none") return null;
  return provider.receipts === "pull" ? now + secondMs / 2 : now + provider.receiptWindowMs;
}
