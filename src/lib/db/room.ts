/**
 * Room on the device. What can be fetched again goes, least recently used first: reports that are
 * not pinned, then pages that were not revealed yet. Pins stay while anything else may go; what
 * the person typed (outbox, cards, drafts) is never touched.
 */
import type { Id } from "#domain/core/id.ts";
import type { ClientDb, StoredReport } from "./client-db.ts";

/** How much a device keeps of reports, in bytes as stored and in recipients. */
export interface ReportBudget {
  /** Reports that somebody only looked at. */
  readonly unpinnedBytes: number;
  readonly pinnedBytes: number;
  readonly pinnedRecipients: number;
  /** Of the browser's quota, all of the app together. */
  readonly quotaShare: number;
}

export const usualBudget: ReportBudget = {
  unpinnedBytes: 50_000_000,
  pinnedBytes: 250_000_000,
  pinnedRecipients: 1_000_000,
  quotaShare: 0.8,
};

/** The disk is full: everything goes that the server has as well, but the reports that are wanted. */
export async function makeRoom(db: ClientDb, keep: Id | null): Promise<void> {
  await db.answer.clear();
  const unpinned = (await unpinnedReports(db)).filter(({ campaignId }) => campaignId !== keep);
  for (const { campaignId } of unpinned) await dropReport(db, campaignId);
  if (unpinned.length > 0) return;
  await db.transaction("rw", db.stage, db.meta, async () => {
    await db.stage.clear();
    // A chain whose pages are gone must not be gone on with.
    const records = await db.meta.toArray();
    const reset = records.map(({ key, value }) => ({ key, value: { ...value, staging: null } }));
    await db.meta.bulkPut(reset);
  });
}

/** Removes what nobody used for longest until what is not pinned fits; answers what went. */
export async function keepWithin(
  db: ClientDb,
  { unpinnedBytes, quotaShare }: ReportBudget,
  estimate: { readonly usage: number; readonly quota: number } | null,
): Promise<readonly Id[]> {
  const reports = await unpinnedReports(db);
  let over = reports.reduce((sum, { bytes }) => sum + bytes, 0) - unpinnedBytes;
  if (estimate !== null) over = Math.max(over, estimate.usage - quotaShare * estimate.quota);
  const gone: Id[] = [];
  // The newest is what the person looks at now.
  for (const { campaignId, bytes } of reports.slice(0, -1)) {
    if (over <= 0) break;
    await dropReport(db, campaignId);
    gone.push(campaignId);
    over -= bytes;
  }
  return gone;
}

/** Least recently used first. */
async function unpinnedReports(db: ClientDb): Promise<StoredReport[]> {
  const pinned = new Set((await db.pin.toArray()).map(({ doc }) => doc.campaignId));
  const reports = await db.report.toArray();
  return reports
    .filter(({ campaignId }) => !pinned.has(campaignId))
    .toSorted((a, b) => a.usedAt - b.usedAt);
}

/** By which the hours of a campaign are kept (hours.ts). */
export function hoursOf(campaign: Id): string {
  return `hours:${campaign}`;
}

/** Forgets a report: it can be fetched again. */
export async function dropReport(db: ClientDb, campaign: Id): Promise<void> {
  await db.transaction("rw", db.part, db.report, db.answer, db.activity, async () => {
    await db.answer.delete(hoursOf(campaign));
    await db.activity.delete(campaign);
    await db.part.where("campaignId").equals(campaign).delete();
    await db.report.delete(campaign);
  });
}
