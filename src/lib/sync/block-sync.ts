/**
 * Brings the report blocks of one campaign to the device: only parts that moved are fetched. What
 * has come is kept at once, so after a cut it goes on with what is missing.
 */
import type { Id } from "#domain/core/id.ts";
import { ok, type Result } from "#domain/core/result.ts";
import type { Instant } from "#domain/core/time.ts";
import {
  loadPart,
  loadReport,
  partNames,
  readySeal,
  savePart,
  saveReport,
  type PartName,
} from "../db/blocks.ts";
import type { ClientDb, StoredReport } from "../db/client-db.ts";
import { packStatic, type PackedPart } from "../db/packed-part.ts";
import type { Api, Failure } from "./api.ts";
import { fetchBlockList, fetchDynamic, fetchStatic, type BlockList } from "./report-calls.ts";

export interface BlockSyncDeps {
  readonly api: Api;
  /** Null: nothing is kept, only shown. */
  readonly db: ClientDb | null;
  readonly campaign: Id;
  /** What is here already, beside what the database has. */
  readonly has?: (n: number, part: PackedPart["part"]) => string | undefined;
  readonly onList?: (list: BlockList) => void;
  readonly onPart?: (part: FetchedPart) => void;
  readonly now: () => Instant;
  readonly signal: AbortSignal;
}

/** `isKept`: it came from this device. */
export interface FetchedPart {
  readonly isKept: boolean;
  readonly n: number;
  readonly hash: string;
  readonly packed: PackedPart;
}

interface Wanted {
  readonly n: number;
  readonly part: PackedPart["part"];
  readonly hash: string;
  /** The device has it; it is only not shown yet. */
  readonly isKept: boolean;
}

const atOnce = 3;

/** The first failure, or null: everything is as the server had it. */
export async function syncBlocks(deps: BlockSyncDeps): Promise<Failure | null> {
  const { api, db, campaign, signal, onList } = deps;
  // What the device needs for it is read while the server answers; the key is there before a part is.
  const ready = db === null ? undefined : readySeal(db);
  // Whoever waits for it hears of it below.
  ready?.catch(() => undefined);
  const [answer, names] = await Promise.all([
    fetchBlockList(api, campaign, { signal }),
    db === null ? [] : partNames(db, campaign),
  ]);
  if (!answer.ok) {
    await ready;
    return answer.error;
  }
  const list = answer.value;
  onList?.(list);
  const missing = missingOf(deps, list, names);
  const [done] = await Promise.all([
    fetchAll(deps, missing),
    db === null ? undefined : keepList(deps, db, list, { names, isComplete: false }),
    ready,
  ]);
  if (done.failure === null && db !== null && !signal.aborted) {
    const kept = await partNames(db, campaign);
    await keepList(deps, db, list, { names: kept, isComplete: done.isKept });
  }
  return done.failure;
}

function missingOf(
  { has, db }: BlockSyncDeps,
  { blocks }: BlockList,
  names: readonly PartName[],
): readonly Wanted[] {
  const kept = new Map(names.map(({ n, part, hash }) => [`${n}:${part}`, hash]));
  const wanted = blocks.flatMap(({ n, staticHash, dynamicHash }) => [
    { n, part: "static" as const, hash: staticHash },
    { n, part: "dynamic" as const, hash: dynamicHash },
  ]);
  return wanted
    .map((each) => ({ ...each, isKept: kept.get(`${each.n}:${each.part}`) === each.hash }))
    .filter(({ n, part, hash, isKept }) => {
      const isHeld = db === null || isKept;
      return !isHeld || (has !== undefined && has(n, part) !== hash);
    });
}

interface KeepHow {
  readonly names: readonly PartName[];
  readonly isComplete: boolean;
}

/** Until everything of the new list is here, a report that was whole stays as old as it was. */
async function keepList(
  { campaign, now }: BlockSyncDeps,
  db: ClientDb,
  list: BlockList,
  { names, isComplete }: KeepHow,
): Promise<void> {
  const known = await loadReport(db, campaign);
  if (!isComplete && known?.isComplete === true) return;
  const bytes = names.reduce((sum, each) => sum + each.bytes, 0);
  const usedAt = known?.usedAt ?? now();
  const report: StoredReport = { ...list, campaignId: campaign, bytes, usedAt, isComplete };
  await saveReport(db, report);
}

interface Done {
  readonly failure: Failure | null;
  /** False: some part found no room on the device. */
  readonly isKept: boolean;
}

async function fetchAll(deps: BlockSyncDeps, missing: readonly Wanted[]): Promise<Done> {
  const { signal } = deps;
  const queue = [...missing];
  let failure: Failure | null = null;
  let isKept = true;
  async function work(): Promise<void> {
    // What is only fetched to be kept is not fetched where there is no room for it.
    const isUseful = isKept || deps.onPart !== undefined;
    const next = failure === null && isUseful && !signal.aborted ? queue.shift() : undefined;
    if (next === undefined) return;
    const part = await partOf(deps, next);
    if (part.ok) {
      deps.onPart?.(part.value);
      isKept = (await keepPart(deps, part.value)) && isKept;
    } else {
      failure ??= part.error;
    }
    await work();
  }
  await Promise.all(Array.from({ length: atOnce }, () => work()));
  return { failure, isKept };
}

/** From the device where it has it, else from the server. */
async function partOf(deps: BlockSyncDeps, wanted: Wanted): Promise<Result<FetchedPart, Failure>> {
  const stored = wanted.isKept ? await storedPart(deps, wanted) : null;
  return stored === null ? fetchPart(deps, wanted) : ok(stored);
}

/** False: there is no room for it. */
async function keepPart(
  { db, campaign, signal }: BlockSyncDeps,
  { n, hash, packed, isKept }: FetchedPart,
): Promise<boolean> {
  if (db === null || isKept || signal.aborted) return true;
  return savePart(db, { campaignId: campaign, n, hash, packed });
}

async function storedPart(
  { db, campaign }: BlockSyncDeps,
  { n, part, hash }: Wanted,
): Promise<FetchedPart | null> {
  const packed = db === null ? null : await loadPart(db, campaign, { n, part });
  return packed === null ? null : { n, hash, packed, isKept: true };
}

async function fetchPart(
  { api, campaign, signal }: BlockSyncDeps,
  { n, part, hash }: Wanted,
): Promise<Result<FetchedPart, Failure>> {
  const name = { campaign, n, hash };
  const options = { signal, timeoutMs: 20_000 };
  if (part === "dynamic") {
    const moving = await fetchDynamic(api, name, options);
    return moving.ok ? ok({ n, hash, packed: moving.value, isKept: false }) : moving;
  }
  const fixed = await fetchStatic(api, name, options);
  return fixed.ok ? ok({ n, hash, packed: packStatic(fixed.value), isKept: false }) : fixed;
}
