/** What a launch would do, as the server last told it. Known only while it can be asked. */
import type { Schedule } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import type { Api } from "../sync/api.ts";
import { askPreflight, type PreflightAnswer } from "../sync/preflight-calls.ts";

export type { PreflightAnswer } from "../sync/preflight-calls.ts";

/** Nobody waits longer for a count than a person takes for no answer. */
const aMomentMs = 2_000;

export class PreflightState {
  /** Null until the server answered, and where it cannot tell. */
  answer: PreflightAnswer | null = $state.raw(null);
  isAsking = $state(false);
  /** The first answer is about to come, and with it everything below it moves; true for a moment only. */
  isAboutToTell = $state(false);
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
    this.isAboutToTell = this.answer === null;
    const moment = setTimeout(() => (this.isAboutToTell = false), aMomentMs);
    const answer = await askPreflight(this.#api, campaign, schedule);
    clearTimeout(moment);
    if (question !== this.#asked) return;
    this.isAsking = false;
    this.isAboutToTell = false;
    this.answer = answer.ok ? answer.value : null;
  }
}
