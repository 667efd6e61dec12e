/**
 * Pages of the server come in here. Nothing of them is seen until the last one of a consistent
 * cut: then one transaction puts the base back, changes it, moves the cursors and replays what
 * still waits. So a screen always shows a state that the server really had, with one's own
 * unsent changes on top.
 *
 * A page is taken only where it fits: same epoch, its chain, and `from` exactly where this
 * device stands. Holes, repeats, and answers that come late are dropped.
 */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import {
  feeds,
  feedOf,
  kinds,
  type Documents,
  type Feed,
  type Kind,
} from "#domain/sync/document.ts";
import { isRollupChange, withChange } from "#domain/report/rollup-change.ts";
import type { FeedPage, Page, Reset } from "#protocol/down.ts";
import type { ClientDb, StagedRow, Staging, SyncMeta } from "./client-db.ts";
import {
  isCovered as coveredBy,
  layOverlay,
  liftOverlay,
  overlayStores,
  type Actor,
  type IsCovered,
} from "./overlay.ts";
import { rebase, type OutboxContext } from "./outbox.ts";
import type { Rows } from "./rows.ts";
import { atZero, loadMeta, positionOf, saveMeta } from "./sync-meta.ts";

export interface CheckpointContext {
  readonly actor: Actor;
  readonly now: Instant;
  readonly newId: () => Id;
  readonly isCovered?: IsCovered;
  /** The chain of the live connection that the page came through; null for an answer to a pull. */
  readonly liveChain: string | null;
}

export type PageOutcome =
  /** It did not fit and changed nothing. */
  | "dropped"
  /** Kept; more must follow before anything is revealed. */
  | "staged"
  | "revealed";

export async function receivePage(
  db: ClientDb,
  page: Page,
  context: CheckpointContext,
): Promise<PageOutcome> {
  return db.transaction("rw", overlayStores(db), async () => {
    const meta = await loadMeta(db, context.newId);
    if (!fits(meta, page, context.liveChain)) return "dropped";
    const rows = rowsOf(page);
    if (!(await canMend(db, meta, rows))) return "dropped";
    const staging = stagedWith(meta.staging, page);
    const known = { ...meta, epoch: page.epoch };
    if (!isComplete(known, staging)) {
      await db.stage.bulkPut(rows);
      await saveMeta(db, { ...known, staging });
      return "staged";
    }
    await reveal(db, { meta: known, staging, rows, time: page.time }, context);
    return "revealed";
  });
}

function fits(meta: SyncMeta, page: Page, liveChain: string | null): boolean {
  if (meta.epoch !== null && page.epoch !== meta.epoch) return false;
  // A connection that was told to start again says hello under the new chain; what it was sent
  // before is older than what is shown, and would be the beginning of the new base.
  const isFilling = Object.keys(meta.refill).length > 0;
  const isOurChain = page.ch === meta.ch || (page.ch === liveChain && !isFilling);
  // What was begun goes on under its own chain, also when the connection that began it ended.
  if (meta.staging === null ? !isOurChain : meta.staging.ch !== page.ch) return false;
  return feedsOf(page).every(([feed, { from, rows }]) => {
    const { ver, kind, id, doc } = rows;
    const isWhole = [kind, id, doc].every(({ length }) => length === ver.length);
    return isWhole && from === positionOf(meta, feed);
  });
}

/**
 * Whether this device has what counters without their whole are a change of: its base is at the
 * very version, and holds them ([S51]).
 */
async function canMend(db: ClientDb, meta: SyncMeta, rows: readonly StagedRow[]): Promise<boolean> {
  const changes = rows.flatMap(({ doc }) => (isRollupChange(doc) ? [doc] : []));
  if (changes.length === 0) return true;
  const isAtBase = meta.staging === null && !("roll" in meta.refill);
  if (!isAtBase || changes.some(({ since }) => since !== meta.cursors.roll)) return false;
  const bases = await db.rollup.bulkGet(changes.map(({ id }) => id));
  return !bases.includes(undefined);
}

/** Takes rows into the base; counters that came without their whole become whole. */
async function bringIn(base: Rows, rows: readonly StagedRow[]): Promise<void> {
  await base.load(rows.flatMap(({ kind, id, doc }) => (isRollupChange(doc) ? [[kind, id]] : [])));
  for (const row of rows) {
    const whole = row.kind === "rollup" ? base.get("rollup", row.id) : undefined;
    const isPart = whole !== undefined && isRollupChange(row.doc);
    base.put(isPart ? { ...row, doc: withChange(whole, row.doc) } : row);
  }
}

function feedsOf(page: Page): [Feed, FeedPage][] {
  return feeds.flatMap((feed) => {
    const part = page.feeds[feed];
    return part === undefined ? [] : [[feed, part] satisfies [Feed, FeedPage]];
  });
}

function stagedWith(staging: Staging | null, page: Page): Staging {
  const parts = feedsOf(page).map(([feed, { to, more }]) => [feed, { at: to, more }] as const);
  return { ch: page.ch, feeds: { ...staging?.feeds, ...Object.fromEntries(parts) } };
}

/** Whether no feed waits for more, and every feed that starts again is there. */
function isComplete(meta: SyncMeta, { feeds: staged }: Staging): boolean {
  return feeds.every((feed) => {
    const part = staged[feed];
    return part === undefined ? !(feed in meta.refill) : !part.more;
  });
}

function rowsOf(page: Page): StagedRow[] {
  return feedsOf(page).flatMap(([feed, { rows }]) =>
    rows.ver.flatMap((ver, i) => {
      const kind = rows.kind[i];
      const id = rows.id[i];
      if (kind === undefined || id === undefined) return [];
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server renders documents from the same types; unknown fields are kept
      const doc = (rows.doc[i] ?? null) as Documents[Kind] | null;
      return [{ feed, ver, kind, id, doc }];
    }),
  );
}

interface Cut {
  readonly meta: SyncMeta;
  readonly staging: Staging;
  /** Of the last page; those before it are in the stage. */
  readonly rows: readonly StagedRow[];
  /** When the server read the last page; it may have been on its way for days. */
  readonly time: Instant;
}

async function reveal(
  db: ClientDb,
  { meta, staging, rows, time }: Cut,
  context: CheckpointContext,
): Promise<void> {
  const n = meta.n + 1;
  const lifted = await liftOverlay(db);
  for (const kind of kinds) {
    if (feedOf[kind] in meta.refill) await lifted.rows.clear(kind);
  }
  // In the order of their versions: of a row that came twice, the later one stays.
  const staged = meta.staging === null ? [] : await db.stage.orderBy("[feed+ver]").toArray();
  if (meta.staging !== null) await db.stage.clear();
  await bringIn(lifted.rows, [...staged, ...rows]);
  const cursors = { ...atZero, ...meta.cursors };
  for (const feed of feeds) cursors[feed] = staging.feeds[feed]?.at ?? cursors[feed];
  await layOverlay(db, lifted, {
    actor: context.actor,
    n,
    now: time,
    cursors,
    mayForget: !meta.mustProbe,
    isCovered: context.isCovered ?? coveredBy,
  });
  const fresh = { staging: null, refill: {}, ch: context.newId(), heardAt: context.now };
  await saveMeta(db, { ...meta, ...fresh, n, cursors });
}

/**
 * The server tells feeds to start again: its history is another one, or ours is too old. The
 * screen keeps what it shows until the new base is whole. Outbox and cards stay; with another
 * history, what was accepted is asked again, as a restored server may have forgotten it.
 */
export async function receiveReset(
  db: ClientDb,
  message: Reset,
  context: OutboxContext,
): Promise<void> {
  const { newId } = context;
  await db.transaction("rw", overlayStores(db), async () => {
    const meta = await loadMeta(db, newId);
    const isOther = meta.epoch !== null && message.epoch !== meta.epoch;
    const refill = { ...meta.refill, ...message.feeds };
    if (isOther) {
      for (const feed of feeds) refill[feed] ??= { h0: 0 };
      await askAgain(db);
    }
    await db.stage.clear();
    const cursors = isOther ? atZero : meta.cursors;
    const mustProbe = isOther || meta.mustProbe;
    const fresh = { epoch: message.epoch, staging: null, ch: newId() };
    await saveMeta(db, { ...meta, ...fresh, refill, cursors, mustProbe });
    if (isOther) await rebase(db, context);
  });
}

/** All that is kept: which of it a restored server has, only its answers tell. */
async function askAgain(db: ClientDb): Promise<void> {
  const sent = (await db.sent.toArray()).map(({ coveredAt: _coveredAt, ...command }) => command);
  const accepted = await db.outbox.filter(({ state }) => state === "accepted").toArray();
  const again = [...sent, ...accepted].map(
    (command) => ({ ...command, state: "sending", seqs: {} }) as const,
  );
  await db.sent.clear();
  await db.outbox.bulkPut(again);
}
