/** The hours of one campaign: what this device has of them, at once; then what the server says. */
import type { Id } from "#domain/core/id.ts";
import { minuteMs } from "#domain/core/time.ts";
import type { HourSpans } from "#domain/report/hour-spans.ts";
import type { Failure } from "../sync/api.ts";
import { askHours, keptHours } from "../sync/hours-calls.ts";
import type { App } from "./app-context.ts";

/** While its counters move, they are asked for no more often than this. */
const restMs = minuteMs;

export class HoursState {
  /** Null while neither this device nor the server told them. */
  hours: HourSpans | null = $state.raw(null);
  /** Why the server could not be asked; null when it could. */
  failure: Failure | null = $state.raw(null);
  readonly #app: Pick<App, "api" | "device" | "now">;
  readonly #campaign: Id;
  #kept: Promise<void> | null = null;
  #askedAt = -Infinity;

  constructor(app: Pick<App, "api" | "device" | "now">, campaign: Id) {
    this.#app = app;
    this.#campaign = campaign;
  }

  /** What this device has. */
  load(): Promise<void> {
    this.#kept ??= this.#load();
    return this.#kept;
  }

  /**
   * Asks the server, unless those that are here add up to these counters already; null: nobody
   * knows their name. Answers how to leave it.
   */
  follow(snapshot: string | null): () => void {
    const wait = Math.max(0, this.#askedAt + restMs - this.#app.now());
    const timer = setTimeout(() => void this.#ask(snapshot), wait);
    return () => clearTimeout(timer);
  }

  async #load(): Promise<void> {
    const { db } = this.#app.device;
    if (db === null) return;
    const kept = await keptHours(db, this.#campaign);
    this.hours ??= kept;
  }

  async #ask(snapshot: string | null): Promise<void> {
    await this.load();
    const { db } = this.#app.device;
    if (db === null || (snapshot !== null && this.hours?.snapshot === snapshot)) return;
    this.#askedAt = this.#app.now();
    const answer = await askHours(this.#app.api, db, this.#campaign);
    this.failure = answer.ok ? null : answer.error;
    if (answer.ok) this.hours = answer.value;
    else this.#askedAt = -Infinity;
  }
}
