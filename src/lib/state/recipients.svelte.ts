/** The recipients of one campaign, from report blocks that stay on the device. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Reason } from "#domain/message/reason.ts";
import type { MessageState } from "#domain/message/state.ts";
import type { Failure } from "../sync/api.ts";
import type { App } from "./app-context.ts";

export interface RecipientRow {
  /** Place in the frozen audience: a stable key. */
  readonly index: number;
  readonly name: string;
  /** Plain or masked, by what the person may see. */
  readonly address: string;
  readonly state: MessageState;
  /** When it entered the state. */
  readonly at: Instant | null;
  readonly reason: Reason;
  readonly attempts: number;
  readonly segments: number;
}

export interface RecipientFilter {
  /** Empty: every state. */
  readonly states: readonly MessageState[];
  /** Empty: every reason. */
  readonly reasons: readonly Reason[];
  /** Part of a name or an address, without case. */
  readonly q: string;
}

export type RecipientSort = "index" | "name" | "address" | "state" | "at";

/**
 * Made in a component: `const recipients = new RecipientsState(app, id)`, then
 * `$effect(() => recipients.start())`. `rowAt(i)` reads one row of the filtered, sorted result, so
 * that a virtual list never makes 100,000 objects.
 */
export class RecipientsState {
  #filter: RecipientFilter = $state.raw({ states: [], reasons: [], q: "" });
  #sort: { readonly by: RecipientSort; readonly descending: boolean } = $state.raw({
    by: "index",
    descending: false,
  });
  #failure: Failure | null = $state.raw(null);
  #isLoading = $state(false);

  constructor(app: App, campaignId: Id) {
    void app;
    void campaignId;
  }

  /** Shows what is stored, fetches what is missing, refreshes while it sends; answers what stops it. */
  start(): () => void {
    return () => undefined;
  }

  /** Fetches the list of blocks and every part that is missing or older. */
  async load(): Promise<void> {}

  get filter(): RecipientFilter {
    return this.#filter;
  }
  set filter(filter: RecipientFilter) {
    this.#filter = filter;
  }

  get sort(): { readonly by: RecipientSort; readonly descending: boolean } {
    return this.#sort;
  }
  set sort(sort: { readonly by: RecipientSort; readonly descending: boolean }) {
    this.#sort = sort;
  }

  /** Rows that match the filter. */
  get count(): number {
    return 0;
  }

  /** Recipients of the campaign, loaded or not. */
  get total(): number {
    return 0;
  }

  /** A row of the filtered and sorted result. */
  rowAt(_position: number): RecipientRow | null {
    return null;
  }

  /** All of them as objects: for small campaigns and tests. */
  get rows(): readonly RecipientRow[] {
    return [];
  }

  /** Reasons that occur, most frequent first, with how often: for the filter's menu. */
  get reasons(): readonly { readonly reason: Reason; readonly n: number }[] {
    return [];
  }

  get loadedBlocks(): number {
    return 0;
  }

  get blocks(): number {
    return 0;
  }

  get isLoading(): boolean {
    return this.#isLoading;
  }

  /** Why the last fetch failed; what is shown is what was stored. */
  get failure(): Failure | null {
    return this.#failure;
  }

  /** The oldest moment that what is shown was true; null while nothing is there. */
  get asOf(): Instant | null {
    return null;
  }

  /** The filtered rows in their order, for an export: a table of texts. */
  exportRows(): Promise<readonly RecipientRow[]> {
    return Promise.resolve([]);
  }

  /** The filtered rows as CSV, made on the device. */
  exportCsv(): Promise<string> {
    return Promise.resolve("");
  }
}
