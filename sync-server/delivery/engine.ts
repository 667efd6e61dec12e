/**
 * The engine with its timers: steps when woken, when a step asked for it, and never twice at
 * once.
 */
import { secondMs, type Instant } from "#domain/core/time.ts";
import type { Receipt, Reply } from "../providers/provider.ts";
import type { EngineDeps } from "./carriers.ts";
import { createCore, type AccountOf, type Core } from "./core.ts";
import { createReceiptGroups } from "./receipt-groups.ts";
import type { ListeningAccount } from "./replies.ts";
import type { Trouble } from "./troubles.ts";

export interface Engine {
  start(): void;
  /** Lets what is in flight end, at most so long; resolves when all that is known is written. */
  stop(withinMs?: number): Promise<void>;
  status(): EngineStatus;
  /** Something may be due: call it after every commit. */
  wake(): void;
  /** Receipts that a provider sent for an account; resolves when they are durable, or there is no room for them. */
  receive(account: AccountOf, receipts: readonly Receipt[]): Promise<Received>;
  /** What people wrote back to an account; resolves when it is durable, with how much was understood. */
  listen(account: ListeningAccount, replies: readonly Reply[]): Promise<number>;
}

export type Received =
  | { readonly outcome: "merged"; readonly news: number }
  /** They are merged later: more come than can be merged at once. */
  | { readonly outcome: "kept" }
  /** They were not taken: as many wait as may. */
  | { readonly outcome: "full" };

export interface EngineStatus {
  /** When a step last ended well; null: none has yet. */
  readonly steppedAt: Instant | null;
  /** Steps in a row that failed as a whole. */
  readonly failedSteps: number;
  /** Campaigns whose own steps keep failing. */
  readonly troubles: readonly Trouble[];
  /** Receipts wait that came faster than they are merged. */
  readonly isBehind: boolean;
}

export interface ReceiptLimits extends Pick<EngineDeps, "inboxBytes"> {
  /** Receipts that wait in memory before more of them are kept for later; what is usual when left out. Only tests give it. */
  readonly receiptQueue?: number;
}

/** However quiet it is, it looks again after this long: no wake-up is relied upon. */
const longestRestMs = 30 * secondMs;
const shortestRestMs = 5;
const restAfterErrorMs = secondMs;
/** What is to be seen soon is seen within this: five times before counters are told again. */
const soonMs = 50;
const usualStopMs = 6 * secondMs;
/** Two seconds of the fastest merging that was measured: whoever reports waits no longer. */
const usualReceiptQueue = 20_000;
const stopLookMs = 10;

export function createEngine({
  receiptQueue = usualReceiptQueue,
  ...deps
}: EngineDeps & ReceiptLimits): Engine {
  const bell = createBell(() => void turn());
  let isRunning = false;
  let isStepping = false;
  /** How soon it has to step again, in milliseconds; asked for while it was stepping. */
  let wantedMs = Infinity;
  let steps: Omit<EngineStatus, "troubles" | "isBehind"> = { steppedAt: null, failedSteps: 0 };

  const wakeWithin = (ms: number): void => {
    wantedMs = Math.min(wantedMs, ms);
    if (isRunning && !isStepping) bell.ringWithin(ms);
  };
  const wake = (): void => wakeWithin(0);
  const core = createCore(deps, { wake, wakeSoon: () => wakeWithin(soonMs) });

  const turn = async (): Promise<void> => {
    if (!isRunning || isStepping) return;
    isStepping = true;
    wantedMs = Infinity;
    const restMs = await stepOnce();
    isStepping = false;
    if (isRunning) bell.ringIn(Math.min(restMs, Math.max(shortestRestMs, wantedMs)));
  };

  const stepOnce = async (): Promise<number> => {
    try {
      const next = await core.step();
      steps = { steppedAt: deps.clock(), failedSteps: 0 };
      return next === null ? longestRestMs : restBetween(next - deps.clock());
    } catch (error) {
      steps = { ...steps, failedSteps: steps.failedSteps + 1 };
      deps.log.error({ error }, "a step of the engine failed; it is tried again");
      return restAfterErrorMs;
    }
  };

  return {
    start: () => {
      isRunning = true;
      bell.ringIn(0);
    },
    wake,
    status: () => ({ ...steps, troubles: core.troubles(), isBehind: core.isBehind() }),
    receive: createReceiving(core, receiptQueue),
    listen: (account, replies) => core.listen(account, replies),
    stop: async (withinMs = usualStopMs) => {
      isRunning = false;
      bell.stop();
      core.halt();
      const until = deps.clock() + withinMs;
      const isAtRest = (): boolean => !isStepping && core.isIdle();
      while (!isAtRest() && deps.clock() < until) await pause(stopLookMs);
      core.kill();
    },
  };
}

/** Merges receipts in groups, and keeps them for later while more wait than `most`. */
function createReceiving(core: Pick<Core, "hear" | "keep">, most: number): Engine["receive"] {
  const groups = createReceiptGroups((account, receipts) => core.hear(account, receipts));
  return async (account, receipts) => {
    const isTooMany = groups.waiting() + receipts.length > most;
    if (isTooMany && receipts.length > 0) return { outcome: await core.keep(account, receipts) };
    return { outcome: "merged", news: await groups.add(account, receipts) };
  };
}

interface Bell {
  ringIn(ms: number): void;
  /** Unless it rings sooner. */
  ringWithin(ms: number): void;
  stop(): void;
}

function createBell(onRing: () => void): Bell {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** In milliseconds of the process. */
  let ringsAt = Infinity;
  const ringIn = (ms: number): void => {
    clearTimeout(timer);
    ringsAt = performance.now() + ms;
    timer = setTimeout(onRing, ms);
  };
  return {
    ringIn,
    ringWithin: (ms) => {
      if (ringsAt > performance.now() + ms) ringIn(ms);
    },
    stop: () => clearTimeout(timer),
  };
}

function restBetween(ms: number): number {
  return Math.min(longestRestMs, Math.max(shortestRestMs, ms));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
