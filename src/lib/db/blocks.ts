/**
 * Report blocks on this device: 5,000 recipients in two parts, sealed where the browser can. They
 * can always be fetched again, so they are what goes first when room is needed.
 *
 * Sealing 5,000 rows costs 22 ms and opening them 19 ms (both parts, 392 kB of JSON together, mean
 * of 20 on a two-core machine with eight other jobs running). That is 4 s for 1,000,000 recipients,
 * in steps of at most 14 ms, so every part is sealed: the end of a lease or a revocation makes it
 * unreadable.
 */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { ClientDb, StoredPart, StoredReport } from "./client-db.ts";
import { hasEnded, unlessEnded } from "./ended.ts";
import type { PackedPart } from "./packed-part.ts";
import { dropReport, makeRoom } from "./room.ts";
import { canSeal, openSeal } from "./seal.ts";

/** What is here of a part, without the part itself. */
export interface PartName {
  readonly n: number;
  readonly part: PackedPart["part"];
  readonly hash: string;
  /** As stored. */
  readonly bytes: number;
}

export function loadReport(db: ClientDb, campaign: Id): Promise<StoredReport | undefined> {
  return db.report.get(campaign);
}

/** Which parts are here; by the index alone, as the parts are large. */
export async function partNames(db: ClientDb, campaign: Id): Promise<readonly PartName[]> {
  const keys = await db.part
    .where("[campaignId+n+part+hash+bytes]")
    .between([campaign], [campaign, []])
    .keys();
  return keys.flatMap((key) => {
    // The types know nothing of compound indexes.
    const parts: readonly unknown[] = Array.isArray(key) ? key : [];
    const [, n, part, hash, bytes] = parts;
    const isName = typeof n === "number" && (part === "static" || part === "dynamic");
    return isName ? [{ n, part, hash: String(hash), bytes: Number(bytes) }] : [];
  });
}

/** One part; null when it is not here, or was sealed with a key that is gone. */
export async function loadPart(
  db: ClientDb,
  campaign: Id,
  { n, part }: Pick<PartName, "n" | "part">,
): Promise<PackedPart | null> {
  const stored = await db.part.get([campaign, n, part]);
  if (stored === undefined) return null;
  if (stored.sealed === null) return stored.packed;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only savePart seals parts
  const opened = (await openSeal(db, "cache").open(stored.sealed)) as PackedPart | undefined;
  return opened ?? null;
}

/** Keeps the list, and forgets parts of blocks that are no longer in it. False: as `savePart`. */
export async function saveReport(db: ClientDb, report: StoredReport): Promise<boolean> {
  const known = new Set(report.blocks.map(({ n }) => n));
  return withSpace(db, report.campaignId, () =>
    unlessEnded(db, [db.part, db.report], async () => {
      const mine = db.part.where("campaignId").equals(report.campaignId);
      const gone = (await mine.primaryKeys()).filter(([, n]) => !known.has(n));
      await db.part.bulkDelete(gone);
      await db.report.put(report);
    }),
  );
}

/** Makes the key that parts are sealed with where there is none yet, before the first of them comes. */
export async function readySeal(db: ClientDb): Promise<void> {
  if (canSeal() && !(await hasEnded(db))) await openSeal(db, "cache").ready();
}

/**
 * False: there is no room for it, even after everything that may go went; or the device was
 * revoked, and keeps nothing any more.
 */
export async function savePart(
  db: ClientDb,
  { campaignId, n, hash, packed }: PartOf,
): Promise<boolean> {
  if (await hasEnded(db)) return false;
  const sealed = canSeal() ? await openSeal(db, "cache").seal(packed) : null;
  const bytes = sealed?.bytes.byteLength ?? JSON.stringify(packed).length;
  const stored: StoredPart = {
    campaignId,
    n,
    part: packed.part,
    hash,
    bytes,
    sealed,
    packed: sealed === null ? packed : null,
  };
  return withSpace(db, campaignId, () => unlessEnded(db, [db.part], () => db.part.put(stored)));
}

export interface PartOf {
  readonly campaignId: Id;
  readonly n: number;
  readonly hash: string;
  readonly packed: PackedPart;
}

/** Forgets reports that were sealed with a key that is gone: they must be fetched again. */
export async function dropUnreadable(db: ClientDb): Promise<void> {
  for (const { campaignId } of await db.report.toArray()) {
    const [name] = await partNames(db, campaignId);
    if (name === undefined || (await loadPart(db, campaignId, name)) !== null) continue;
    await dropReport(db, campaignId);
  }
}

/** Somebody looked at it: it goes later than those that nobody looks at. */
export async function touchReport(db: ClientDb, campaign: Id, now: Instant): Promise<void> {
  await db.report.update(campaign, { usedAt: now });
}

/** When the disk is full, other reports make room; what still does not fit is only shown. */
async function withSpace(db: ClientDb, keep: Id, save: () => Promise<boolean>): Promise<boolean> {
  try {
    return await save();
  } catch (error) {
    if (!isFull(error)) throw error;
  }
  await makeRoom(db, keep);
  try {
    return await save();
  } catch (error) {
    if (!isFull(error)) throw error;
    return false;
  }
}

export function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const inner = "inner" in error ? error.inner : null;
  const names = [error.name, inner instanceof Error ? inner.name : ""];
  return names.includes("QuotaExceededError");
}
