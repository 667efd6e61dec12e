/** Code pools as the server counts them, their codes, and every use that was asked for. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Api, Failure } from "../sync/api.ts";
import {
  askCodes,
  askPools,
  askUses,
  drawMore,
  editPool,
  rollBackUse,
  type CodesPage,
  type PoolAnswer,
  type UsesPage,
} from "../sync/code-use-calls.ts";

export type { CodesPage, PoolAnswer } from "../sync/code-use-calls.ts";
export type UseRow = UsesPage["items"][number];

export class CodeUsesState {
  pools: readonly PoolAnswer[] | null = $state.raw(null);
  uses: readonly UseRow[] = $state.raw([]);
  /** Where the list of uses goes on; null: it is whole. */
  next: string | null = $state(null);
  problem: string | null = $state(null);
  readonly #api: Api;
  /** Answers of older questions than this are dropped. */
  #question = 0;

  constructor(api: Api) {
    this.#api = api;
  }

  async load(): Promise<void> {
    const found = await askPools(this.#api);
    if (found.ok) this.pools = found.value;
    this.problem = found.ok ? null : found.error.detail;
  }

  /** From the newest on, or those behind what is shown. */
  async ask(query: string, isMore = false): Promise<void> {
    const mine = ++this.#question;
    const cursor = isMore && this.next !== null ? `&cursor=${this.next}` : "";
    const found = await askUses(this.#api, `limit=50&${query}${cursor}`);
    if (mine !== this.#question) return;
    this.problem = found.ok ? null : found.error.detail;
    if (!found.ok) return;
    this.uses = isMore ? [...this.uses, ...found.value.items] : found.value.items;
    this.next = found.value.next;
  }

  codes(pool: Id, q: string): Promise<Result<CodesPage, Failure>> {
    return askCodes(this.#api, pool, q);
  }

  draw(pool: Id, count: number): Promise<void> {
    return this.#act(drawMore(this.#api, pool, count));
  }

  edit(pool: Id, wish: Parameters<typeof editPool>[2]): Promise<void> {
    return this.#act(editPool(this.#api, pool, wish));
  }

  rollBack({ poolId, n }: Pick<UseRow, "poolId" | "n">): Promise<void> {
    return this.#act(rollBackUse(this.#api, poolId, n));
  }

  async #act(doing: Promise<Result<PoolAnswer, Failure>>): Promise<void> {
    const done = await doing;
    this.problem = done.ok ? null : done.error.detail;
    if (done.ok) this.take(done.value);
  }

  /** A pool as the server has it now. */
  take(changed: PoolAnswer): void {
    this.pools = this.pools?.map((pool) => (pool.id === changed.id ? changed : pool)) ?? null;
  }
}
