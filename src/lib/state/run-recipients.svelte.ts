/** The recipients of a campaign that repeats, of all its runs, as the server tells them; nothing of it is kept. */
import type { Id } from "#domain/core/id.ts";
import type { Api, Failure } from "../sync/api.ts";
import { askRunRows, type MessagePage } from "../sync/run-calls.ts";
import type { RecipientRow } from "./recipient-table.ts";

export interface RunRecipientRow extends RecipientRow {
  readonly campaignId: Id;
  /** 1, 2, 3 …; null where the run was deleted. */
  readonly run: number | null;
}

export class RunRecipientsState {
  /** null until the server answered. */
  rows: readonly RunRecipientRow[] | null = $state.raw(null);
  failure: Failure | null = $state.raw(null);
  isLoading = $state(false);
  hasMore = $state(false);
  #next: string | null = null;
  #turn = 0;
  readonly #api: Api;
  readonly #campaign: Id;

  constructor(api: Api, campaign: Id) {
    this.#api = api;
    this.#campaign = campaign;
  }

  /** From the first run. */
  async load(asked: URLSearchParams): Promise<void> {
    this.#next = null;
    this.rows = null;
    await this.more(asked);
  }

  /** The next page; an answer that comes after something else was asked for is left. */
  async more(asked: URLSearchParams): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    this.isLoading = true;
    const answer = await askRunRows(this.#api, this.#campaign, asked, this.#next);
    if (turn !== this.#turn) return;
    this.isLoading = false;
    this.failure = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    this.rows = [...(this.rows ?? []), ...answer.value.items.map(toRow)];
    this.#next = answer.value.next;
    this.hasMore = this.#next !== null;
  }
}

function toRow({ n, at, run, ...row }: MessagePage["items"][number]): RunRecipientRow {
  const when = Date.parse(at);
  const told = { index: n, at: when === 0 ? null : when };
  return { ...row, ...told, campaignId: run?.campaignId ?? "", run: run?.n ?? null };
}
