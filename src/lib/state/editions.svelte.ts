/** A campaign's earlier texts, as the server told them. Known only while it can be asked. */
import type { Id } from "#domain/core/id.ts";
import type { Api } from "../sync/api.ts";
import { askEditions, type EditionsAnswer } from "../sync/edition-calls.ts";

export type EditionText = EditionsAnswer["items"][number];

export class EditionsState {
  /** Null until the server answered, and where it cannot. */
  items: readonly EditionText[] | null = $state.raw(null);
  hasFailed = $state(false);
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  async ask(campaign: Id): Promise<void> {
    this.hasFailed = false;
    const answer = await askEditions(this.#api, campaign);
    this.items = answer.ok ? answer.value.items : null;
    this.hasFailed = !answer.ok;
  }
}
