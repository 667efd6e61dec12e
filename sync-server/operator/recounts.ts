/**
 * The doctor inside the server: recounts a campaign when it is complete, and everything every
 * night. On a connection and a thread of its own, opened for the purpose, so that nobody waits.
 */
import { dayMs, hourMs, minuteMs, type Instant } from "#domain/core/time.ts";
import type { Finding } from "../store/admin-store.ts";
import type { Store } from "../store/store.ts";

export interface LastRecount {
  readonly at: Instant;
  readonly tookMs: number;
  readonly findings: readonly Finding[];
}

export interface Recounts {
  /** A campaign is complete: it is recounted soon. */
  completed(distribution: number): void;
  /** The last of everything; null: none was made since the start. */
  last(): LastRecount | null;
  /** What recounts of single campaigns found since the last of everything. */
  sinceThen(): readonly Finding[];
  start(): void;
  /** Resolves when none runs. */
  stop(): Promise<void>;
}

/** What a recount asks of the store, on a connection of its own. */
export interface RecountReader {
  doctor(): Promise<readonly Finding[]>;
  findings(distributions: readonly number[]): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

export interface RecountDeps {
  readonly openReader: () => Promise<RecountReader>;
  readonly log: {
    info(facts: object, words: string): void;
    error(facts: object, words: string): void;
  };
  readonly clock: () => Instant;
}

/** When the night is deepest, by the clock of the server. */
const nightHour = 3;
/** Campaigns that end together are recounted together. */
const restMs = 10_000;
const lookEveryMs = 10 * minuteMs;
/** The first of everything, on a server that is not up at night. */
const latestAfterMs = dayMs + hourMs;

export function createRecounts({ openReader, log, clock }: RecountDeps): Recounts {
  const waiting = new Set<number>();
  const found: Finding[] = [];
  const startedAt = clock();
  let last: LastRecount | null = null;
  let running: Promise<void> = Promise.resolve();
  let soon: ReturnType<typeof setTimeout> | undefined;
  let looking: ReturnType<typeof setInterval> | undefined;

  const run = (what: "all" | "completed"): void => {
    const before = running;
    running = (async () => {
      await before;
      try {
        await (what === "all" ? recountAll() : recountCompleted());
      } catch (error) {
        log.error({ err: error }, "a recount failed; the next one comes by itself");
      }
    })();
  };
  const recountAll = async (): Promise<void> => {
    const at = clock();
    const findings = await using(openReader, (store) => store.doctor());
    last = { at, tookMs: clock() - at, findings };
    found.length = 0;
    if (findings.length === 0) log.info({ tookMs: last.tookMs }, "the doctor found all well");
    else tell(log, findings);
  };
  const recountCompleted = async (): Promise<void> => {
    const distributions = [...waiting];
    waiting.clear();
    if (distributions.length === 0) return;
    const findings = await using(openReader, (store) => store.findings(distributions));
    found.push(...findings);
    if (findings.length > 0) tell(log, findings);
  };

  return {
    completed: (distribution) => {
      waiting.add(distribution);
      soon ??= setTimeout(() => {
        soon = undefined;
        run("completed");
      }, restMs).unref();
    },
    last: () => last,
    sinceThen: () => found,
    start: () => {
      looking = setInterval(() => {
        if (isTime(clock(), last?.at ?? startedAt)) run("all");
      }, lookEveryMs).unref();
    },
    stop: async () => {
      clearTimeout(soon);
      clearInterval(looking);
      await running;
    },
  };
}

/** At night, or when too many nights went by without. */
function isTime(now: Instant, last: Instant): boolean {
  const since = now - last;
  if (since > latestAfterMs) return true;
  return new Date(now).getHours() === nightHour && since > 2 * hourMs;
}

/** A store as a recount uses it; `close` ends the recount's own connection. */
export function readerOf(
  store: Pick<Store, "admin" | "delivery">,
  close: () => Promise<void>,
): RecountReader {
  return {
    doctor: () => store.admin.doctor({}),
    findings: (distributions) => store.delivery.findings({ distributions }),
    close,
  };
}

async function using<T>(
  openReader: RecountDeps["openReader"],
  work: (reader: RecountReader) => Promise<T>,
): Promise<T> {
  const store = await openReader();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** The first few, in full: more of them rarely say more. */
function tell(log: RecountDeps["log"], findings: readonly Finding[]): void {
  const first = findings.slice(0, 20);
  log.error({ n: findings.length, findings: first }, "the doctor found what differs");
}
