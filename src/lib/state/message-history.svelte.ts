/** One recipient's tries, as the server told them. They are not kept on the device. */
import type { Id } from "#domain/core/id.ts";
import type { Api } from "../sync/api.ts";
import { askMessage, type MessageAnswer } from "../sync/message-calls.ts";

export type { MessageAnswer } from "../sync/message-calls.ts";

export class MessageHistoryState {
  /** Null until the server answered, and where it cannot. */
  answer: MessageAnswer | null = $state.raw(null);
  hasFailed = $state(false);
  readonly #api: Api;
  #asked = 0;

  constructor(api: Api) {
    this.#api = api;
  }

  /** The newest question counts, whichever is answered last. */
  async ask(campaign: Id, n: number): Promise<void> {
    this.#asked += 1;
    const question = this.#asked;
    this.answer = null;
    this.hasFailed = false;
    const answer = await askMessage(this.#api, campaign, n);
    if (question !== this.#asked) return;
    this.answer = answer.ok ? answer.value : null;
    this.hasFailed = !answer.ok;
  }
}
