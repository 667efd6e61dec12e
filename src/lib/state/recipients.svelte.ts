/** The recipients of one campaign, from report blocks that stay on the device. */
import { isRunning } from "#domain/campaign/lifecycle.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Reason } from "#domain/message/reason.ts";
import { messageStates, noCounts } from "#domain/message/state.ts";
import type { FileFacts } from "#domain/report/recipient-file.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import { snapshotOf } from "#domain/report/snapshot.ts";
import { loadPart, loadReport, partNames, touchReport } from "../db/blocks.ts";
import type { ClientDb } from "../db/client-db.ts";
import type { PackedPart } from "../db/packed-part.ts";
import type { Failure } from "../sync/api.ts";
import { syncBlocks } from "../sync/block-sync.ts";
import type { App } from "./app-context.ts";
import type { FileKind } from "./recipient-file.ts";
import { createDesk, type Desk, type DeskWorker, type Selection } from "./recipient-desk.ts";
import type { RecipientFilter, RecipientOrder, RecipientRow } from "./recipient-table.ts";

export type { FileKind } from "./recipient-file.ts";
export type { RecipientFilter, RecipientRow, RecipientOrder } from "./recipient-table.ts";

type Needs = Pick<App, "api" | "device" | "campaigns" | "now">;

/** While it sends, the table is refreshed no more often than this; the counters are live anyway. */
const refreshMs = 30_000;
const lookMs = 3_000;
const redrawMs = 150;

const nothing: Selection = {
  count: 0,
  whole: 0,
  reasons: [],
  carriers: [],
  editions: [],
  states: noCounts,
};

/** Whether the counters count these rows. */
function isSameAs({ states, reasons }: Rollup, selection: Selection): boolean {
  const byReason = new Map<Reason, number>();
  for (const { reason, n } of reasons) byReason.set(reason, (byReason.get(reason) ?? 0) + n);
  return (
    messageStates.every((state) => states[state] === selection.states[state]) &&
    byReason.size === selection.reasons.length &&
    selection.reasons.every(({ reason, n }) => byReason.get(reason) === n)
  );
}

/** In a worker, so that a million rows never hold up the page. */
function startWorker(): DeskWorker {
  return new Worker(new URL("./recipients.worker.ts", import.meta.url), { type: "module" });
}

/**
 * Made in a component: `const recipients = new RecipientsState(app, id)`, then
 * `$effect(() => recipients.start())`. `show(from, to)` says which rows of the filtered, sorted
 * result are on the screen; `rows` has them.
 */
export class RecipientsState {
  #filter: RecipientFilter = $state.raw({
    states: [],
    reasons: [],
    carrier: null,
    edition: null,
    q: "",
  });
  #sort: RecipientOrder = $state.raw({ by: "index", descending: false });
  #failure: Failure | null = $state.raw(null);
  #isLoading = $state(true);
  #blocks = $state(0);
  #total = $state(0);
  #selection: Selection = $state.raw(nothing);
  #rows: readonly RecipientRow[] = $state.raw([]);
  #asOf: Instant | null = $state(null);
  #window = { from: 0, to: 50 };
  /** The hash of every part that the desk has, by block and name. */
  readonly #has = new Map<string, string>();
  readonly #app: Needs;
  readonly #campaignId: Id;
  readonly #desk: Desk;
  /** When the list that was asked for last was true. */
  #listedAt: Instant = 0;
  #drawing = 0;
  #redrawTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(app: Needs, campaignId: Id, start: () => DeskWorker = startWorker) {
    this.#app = app;
    this.#campaignId = campaignId;
    this.#desk = createDesk(start);
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
      this.#desk.close();
    };
  }

  /** Fetches the list of blocks and every part that is missing or older. */
  async load(signal: AbortSignal = new AbortController().signal): Promise<void> {
    this.#isLoading = true;
    const { api, device, now } = this.#app;
    const failure = await syncBlocks({
      api,
      db: device.db,
      campaign: this.#campaignId,
      signal,
      now: () => now(),
      has: (n, part) => this.#has.get(`${n}:${part}`),
      onList: ({ asOf, total, blocks }) => {
        this.#listedAt = asOf;
        this.#show(total, blocks.length);
      },
      onPart: ({ n, hash, packed }) => this.#add(n, hash, packed),
    });
    if (signal.aborted) return;
    this.#failure = failure;
    if (failure === null) this.#asOf = this.#listedAt;
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

  /** Which rows of the result are wanted. */
  show(from: number, to: number): void {
    if (this.#window.from === from && this.#window.to === to) return;
    this.#window = { from, to };
    void this.#fetchRows(this.#drawing);
  }

  /** The rows of `show`. */
  get rows(): readonly RecipientRow[] {
    return this.#rows;
  }

  /** Rows that match the filter. */
  get count(): number {
    return this.#selection.count;
  }

  /** Recipients of the campaign, loaded or not. */
  get total(): number {
    return this.#total;
  }

  /** Reasons that occur, most frequent first, with how often: for the filter's menu. */
  get reasons(): readonly { readonly reason: Reason; readonly n: number }[] {
    return this.#selection.reasons;
  }

  /** Carriers that occur, likewise; null: nobody knows whose they are. Only that: the channel has none. */
  get carriers(): readonly { readonly carrier: string | null; readonly n: number }[] {
    return this.#selection.carriers;
  }

  /** The texts that are carried, with how many carry each: several where the campaign was edited. */
  get editions(): readonly { readonly edition: number; readonly n: number }[] {
    return this.#selection.editions;
  }

  get loadedBlocks(): number {
    return this.#selection.whole;
  }

  get blocks(): number {
    return this.#blocks;
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

  /**
   * The filtered rows in their order as a file, the same as the server's export; null: it was
   * stopped. `onProgress` hears how many are written.
   */
  async export(kind: FileKind, onProgress: (rows: number) => void): Promise<Blob | null> {
    const facts = { ...this.#facts(), breakdowns: await this.#breakdowns() };
    return this.#desk.ask("file", { kind, facts }, onProgress);
  }

  stopExport(): void {
    void this.#desk.ask("stop", {});
  }

  /** The report that has the same digits as these rows; null: they are of another moment. */
  get snapshot(): string | null {
    const rollup = this.#app.campaigns.byId(this.#campaignId)?.rollup ?? null;
    if (rollup === null || this.loadedBlocks < this.#blocks) return null;
    return isSameAs(rollup, this.#selection) ? snapshotOf(rollup) : null;
  }

  /** Of the counters that count these rows. What computes them may not be on this device yet. */
  async #breakdowns(): Promise<FileFacts["breakdowns"]> {
    const row = this.#app.campaigns.byId(this.#campaignId);
    if (row === undefined || row.rollup === null || this.snapshot === null) return [];
    const { campaign, rollup } = row;
    try {
      const { breakdownLines } = await import("#domain/report/breakdowns.ts");
      return breakdownLines(campaign.type, rollup);
    } catch {
      return [];
    }
  }

  /** How many of all recipients are on this device, whatever the filter. */
  get here(): number {
    return messageStates.reduce((sum, state) => sum + this.#selection.states[state], 0);
  }

  #facts(): Omit<FileFacts, "breakdowns"> {
    const row = this.#app.campaigns.byId(this.#campaignId);
    const { name = "", number = null, type = "sms" } = row?.campaign ?? {};
    return {
      campaign: { name, number, type },
      filter: this.#filter,
      asOf: this.#asOf ?? this.#listedAt,
      snapshot: this.snapshot,
      total: this.#total,
      here: this.here,
      fallsBack: row?.rollup?.fallback !== undefined,
    };
  }

  async #open(signal: AbortSignal): Promise<void> {
    const { db } = this.#app.device;
    if (db !== null) await this.#openStored(db, signal);
    if (!signal.aborted) await this.load(signal);
  }

  async #openStored(db: ClientDb, signal: AbortSignal): Promise<void> {
    const report = await loadReport(db, this.#campaignId);
    if (report === undefined || signal.aborted) return;
    this.#asOf = report.asOf;
    this.#listedAt = report.asOf;
    this.#show(report.total, report.blocks.length);
    await touchReport(db, this.#campaignId, this.#app.now());
    for (const name of await partNames(db, this.#campaignId)) {
      const packed = await loadPart(db, this.#campaignId, name);
      if (signal.aborted) return;
      if (packed !== null) this.#add(name.n, name.hash, packed);
    }
    await this.#redraw();
  }

  #show(total: number, blocks: number): void {
    this.#total = total;
    this.#blocks = blocks;
    void this.#desk.ask("list", { blocks });
  }

  /** Refreshes when counters moved since: at once when it came to rest, otherwise now and then. */
  #look(signal: AbortSignal): void {
    const row = this.#app.campaigns.byId(this.#campaignId);
    const movedAt = row?.rollup?.at ?? 0;
    const seenAt = this.#listedAt;
    if (row === undefined || this.#isLoading || movedAt <= seenAt) return;
    const mayWait = isRunning(row.campaign.phase) && this.#selection.whole > 0;
    if (!mayWait || movedAt - seenAt >= refreshMs) void this.load(signal);
  }

  #add(n: number, hash: string, part: PackedPart): void {
    this.#has.set(`${n}:${part.part}`, hash);
    void this.#desk.ask("put", { n, part });
    this.#redrawTimer ??= setTimeout(() => {
      this.#redrawTimer = null;
      void this.#redraw();
    }, redrawMs);
  }

  /** The last one wins: an older filter's result is thrown away. */
  async #redraw(): Promise<void> {
    this.#drawing += 1;
    const drawing = this.#drawing;
    const asked = { filter: this.#filter, sort: this.#sort };
    const selection = await this.#desk.ask("select", asked);
    if (drawing !== this.#drawing) return;
    this.#selection = selection;
    await this.#fetchRows(drawing);
  }

  async #fetchRows(drawing: number): Promise<void> {
    const window = this.#window;
    const rows = await this.#desk.ask("rows", window);
    if (drawing === this.#drawing && window === this.#window) this.#rows = rows;
  }
}
