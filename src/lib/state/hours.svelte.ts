/** The hours of one campaign: what this device has of them, at once; then what the server says. */
import type { Id } from "#domain/core/id.ts";
import { minuteMs, secondMs, type Instant } from "#domain/core/time.ts";
import type { HourSpans } from "#domain/report/hour-spans.ts";
import type { Failure } from "../sync/api.ts";
import { createBackoff, type Backoff } from "../sync/backoff.ts";
import { askHours, keptHours } from "../sync/hours-calls.ts";
import type { App } from "./app-context.ts";

/** While its counters move, they are asked for no more often than this. */
const restMs = minuteMs;
/** What failed rests for so long at least, and for more each time. */
const leastRestMs = 2 * secondMs;

export class HoursState {
  /** Null while neither this device nor the server told them. */
  hours: HourSpans | null = $state.raw(null);
  /** Why the server could not be asked; null when it could. */
  failure: Failure | null = $state.raw(null);
  readonly #app: Pick<App, "api" | "device" | "now">;
  readonly #campaign: Id;
  readonly #backoff: Backoff;
  #kept: Promise<void> | null = null;
  /** Before then the server is not asked. */
  #nextAt: Instant = -Infinity;

  constructor(
    app: Pick<App, "api" | "device" | "now">,
    campaign: Id,
    random: () => number = Math.random,
  ) {
    this.#app = app;
    this.#campaign = campaign;
    this.#backoff = createBackoff({ firstMs: leastRestMs, maxMs: restMs }, random);
  }

  /** What this device has. */
  load(): Promise<void> {
    this.#kept ??= this.#load();
    return this.#kept;
  }

  /**
   * Asks the server, unless those that are here add up to these counters already; null: nobody
   * knows their name. What failed is asked again. Answers how to leave it.
   */
  follow(snapshot: string | null): () => void {
    let isLeft = false;
    let timer: ReturnType<typeof setTimeout>;
    const plan = (): void => {
      const wait = Math.max(0, this.#nextAt - this.#app.now());
      timer = setTimeout(() => void ask(), wait);
    };
    const ask = async (): Promise<void> => {
      const isDone = await this.#ask(snapshot);
      if (!isDone && !isLeft) plan();
    };
    plan();
    return () => {
      isLeft = true;
      clearTimeout(timer);
    };
  }

  async #load(): Promise<void> {
    const { db } = this.#app.device;
    if (db === null) return;
    const kept = await keptHours(db, this.#campaign);
    this.hours ??= kept;
  }

  /** False: it failed. */
  async #ask(snapshot: string | null): Promise<boolean> {
    await this.load();
    const { api, device, now } = this.#app;
    if (device.db === null || (snapshot !== null && this.hours?.snapshot === snapshot)) return true;
    this.#nextAt = now() + restMs;
    const answer = await askHours(api, device.db, this.#campaign);
    this.failure = answer.ok ? null : answer.error;
    if (answer.ok) {
      this.hours = answer.value;
      this.#backoff.reset();
    } else {
      const rest = leastRestMs + this.#backoff.next();
      this.#nextAt = now() + Math.max(rest, answer.error.retryAfterMs ?? 0);
    }
    return answer.ok;
  }
}
