/** What a launch would do, as the server last told it. Known only while it can be asked. */
import type { Schedule } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import type { Api } from "../sync/api.ts";
import { askPreflight, type PreflightAnswer } from "../sync/preflight-calls.ts";

export type { PreflightAnswer } from "../sync/preflight-calls.ts";

export class PreflightState {
  /** Null until the server answered, and where it cannot tell. */
  answer: PreflightAnswer | null = $state.raw(null);
  isAsking = $state(false);
  readonly #api: Api;
  #asked = 0;

  constructor(api: Api) {
    this.#api = api;
  }

  /** The newest question counts, whichever is answered last. */
  async ask(campaign: Id, schedule: Schedule | null = null): Promise<void> {
    this.#asked += 1;
    const question = this.#asked;
    this.isAsking = true;
    const answer = await askPreflight(this.#api, campaign, schedule);
    if (question !== this.#asked) return;
    this.isAsking = false;
    this.answer = answer.ok ? answer.value : null;
  }
}
