/**
 * The engine with its timers: steps when woken, when a step asked for it, and never twice at
 * once.
 */
import { secondMs, type Instant } from "#domain/core/time.ts";
import type { Receipt, Reply } from "../providers/provider.ts";
import type { EngineDeps } from "./carriers.ts";
import { createCore, type AccountOf } from "./core.ts";
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
  /** Receipts that a provider sent for an account; resolves when they are durable, with how many were news. */
  receive(account: AccountOf, receipts: readonly Receipt[]): Promise<number>;
  /** What people wrote back to an account; resolves when it is durable, with how much was understood. */
  listen(account: ListeningAccount, replies: readonly Reply[]): Promise<number>;
}

export interface EngineStatus {
  /** When a step last ended well; null: none has yet. */
  readonly steppedAt: Instant | null;
  /** Steps in a row that failed as a whole. */
  readonly failedSteps: number;
  /** Campaigns whose own steps keep failing. */
  readonly troubles: readonly Trouble[];
}

/** However quiet it is, it looks again after this long: no wake-up is relied upon. */
const longestRestMs = 30 * secondMs;
const shortestRestMs = 5;
const restAfterErrorMs = secondMs;
const usualStopMs = 6 * secondMs;
const stopLookMs = 10;

export function createEngine(deps: EngineDeps): Engine {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isRunning = false;
  let isStepping = false;
  let isWanted = false;
  let steps: Omit<EngineStatus, "troubles"> = { steppedAt: null, failedSteps: 0 };

  const wake = (): void => {
    isWanted = true;
    if (isRunning && !isStepping) rest(0);
  };
  const core = createCore(deps, wake);
  const groups = createReceiptGroups((account, receipts) => core.hear(account, receipts));

  const rest = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void turn(), ms);
  };

  const turn = async (): Promise<void> => {
    if (!isRunning || isStepping) return;
    isStepping = true;
    isWanted = false;
    const restMs = await stepOnce();
    isStepping = false;
    if (isRunning) rest(isWanted ? shortestRestMs : restMs);
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
      rest(0);
    },
    wake,
    status: () => ({ ...steps, troubles: core.troubles() }),
    receive: (account, receipts) => groups.add(account, receipts),
    listen: (account, replies) => core.listen(account, replies),
    stop: async (withinMs = usualStopMs) => {
      isRunning = false;
      clearTimeout(timer);
      core.halt();
      const until = deps.clock() + withinMs;
      const isAtRest = (): boolean => !isStepping && core.isIdle();
      while (!isAtRest() && deps.clock() < until) await pause(stopLookMs);
      core.kill();
    },
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
