/** Brings the report blocks of one campaign to the device: only parts that moved are fetched. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { ClientDb, StoredBlockList, StoredPart } from "../db/client-db.ts";
import { saveBlockList, savePart } from "../db/blocks.ts";
import type { Api, Failure } from "./api.ts";
import { fetchBlockList, fetchDynamic, fetchStatic } from "./report-calls.ts";

export interface BlockSyncDeps {
  readonly api: Api;
  /** Null: nothing is kept, only shown. */
  readonly db: ClientDb | null;
  readonly campaign: Id;
  /** What is here already. */
  readonly has: (n: number, part: "static" | "dynamic") => string | undefined;
  readonly onList: (list: StoredBlockList) => void;
  readonly onPart: (part: StoredPart) => void;
  readonly signal: AbortSignal;
}

interface Wanted {
  readonly n: number;
  readonly part: "static" | "dynamic";
  readonly hash: string;
}

const atOnce = 3;

/** The first failure, or null: everything is as the server had it. */
export async function syncBlocks(deps: BlockSyncDeps): Promise<Failure | null> {
  const { api, db, campaign, signal, onList } = deps;
  const answer = await fetchBlockList(api, campaign, { signal });
  if (!answer.ok) return answer.error;
  const list = { ...answer.value, campaignId: campaign };
  onList(list);
  const wanted = list.blocks.flatMap(({ n, staticHash, dynamicHash }): Wanted[] => [
    { n, part: "static", hash: staticHash },
    { n, part: "dynamic", hash: dynamicHash },
  ]);
  const missing = wanted.filter(({ n, part, hash }) => deps.has(n, part) !== hash);
  const failure = await fetchAll(deps, missing);
  if (failure === null && db !== null && !signal.aborted) await saveBlockList(db, list);
  return failure;
}

async function fetchAll(deps: BlockSyncDeps, missing: readonly Wanted[]): Promise<Failure | null> {
  const queue = [...missing];
  let failed: Failure | null = null;
  async function work(): Promise<void> {
    const next = failed === null && !deps.signal.aborted ? queue.shift() : undefined;
    if (next === undefined) return;
    const part = await fetchPart(deps, next);
    if (part.ok) {
      deps.onPart(part.value);
      if (deps.db !== null && !deps.signal.aborted) await savePart(deps.db, part.value);
    } else {
      failed ??= part.error;
    }
    await work();
  }
  await Promise.all(Array.from({ length: atOnce }, () => work()));
  return failed;
}

async function fetchPart(
  { api, campaign, signal }: BlockSyncDeps,
  { n, part, hash }: Wanted,
): Promise<Result<StoredPart, Failure>> {
  const name = { campaign, n, hash };
  const options = { signal, timeoutMs: 20_000 };
  const answer =
    part === "static"
      ? await fetchStatic(api, name, options)
      : await fetchDynamic(api, name, options);
  if (!answer.ok) return answer;
  return { ok: true, value: { campaignId: campaign, n, hash, columns: answer.value } };
}
