/** The clicks on a campaign's links, as the server told them. They are not kept on the device. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Failure } from "../sync/api.ts";
import { askClicks, type ClickChoice, type ClickItem } from "../sync/click-calls.ts";
import type { App } from "./app-context.ts";

export { clicksFileHref, type ClickChoice, type ClickItem } from "../sync/click-calls.ts";

export const clicksOfPage = 50;

/** A page of clicks with when it was told. */
export interface ShownClicks {
  readonly items: readonly ClickItem[];
  /** From 0. */
  readonly page: number;
  readonly hasNext: boolean;
  readonly asOf: Instant;
}

export class ClicksState {
  /** Null until the server answered; what it answered last stays while it cannot be reached. */
  shown: ShownClicks | null = $state.raw(null);
  failure: Failure | null = $state.raw(null);
  isLoading = $state(false);
  readonly #app: Pick<App, "api" | "now">;
  readonly #campaign: Id;
  #choice: ClickChoice = { link: null, visitor: null };
  /** Where each page begins; the first begins nowhere. */
  #cursors: readonly (string | null)[] = [null];
  #asked = 0;

  constructor(app: Pick<App, "api" | "now">, campaign: Id) {
    this.#app = app;
    this.#campaign = campaign;
  }

  /** Another choice begins with its first page. */
  async choose(choice: ClickChoice): Promise<void> {
    this.#choice = choice;
    this.#cursors = [null];
    this.shown = null;
    await this.show(0);
  }

  /** A page that was shown, or the one after it. The newest question counts, whichever is answered last. */
  async show(page: number): Promise<void> {
    const cursor = this.#cursors[page];
    if (cursor === undefined) return;
    this.#asked += 1;
    const question = this.#asked;
    this.isLoading = true;
    const about = { campaign: this.#campaign, choice: this.#choice };
    const answer = await askClicks(this.#app.api, about, { cursor, limit: clicksOfPage });
    if (question !== this.#asked) return;
    this.isLoading = false;
    this.failure = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    const { items, next } = answer.value;
    this.#cursors = [...this.#cursors.slice(0, page + 1), ...(next === null ? [] : [next])];
    this.shown = { items, page, hasNext: next !== null, asOf: this.#app.now() };
  }
}
