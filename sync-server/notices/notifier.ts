/** Tells people outside of the app, with its timer: looks when woken, when something is due, and never twice at once. */
import { minuteMs, secondMs } from "#domain/core/time.ts";
import { tellOnce, type NoticeCoreDeps } from "./core.ts";

export interface Notifier {
  start(): void;
  /** Something may be to be told: call it after every commit that moved a campaign. */
  wake(): void;
  /** Lets what has begun end. */
  stop(): Promise<void>;
}

/** However quiet it is, it looks again after this long. */
const longestRestMs = 5 * minuteMs;
const shortestRestMs = 5;
/** What stops a campaign often stops several: they are told of together. */
const gatherMs = 500;
const restAfterErrorMs = 10 * secondMs;

export function createNotifier(deps: NoticeCoreDeps): Notifier {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueAt = Infinity;
  let running: Promise<void> | null = null;
  let isRunning = false;
  let isWanted = false;

  const rest = (ms: number): void => {
    clearTimeout(timer);
    dueAt = performance.now() + ms;
    timer = setTimeout(() => {
      running = turn();
    }, ms);
  };

  const turn = async (): Promise<void> => {
    isWanted = false;
    const ms = await restAfter(deps);
    running = null;
    if (isRunning) rest(isWanted ? gatherMs : ms);
  };

  return {
    start: () => {
      isRunning = true;
      rest(0);
    },
    wake: () => {
      isWanted = true;
      if (!isRunning || running !== null) return;
      if (dueAt > performance.now() + gatherMs) rest(gatherMs);
    },
    stop: async () => {
      isRunning = false;
      clearTimeout(timer);
      await running;
    },
  };
}

async function restAfter(deps: NoticeCoreDeps): Promise<number> {
  try {
    const next = await tellOnce(deps);
    if (next === null) return longestRestMs;
    return Math.min(longestRestMs, Math.max(shortestRestMs, next - deps.clock()));
  } catch (error) {
    deps.warn({ err: error }, "telling people failed; it is tried again");
    return restAfterErrorMs;
  }
}
