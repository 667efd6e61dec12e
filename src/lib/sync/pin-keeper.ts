/**
 * Keeps what is pinned here and up to date, in one tab: on a new device everything is fetched; after
 * a cut it goes on with what is missing; while a campaign sends, moved parts come every half minute.
 * What happened to the campaign comes with its report. Between two looks it keeps the device within
 * its budget.
 */
import { isRunning } from "#domain/campaign/lifecycle.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import { loadActivity, saveActivity } from "../db/activity.ts";
import { dropUnreadable, loadReport } from "../db/blocks.ts";
import type { ClientDb } from "../db/client-db.ts";
import { forgetErased } from "../db/erased.ts";
import { observe } from "../db/observe.ts";
import { dropReport, keepWithin, usualBudget, type ReportBudget } from "../db/room.ts";
import type { Api, Failure } from "./api.ts";
import { syncBlocks } from "./block-sync.ts";
import { fetchActivity } from "./report-calls.ts";

export interface PinKeeperDeps {
  readonly db: ClientDb;
  readonly api: Api;
  readonly now: () => Instant;
  readonly locks: LockManager | undefined;
  readonly budget?: ReportBudget;
  /** What the browser says of its storage; null where it says nothing. */
  readonly estimate: () => Promise<{ readonly usage: number; readonly quota: number } | null>;
  readonly lookMs?: number;
}

/** Moved parts are fetched again no more often than this. */
export const refreshMs = 30_000;
const usualLookMs = 5_000;
/** Where a device had no room, it is not tried at once again. */
const fullMs = 10 * 60_000;

export function keepPins(deps: PinKeeperDeps): () => void {
  const given = new AbortController();
  const { signal } = given;
  const name = `pins:${deps.db.name}`;
  const run = () => work(deps, signal);
  // Two tabs would fetch the same: harmless, and wasteful.
  if (deps.locks === undefined) void run();
  else deps.locks.request(name, { signal }, run).catch(() => undefined);
  return () => given.abort();
}

async function work(deps: PinKeeperDeps, signal: AbortSignal): Promise<void> {
  const { db, lookMs = usualLookMs } = deps;
  let wake: (() => void) | null = null;
  const unwatch = observe(
    db,
    () => db.pin.toCollection().primaryKeys(),
    () => wake?.(),
  );
  await dropUnreadable(db).catch(() => undefined);
  while (!signal.aborted) {
    // A storage that fails is met by the next write, which says so.
    const done = await look(deps, signal).catch(() => ({ isFull: true }));
    if (signal.aborted) break;
    const restMs = done.isFull ? fullMs : lookMs;
    await new Promise<void>((resolve) => {
      wake = resolve;
      setTimeout(resolve, restMs);
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }
  unwatch();
}

/** Fetches what is pinned and missing or older, then lets go of what is too much. */
export async function look(
  { db, api, now, budget = usualBudget, estimate }: PinKeeperDeps,
  signal: AbortSignal,
): Promise<{ readonly isFull: boolean }> {
  let isFull = false;
  await dropDeleted(db);
  for (const campaign of await duePins(db, budget, await forgetErased(db))) {
    if (signal.aborted) break;
    const failure = await fetchOne({ db, api, now, campaign }, signal);
    const isWhole = (await loadReport(db, campaign))?.isComplete === true;
    isFull ||= failure === null && !isWhole && (await isPinned(db, campaign));
  }
  for (const campaign of await staleActivity(db, now())) {
    if (signal.aborted) break;
    const answer = await fetchActivity(api, campaign, { signal });
    if (!answer.ok) break;
    await saveActivity(db, campaign, answer.value, now());
  }
  await keepWithin(db, budget, await estimate());
  return { isFull };
}

/** Pinned campaigns of which what happened is not here, or something happened since. */
async function staleActivity(db: ClientDb, now: Instant): Promise<readonly Id[]> {
  const stale = new Set<Id>();
  for (const { doc } of await db.pin.toArray()) {
    const { campaignId } = doc;
    const campaign = await db.campaign.get(campaignId);
    const at = (await loadActivity(db, campaignId))?.at ?? -Infinity;
    const movedAt = Math.max(
      campaign?.doc.updatedAt ?? 0,
      (await db.rollup.get(campaignId))?.doc.at ?? 0,
    );
    if (campaign !== undefined && movedAt > at && now - at >= refreshMs) stale.add(campaignId);
  }
  return [...stale];
}

interface OneDeps extends Pick<PinKeeperDeps, "db" | "api" | "now"> {
  readonly campaign: Id;
}

/**
 * Of a campaign that was deleted nothing is kept. The pin stays, by which the person is told of it
 * (Sync centre), and by which the report comes back with the campaign.
 */
async function dropDeleted(db: ClientDb): Promise<void> {
  for (const { doc } of await db.pin.toArray()) {
    const { campaignId } = doc;
    const isHere = (await db.report.get(campaignId)) !== undefined;
    if (isHere && (await db.campaign.get(campaignId)) === undefined) {
      await dropReport(db, campaignId);
    }
  }
}

/** Ends early when the report is unpinned meanwhile: somebody canceled. */
async function fetchOne(
  { db, api, now, campaign }: OneDeps,
  outer: AbortSignal,
): Promise<Failure | null> {
  const given = new AbortController();
  const stop = () => given.abort();
  outer.addEventListener("abort", stop);
  const unwatch = observe(
    db,
    () => isPinned(db, campaign),
    (pinned) => {
      if (!pinned) stop();
    },
  );
  const failure = await syncBlocks({ db, api, campaign, now, signal: given.signal });
  unwatch();
  outer.removeEventListener("abort", stop);
  return failure;
}

async function isPinned(db: ClientDb, campaign: Id): Promise<boolean> {
  return (await db.pin.filter(({ doc }) => doc.campaignId === campaign).count()) > 0;
}

/** In the order in which they were pinned, as far as the budget reaches. `moved`: due however new they are. */
async function duePins(
  db: ClientDb,
  budget: ReportBudget,
  moved: ReadonlySet<Id>,
): Promise<readonly Id[]> {
  const pins = (await db.pin.toArray()).toSorted((a, b) => a.doc.at - b.doc.at);
  const due: Id[] = [];
  let left = budget.pinnedRecipients;
  for (const campaign of new Set(pins.map(({ doc }) => doc.campaignId))) {
    const rollup = await rollupOf(db, campaign);
    if (rollup === null || rollup.total > left) continue;
    left -= rollup.total;
    const report = await loadReport(db, campaign);
    const isOlder = rollup.at - (report?.asOf ?? 0) >= refreshMs || (await isAtRest(db, campaign));
    if (report?.isComplete !== true || moved.has(campaign) || (rollup.at > report.asOf && isOlder))
      due.push(campaign);
  }
  return due;
}

/** Null: of a campaign that is gone, or that has nobody yet, there is nothing to fetch. */
async function rollupOf(db: ClientDb, campaign: Id): Promise<Rollup | null> {
  const isHere = (await db.campaign.get(campaign)) !== undefined;
  return isHere ? ((await db.rollup.get(campaign))?.doc ?? null) : null;
}

/** Nothing is sent any more: its last state is fetched at once. */
async function isAtRest(db: ClientDb, campaign: Id): Promise<boolean> {
  const doc = (await db.campaign.get(campaign))?.doc;
  return doc === undefined || !isRunning(doc.phase);
}
