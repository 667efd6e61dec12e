/**
 * Clicks and opens on their way to the store. Who clicks is led on at once: they gather for at most
 * 50 ms and are written together. Whatever is older than that when the server is killed was kept.
 * Clicks are judged and counted a second later, opens at once.
 */
import { judgedAfterMs } from "#domain/engagement/click.ts";
import type { Click, Open } from "../../store/link-store.ts";
import type { Store } from "../../store/store.ts";

export interface ClickLog {
  add(click: Omit<Click, "id" | "at">): void;
  /** The same of a page that was opened. */
  addOpen(open: Omit<Open, "id" | "at">): void;
  /** Resolves when all that was added before is written, or was refused. */
  flush(): Promise<void>;
  /** Judges what an earlier start of the server left. */
  start(): void;
  /** Writes what has gathered. */
  stop(): Promise<void>;
}

export interface ClickLogDeps {
  readonly store: Pick<Store, "links">;
  readonly clock: () => number;
  readonly newId: () => string;
  /** Counters changed. */
  readonly onCounted: () => void;
  readonly onError: (error: unknown) => void;
}

const gatherMs = 50;
/** After storage refused. */
const againMs = 1_000;
const judgeMs = judgedAfterMs + 200;
const batch = 2_000;
/** Kept while storage refuses; what comes then is not counted. */
const mostWaiting = 100_000;

export function createClickLog(deps: ClickLogDeps): ClickLog {
  return new GatheringLog(deps);
}

class GatheringLog implements ClickLog {
  readonly #deps: ClickLogDeps;
  #waiting: Click[] = [];
  #opens: Open[] = [];
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #judging: NodeJS.Timeout | null = null;
  #isStopped = false;
  /** When the youngest click that was written came. */
  #youngestAt = 0;

  constructor(deps: ClickLogDeps) {
    this.#deps = deps;
  }

  add(click: Omit<Click, "id" | "at">): void {
    if (this.#waiting.length >= mostWaiting) return;
    const { clock, newId } = this.#deps;
    this.#waiting.push({ ...click, id: newId(), at: clock() });
    this.#writeIn(gatherMs);
  }

  addOpen(open: Omit<Open, "id" | "at">): void {
    if (this.#opens.length >= mostWaiting) return;
    const { clock, newId } = this.#deps;
    this.#opens.push({ ...open, id: newId(), at: clock() });
    this.#writeIn(gatherMs);
  }

  async flush(): Promise<void> {
    await this.#writing;
    await this.#write();
  }

  start(): void {
    this.#judgeIn(judgeMs);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#judging !== null) clearTimeout(this.#judging);
    await this.flush();
  }

  #writeIn(ms: number): void {
    if (this.#isStopped || this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#writing = this.#write();
    }, ms);
  }

  /** Twice the same is kept once: whatever may not have been written is written again. */
  async #write(): Promise<void> {
    await Promise.all([this.#writeClicks(), this.#writeOpens()]);
  }

  async #writeOpens(): Promise<void> {
    const opens = this.#opens;
    if (opens.length === 0) return;
    this.#opens = [];
    const { store, onCounted, onError } = this.#deps;
    try {
      await store.links.noteOpens({ opens });
      onCounted();
    } catch (error) {
      this.#opens = [...opens, ...this.#opens];
      onError(error);
      this.#writeIn(againMs);
    }
  }

  async #writeClicks(): Promise<void> {
    const clicks = this.#waiting;
    if (clicks.length === 0) return;
    this.#waiting = [];
    try {
      await this.#deps.store.links.addClicks({ clicks });
      this.#youngestAt = Math.max(this.#youngestAt, ...clicks.map(({ at }) => at));
      this.#judgeIn(judgeMs);
    } catch (error) {
      this.#waiting = [...clicks, ...this.#waiting];
      this.#deps.onError(error);
      this.#writeIn(againMs);
    }
  }

  #judgeIn(ms: number): void {
    if (this.#isStopped || this.#judging !== null) return;
    this.#judging = setTimeout(() => {
      this.#judging = null;
      void this.#judge();
    }, ms);
  }

  async #judge(): Promise<void> {
    const { store, clock, onCounted, onError } = this.#deps;
    try {
      const until = clock() - judgedAfterMs;
      const n = await store.links.judgeClicks({ until, limit: batch });
      if (n > 0) onCounted();
      if (n === batch) this.#judgeIn(0);
      // Those that came while it waited were too young: perhaps nobody clicks after them.
      else if (this.#youngestAt > until) this.#judgeIn(judgeMs);
    } catch (error) {
      onError(error);
      this.#judgeIn(againMs);
    }
  }
}
