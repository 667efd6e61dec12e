/** The recipients of one campaign, from report blocks that stay on the device. */
import { untrack } from "svelte";
import { isRunning } from "#domain/campaign/lifecycle.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Reason } from "#domain/message/reason.ts";
import { loadBlockList, loadParts } from "../db/blocks.ts";
import type { StoredBlockList, StoredPart } from "../db/client-db.ts";
import type { Failure } from "../sync/api.ts";
import { syncBlocks } from "../sync/block-sync.ts";
import type { App } from "./app-context.ts";
import {
  countReasons,
  rowAt,
  select,
  type Block,
  type RecipientFilter,
  type RecipientRow,
  type RecipientOrder,
} from "./recipient-table.ts";

export type {
  RecipientFilter,
  RecipientRow,
  RecipientOrder,
  RecipientSort,
} from "./recipient-table.ts";

type Needs = Pick<App, "api" | "device" | "campaigns">;

/** While it sends, the table is refreshed no more often than this; the counters are live anyway. */
const refreshMs = 30_000;
const lookMs = 3_000;
const redrawMs = 150;

/**
 * Made in a component: `const recipients = new RecipientsState(app, id)`, then
 * `$effect(() => recipients.start())`. `rowAt(i)` reads one row of the filtered, sorted result, so
 * that a virtual list never makes 100,000 objects.
 */
export class RecipientsState {
  #filter: RecipientFilter = $state.raw({ states: [], reasons: [], q: "" });
  #sort: RecipientOrder = $state.raw({ by: "index", descending: false });
  #failure: Failure | null = $state.raw(null);
  #isLoading = $state(true);
  #list: StoredBlockList | null = $state.raw(null);
  #blocks: readonly Block[] = $state.raw([]);
  #places: Uint32Array = $state.raw(new Uint32Array());
  #asOf: Instant | null = $state(null);
  readonly #reasons = $derived(countReasons(this.#blocks));
  /** Every part that is here, by block and name. Not reactive: `#redraw` shows it. */
  readonly #parts = new Map<string, StoredPart>();
  readonly #app: Needs;
  readonly #campaignId: Id;
  #drawing = 0;
  #redrawTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(app: Needs, campaignId: Id) {
    this.#app = app;
    this.#campaignId = campaignId;
  }

  /** Shows what is stored, fetches what is missing, refreshes while it sends; answers what stops it. */
  start(): () => void {
    const given = new AbortController();
    const { signal } = given;
    const timer = setInterval(() => this.#look(signal), lookMs);
    void this.#open(signal);
    return () => {
      given.abort();
      clearInterval(timer);
      if (this.#redrawTimer !== null) clearTimeout(this.#redrawTimer);
    };
  }

  /** Fetches the list of blocks and every part that is missing or older. */
  async load(signal: AbortSignal = new AbortController().signal): Promise<void> {
    this.#isLoading = true;
    const { api, device } = this.#app;
    const failure = await syncBlocks({
      api,
      db: device.db,
      campaign: this.#campaignId,
      signal,
      has: (n, part) => this.#parts.get(`${n}:${part}`)?.hash,
      onList: (list) => {
        this.#list = list;
      },
      onPart: (part) => this.#add(part),
    });
    if (signal.aborted) return;
    this.#failure = failure;
    if (failure === null) this.#asOf = this.#list?.asOf ?? null;
    await this.#redraw();
    this.#isLoading = false;
  }

  get filter(): RecipientFilter {
    return this.#filter;
  }
  set filter(filter: RecipientFilter) {
    this.#filter = filter;
    void this.#redraw();
  }

  get sort(): RecipientOrder {
    return this.#sort;
  }
  set sort(sort: RecipientOrder) {
    this.#sort = sort;
    void this.#redraw();
  }

  /** Rows that match the filter. */
  get count(): number {
    return this.#places.length;
  }

  /** Recipients of the campaign, loaded or not. */
  get total(): number {
    return this.#list?.total ?? 0;
  }

  /** A row of the filtered and sorted result. */
  rowAt(position: number): RecipientRow | null {
    const place = this.#places[position];
    return place === undefined ? null : rowAt(this.#blocks, place);
  }

  /** All of them as objects: for small campaigns and exports. */
  get rows(): readonly RecipientRow[] {
    return Array.from(this.#places, (place) => rowAt(this.#blocks, place)).filter(
      (row) => row !== null,
    );
  }

  /** Reasons that occur, most frequent first, with how often: for the filter's menu. */
  get reasons(): readonly { readonly reason: Reason; readonly n: number }[] {
    return this.#reasons;
  }

  get loadedBlocks(): number {
    return this.#blocks.length;
  }

  get blocks(): number {
    return this.#list?.blocks.length ?? 0;
  }

  get isLoading(): boolean {
    return this.#isLoading;
  }

  /** Why the last fetch failed; what is shown is what was stored. */
  get failure(): Failure | null {
    return this.#failure;
  }

  /** When everything that is shown was true at the server; null while nothing is there. */
  get asOf(): Instant | null {
    return this.#asOf;
  }

  /** The filtered rows in their order, for an export. */
  exportRows(): Promise<readonly RecipientRow[]> {
    return Promise.resolve(this.rows);
  }

  async #open(signal: AbortSignal): Promise<void> {
    const { db } = this.#app.device;
    if (db !== null) {
      const [list, parts] = await Promise.all([
        loadBlockList(db, this.#campaignId),
        loadParts(db, this.#campaignId),
      ]);
      if (signal.aborted) return;
      this.#list = list ?? null;
      this.#asOf = list?.asOf ?? null;
      for (const part of parts) this.#parts.set(nameOf(part), part);
      await this.#redraw();
    }
    await this.load(signal);
  }

  /** Refreshes when counters moved since: at once when it came to rest, otherwise now and then. */
  #look(signal: AbortSignal): void {
    const row = this.#app.campaigns.byId(this.#campaignId);
    const movedAt = row?.rollup?.at ?? 0;
    const seenAt = this.#list?.asOf ?? 0;
    if (row === undefined || this.#isLoading || movedAt <= seenAt) return;
    const mayWait = isRunning(row.campaign.phase) && this.#blocks.length > 0;
    if (!mayWait || movedAt - seenAt >= refreshMs) void this.load(signal);
  }

  #add(part: StoredPart): void {
    this.#parts.set(nameOf(part), part);
    this.#redrawTimer ??= setTimeout(() => {
      this.#redrawTimer = null;
      void this.#redraw();
    }, redrawMs);
  }

  /** The last one wins: an older filter's result is thrown away. */
  async #redraw(): Promise<void> {
    this.#drawing += 1;
    const drawing = this.#drawing;
    const isCurrent = () => drawing === this.#drawing;
    // An effect that sets the filter does not wait for what the drawing reads.
    const [blocks, filter, sort] = untrack(
      () => [wholeBlocks(this.#parts, this.#list), this.#filter, this.#sort] as const,
    );
    const places = await select(blocks, filter, sort, nextTurn);
    if (!isCurrent()) return;
    this.#blocks = blocks;
    this.#places = places;
  }
}

function nameOf({ n, columns }: StoredPart): string {
  return `${n}:${columns.part}`;
}

/** The blocks of which both parts are here, in order. */
function wholeBlocks(
  parts: ReadonlyMap<string, StoredPart>,
  list: StoredBlockList | null,
): readonly Block[] {
  return (list?.blocks ?? []).flatMap(({ n }) => {
    const fixed = parts.get(`${n}:static`)?.columns;
    const moving = parts.get(`${n}:dynamic`)?.columns;
    return fixed?.part === "static" && moving?.part === "dynamic" ? [{ fixed, moving }] : [];
  });
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
