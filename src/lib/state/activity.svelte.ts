/** Who did what, newest first: of one campaign, or of the whole workspace. Kept for offline. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Failure } from "../sync/api.ts";
import type { App } from "./app-context.ts";

export interface ActivityRow {
  /** A stable key. */
  readonly key: string;
  readonly campaignId: Id | null;
  /** `campaign.send`, `engine.started`, `import.done`, … */
  readonly event: string;
  /** The user who did it; null for the engine. */
  readonly by: Id | null;
  readonly at: Instant;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** Made in a component: `const activity = new ActivityState(app, id)`, then `$effect(() => activity.start())`. */
export class ActivityState {
  #entries: readonly ActivityRow[] = $state.raw([]);
  #failure: Failure | null = $state.raw(null);
  #asOf: Instant | null = $state(null);

  constructor(app: App, campaignId: Id | null) {
    void app;
    void campaignId;
  }

  /** Shows what is stored and asks the server for newer; answers what stops it. */
  start(): () => void {
    return () => undefined;
  }

  async load(): Promise<void> {}

  get entries(): readonly ActivityRow[] {
    return this.#entries;
  }

  get failure(): Failure | null {
    return this.#failure;
  }

  /** When the server was last asked; null while never. */
  get asOf(): Instant | null {
    return this.#asOf;
  }
}
