/** Tells people outside of the app, with its timer: looks when woken, when something is due, and never twice at once. */
import { secondMs } from "#domain/core/time.ts";
import { tellOnce, type NoticeCoreDeps } from "./core.ts";

export interface Notifier {
  start(): void;
  /** Something may be to be told: call it after every commit that moved a campaign. */
  wake(): void;
  /** Counters moved: somebody may have an alert on them. It looks within some seconds. */
  wakeForCounters(): void;
  /** Lets what has begun end. */
  stop(): Promise<void>;
}

/** However quiet it is, it looks again after this long: for reports that are due, and thresholds. */
const longestRestMs = 30 * secondMs;
const shortestRestMs = 5;
/** What stops a campaign often stops several: they are told of together. */
const gatherMs = 500;
/** Counters move four times a second while a campaign is sent; people do not read so fast. */
const countersMs = 5 * secondMs;
const restAfterErrorMs = 10 * secondMs;

export function createNotifier(deps: NoticeCoreDeps): Notifier {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueAt = Infinity;
  let running: Promise<void> | null = null;
  let isRunning = false;
  /** How soon it has to look again, in milliseconds; asked for while it was looking. */
  let wantedMs = Infinity;

  const rest = (ms: number): void => {
    clearTimeout(timer);
    dueAt = performance.now() + ms;
    timer = setTimeout(() => {
      running = turn();
    }, ms);
  };

  const turn = async (): Promise<void> => {
    wantedMs = Infinity;
    const ms = await restAfter(deps);
    running = null;
    if (isRunning) rest(Math.min(wantedMs, ms));
  };

  const wake = (ms: number): void => {
    wantedMs = Math.min(wantedMs, ms);
    if (!isRunning || running !== null) return;
    if (dueAt > performance.now() + ms) rest(ms);
  };

  return {
    start: () => {
      isRunning = true;
      rest(0);
    },
    wake: () => wake(gatherMs),
    wakeForCounters: () => wake(countersMs),
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
