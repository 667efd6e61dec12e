/** Who would be sent to again, as the server last counted it. Known only while it can be asked. */
import type { Id } from "#domain/core/id.ts";
import type { Picked } from "#domain/message/again.ts";
import type { Api } from "../sync/api.ts";
import { askRetry, type RetryAnswer } from "../sync/retry-calls.ts";

export type { RetryAnswer } from "../sync/retry-calls.ts";

export class RetryCountState {
  /** Of the last question that was answered; null before, and where the server cannot tell. */
  answer: RetryAnswer | null = $state.raw(null);
  isAsking = $state(false);
  readonly #api: Api;
  #asked = 0;

  constructor(api: Api) {
    this.#api = api;
  }

  /** The newest question counts, whichever is answered last. */
  async ask(campaign: Id, picks: readonly Picked[]): Promise<void> {
    this.#asked += 1;
    const question = this.#asked;
    this.isAsking = true;
    const answer = await askRetry(this.#api, campaign, picks);
    if (question !== this.#asked) return;
    this.isAsking = false;
    this.answer = answer.ok ? answer.value : null;
  }
}
