/** Who did what, newest first: of one campaign, or of the whole workspace. Kept for offline. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { ActivityEntry } from "../db/client-db.ts";
import { loadActivity, saveActivity } from "../db/activity.ts";
import type { Failure } from "../sync/api.ts";
import { fetchActivity } from "../sync/report-calls.ts";
import type { App } from "./app-context.ts";

export type { ActivityEntry as ActivityRow } from "../db/client-db.ts";

const refreshMs = 30_000;

/** Made in a component: `const activity = new ActivityState(app, id)`, then `$effect(() => activity.start())`. */
export class ActivityState {
  #entries: readonly ActivityEntry[] = $state.raw([]);
  #failure: Failure | null = $state.raw(null);
  #asOf: Instant | null = $state(null);
  readonly #app: Pick<App, "api" | "device" | "now">;
  readonly #campaignId: Id | null;

  constructor(app: Pick<App, "api" | "device" | "now">, campaignId: Id | null) {
    this.#app = app;
    this.#campaignId = campaignId;
  }

  /** Shows what is stored and asks the server for newer; answers what stops it. */
  start(): () => void {
    const given = new AbortController();
    void this.#open(given.signal);
    const timer = setInterval(() => void this.load(given.signal), refreshMs);
    return () => {
      given.abort();
      clearInterval(timer);
    };
  }

  async load(signal?: AbortSignal): Promise<void> {
    const { api, device, now } = this.#app;
    const options = signal === undefined ? {} : { signal };
    const answer = await fetchActivity(api, this.#campaignId, options);
    if (signal?.aborted === true) return;
    this.#failure = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    this.#entries = answer.value;
    this.#asOf = now();
    const { db } = device;
    if (db !== null) await saveActivity(db, this.#campaignId, answer.value, this.#asOf);
  }

  get entries(): readonly ActivityEntry[] {
    return this.#entries;
  }

  /** Why the server could not be asked; what is shown is what was stored. */
  get failure(): Failure | null {
    return this.#failure;
  }

  /** When the server was last asked; null while never. */
  get asOf(): Instant | null {
    return this.#asOf;
  }

  async #open(signal: AbortSignal): Promise<void> {
    const { db } = this.#app.device;
    const stored = db === null ? undefined : await loadActivity(db, this.#campaignId);
    if (signal.aborted) return;
    if (stored !== undefined) {
      this.#entries = stored.entries;
      this.#asOf = stored.at;
    }
    await this.load(signal);
  }
}
