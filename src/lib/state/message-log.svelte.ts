/** The log of messages, as the server tells it; nothing of it is kept. */
import type { Api, Failure } from "../sync/api.ts";
import { askLog, type LogAsked, type LogItem } from "../sync/log-calls.ts";

export { logFileHref, type LogAsked, type LogItem } from "../sync/log-calls.ts";

export class MessageLogState {
  /** null until the server answered. */
  items: readonly LogItem[] | null = $state.raw(null);
  failure: Failure | null = $state.raw(null);
  isLoading = $state(false);
  /** Whether there is more of it. */
  hasMore = $state(false);
  #next: string | null = null;
  #turn = 0;
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** From the newest. */
  async load(asked: LogAsked): Promise<void> {
    this.#next = null;
    this.items = null;
    await this.more(asked);
  }

  /** The next page; an answer that comes after something else was asked for is left. */
  async more(asked: LogAsked): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    this.isLoading = true;
    const answer = await askLog(this.#api, asked, this.#next);
    if (turn !== this.#turn) return;
    this.isLoading = false;
    this.failure = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    this.items = [...(this.items ?? []), ...answer.value.items];
    this.#next = answer.value.next;
    this.hasMore = this.#next !== null;
  }
}
