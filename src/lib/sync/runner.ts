/**
 * Drives the core in a page: leads or follows among the tabs, catches up, pushes, keeps the live
 * connection, and falls back to asking when sockets do not get through.
 *
 * Leading is a loop of one cycle: with a live connection, push what waits; without, pull until
 * caught up, push, and dial. Then wait, until the time has come or something wakes it: a write, a
 * network that came back, a page that came back into sight.
 */
import type { Instant } from "#domain/core/time.ts";
import { createBackoff } from "./backoff.ts";
import { elapsedMs, momentOf, type DeviceClock, type Moment } from "./clock.ts";
import type { Step, SyncCore } from "./core.ts";
import { runForLeader, type Election } from "./leader.ts";
import { createLiveSocket, type LiveSocket, type Wire } from "./socket.ts";
import type { SyncFacts } from "./status.ts";

/** What the leader tells every tab, itself included. */
export interface SyncReport {
  readonly facts: SyncFacts;
  readonly lastContactAt: Instant | null;
  readonly clockOffsetMs: number | null;
  /** When that was measured, by the server's clock. */
  readonly clockComparedAt: Instant | null;
}

export type TabMessage =
  /** Something was written, or somebody asked: look now. */
  { readonly t: "nudge" } | { readonly t: "report"; readonly report: SyncReport };

export interface TabChannel {
  post(message: TabMessage): void;
  listen(hear: (message: TabMessage) => void): void;
  close(): void;
}

export interface RunnerDeps {
  readonly name: string;
  readonly core: SyncCore;
  readonly createSocket: () => Wire;
  readonly locks: LockManager | undefined;
  readonly channel: TabChannel;
  readonly random: () => number;
  readonly clock: DeviceClock;
  readonly isHidden: () => boolean;
  readonly onReport: (report: SyncReport) => void;
  /** The device's storage failed; it may be opened again. */
  readonly recover: (error: unknown) => Promise<void>;
}

export interface Runner {
  /** A write happened in this tab, or a person asked to sync. */
  nudge(): void;
  /** The network or the page came back: whatever was open may be dead. `asleepMs`: for how long it was away. */
  wake(asleepMs: number): void;
  pace(hidden: boolean): void;
  /** The core learned something. */
  report(facts: SyncFacts): void;
  stop(): void;
}

/** A tab in sight that hears nothing for so long takes the lead. */
const silenceMs = 15_000;
const heartbeatMs = 5_000;
/** A socket that was not heard of for so long is redialled without asking. */
const trustMs = 30_000;
/** With a live connection: a look now and then, for what was missed by mistake. */
const restMs = 5 * 60_000;
const failedDialsUntilPolling = 3;

export function createRunner(deps: RunnerDeps): Runner {
  return new BrowserRunner(deps);
}

class BrowserRunner implements Runner {
  readonly #deps: RunnerDeps;
  readonly #socket: LiveSocket;
  readonly #election: Election;
  readonly #retry;
  readonly #poll;
  readonly #timer: ReturnType<typeof setInterval>;
  #isLeading = false;
  #failedDials = 0;
  #lastContactAt: Instant | null = null;
  #heardAt: number;
  #ticked: Moment;
  /** Ends the wait between two cycles; null while one runs. */
  #endRest: (() => void) | null = null;
  /** Woken while a cycle ran: the next wait is skipped. */
  #isWoken = false;

  constructor(deps: RunnerDeps) {
    this.#deps = deps;
    this.#ticked = momentOf(deps.clock);
    this.#heardAt = this.#ticked.monotonic;
    this.#retry = createBackoff({ firstMs: 1_000, maxMs: 30_000 }, deps.random);
    this.#poll = createBackoff({ firstMs: 10_000, maxMs: 60_000 }, deps.random);
    const { core, createSocket, clock } = deps;
    const onClose = () => this.#wakeUp();
    this.#socket = createLiveSocket({ core, createSocket, clock, onClose });
    deps.channel.listen((message) => this.#hear(message));
    const lead = (signal: AbortSignal) => this.#lead(signal);
    this.#election = runForLeader({ name: deps.name, locks: deps.locks, lead });
    this.#timer = setInterval(() => this.#tick(), heartbeatMs);
  }

  nudge(): void {
    if (this.#isLeading) this.#wakeUp();
    else this.#deps.channel.post({ t: "nudge" });
  }

  wake(asleepMs: number): void {
    this.#retry.reset();
    this.#failedDials = 0;
    if (asleepMs > trustMs) this.#socket.close();
    this.nudge();
  }

  pace(hidden: boolean): void {
    this.#socket.pace(hidden);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#election.stop();
    this.#socket.close();
    this.#deps.channel.close();
    this.#wakeUp();
  }

  report(facts: SyncFacts): void {
    if (facts.reach === "reached") this.#lastContactAt = this.#deps.core.serverClock.now();
    if (this.#isLeading) this.#tell();
  }

  #tell(): void {
    const { core, channel, onReport } = this.#deps;
    const report = {
      facts: core.facts,
      lastContactAt: this.#lastContactAt,
      clockOffsetMs: core.serverClock.offset(),
      clockComparedAt: core.serverClock.comparedAt(),
    };
    onReport(report);
    channel.post({ t: "report", report });
  }

  #hear(message: TabMessage): void {
    this.#heardAt = this.#deps.clock.monotonic();
    if (message.t === "nudge") {
      if (this.#isLeading) this.#wakeUp();
      return;
    }
    if (!this.#isLeading) this.#deps.onReport(message.report);
  }

  #tick(): void {
    const ticked = momentOf(this.#deps.clock);
    const pause = elapsedMs(this.#ticked, ticked);
    this.#ticked = ticked;
    const now = ticked.monotonic;
    if (this.#isLeading) {
      this.#tell();
      // Timers stood still: the device slept, and the socket may be dead.
      if (pause > trustMs && !this.#deps.isHidden()) this.wake(pause);
    } else if (now - this.#heardAt > silenceMs && !this.#deps.isHidden()) {
      this.#heardAt = now;
      this.#election.steal();
    }
  }

  #wakeUp(): void {
    this.#isWoken = true;
    this.#endRest?.();
  }

  async #lead(signal: AbortSignal): Promise<void> {
    this.#isLeading = true;
    while (!signal.aborted) {
      this.#isWoken = false;
      const waitMs = await this.#guarded(signal);
      if (!signal.aborted && !this.#isWoken) await this.#rest(waitMs, signal);
    }
    this.#isLeading = false;
    this.#socket.close();
  }

  /** A cycle; a failure of the storage is met, and never ends the lead. */
  async #guarded(signal: AbortSignal): Promise<number> {
    try {
      return await this.#cycle();
    } catch (error) {
      if (!signal.aborted) await this.#deps.recover(error);
      return this.#retry.next();
    }
  }

  #rest(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        this.#endRest = null;
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener("abort", end);
      this.#endRest = end;
    });
  }

  /** Answers how long to wait for the next one. */
  async #cycle(): Promise<number> {
    const { core } = this.#deps;
    // Whoever slept compares the clocks before anything leaves that was dated since.
    if (!this.#socket.isOpen || core.serverClock.isRecalled()) {
      const pulled = await untilDone(() => this.#pull());
      if (pulled.outcome === "failed") return this.#afterDeafness(pulled);
    }
    const pushed = await untilDone(() => core.pushOnce());
    if (pushed.outcome === "failed") return this.#patience(pushed);
    this.#retry.reset();
    if (this.#socket.isOpen) return restMs;
    return this.#dial();
  }

  /** Who gets on need not wait for long when the line breaks again. */
  async #pull(): Promise<Step> {
    const step = await this.#deps.core.pullOnce();
    if (step.outcome === "more") this.#retry.reset();
    return step;
  }

  /** Who must update, or wait for the server's update, cannot hear; what was done here still leaves. */
  async #afterDeafness(pulled: Extract<Step, { readonly outcome: "failed" }>): Promise<number> {
    const { kind } = pulled.failure;
    if (kind === "update-required" || kind === "server-behind") {
      await untilDone(() => this.#deps.core.pushOnce());
    }
    return this.#patience(pulled);
  }

  async #dial(): Promise<number> {
    if (await this.#socket.dial()) {
      this.#failedDials = 0;
      this.#poll.reset();
      if (this.#deps.isHidden()) this.#socket.pace(true);
      return restMs;
    }
    this.#failedDials += 1;
    if (this.#failedDials < failedDialsUntilPolling) return this.#retry.next();
    return 5_000 + this.#poll.next();
  }

  #patience({ failure }: Extract<Step, { readonly outcome: "failed" }>): number {
    const isFinal = ["signed-out", "revoked", "update-required"].includes(failure.kind);
    if (isFinal) return 60_000;
    return Math.max(failure.retryAfterMs ?? 0, this.#retry.next());
  }
}

/** Pages and batches follow each other at once. Bounded: nothing may spin for ever. */
async function untilDone(step: () => Promise<Step>, left = 1_000): Promise<Step> {
  const done = await step();
  return done.outcome === "more" && left > 0 ? untilDone(step, left - 1) : done;
}
