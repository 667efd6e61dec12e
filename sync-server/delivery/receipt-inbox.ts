/**
 * Receipts that come faster than they are merged. They are kept as they were read, which costs a
 * tenth of merging them, and whoever reported them is answered; merged they are afterwards, in the
 * order in which they came. One that is merged and not taken out when the power is cut is merged
 * again, which changes nothing.
 */
import type { Instant } from "#domain/core/time.ts";
import type { Receipt } from "../providers/provider.ts";
import type { DeliveryStore } from "../store/delivery-store.ts";
import type { KeptReceipts } from "../store/inbox-store.ts";
import type { FaultPoint } from "./carriers.ts";
import type { AccountKey } from "./receipt-groups.ts";

export interface ReceiptInbox {
  /** Resolves when they are durable; `full`: they were not kept. */
  keep(account: AccountKey, receipts: readonly Receipt[]): Promise<"kept" | "full">;
  /** Merges those that came first; answers whether more may be there. */
  drain(): Promise<boolean>;
  /** Whether receipts wait there, as far as it was looked. */
  isHolding(): boolean;
}

export interface ReceiptInboxDeps {
  readonly store: {
    readonly delivery: Pick<DeliveryStore, "keepReceipts" | "keptReceipts" | "dropReceipts">;
  };
  readonly clock: () => Instant;
  readonly point: (name: FaultPoint) => void;
  /** Receipts that came then prove something. */
  readonly merge: (
    account: AccountKey,
    receipts: readonly Receipt[],
    came: Instant,
  ) => Promise<unknown>;
  /** Whether nothing at all goes on after this error: the storage failed, or the engine ended. */
  readonly isFatal: (error: unknown) => boolean;
  /** One that cannot be merged is told and left out: it must not keep everything else waiting. */
  readonly giveUp: (account: AccountKey, receipt: Receipt, error: unknown) => Promise<unknown>;
  readonly mostBytes: number;
}

/** What half a million receipts take, and a small disk has: beyond it providers are asked to come later. */
export const usualInboxBytes = 128 * 1024 * 1024;

/** So many receipts are merged in one go. */
const drainedAtOnce = 2_000;

export function createReceiptInbox(deps: ReceiptInboxDeps): ReceiptInbox {
  const { clock, mostBytes, point, store } = deps;
  // Those of an earlier start; after that nobody else keeps any.
  let isHolding = true;
  let hasLooked = false;
  return {
    keep: async ({ workspace, accountId }, receipts) => {
      const text = JSON.stringify(receipts);
      const kept = { workspace, accountId, receipts: text, n: receipts.length };
      const answer = await store.delivery.keepReceipts({ ...kept, mostBytes, now: clock() });
      point("inboxed");
      // Only now: whoever drains meanwhile may find nothing yet.
      isHolding = true;
      hasLooked = true;
      return answer;
    },
    drain: async () => {
      if (!isHolding) return false;
      isHolding = false;
      const parts = await takeFirst(store.delivery, () => (isHolding = true));
      hasLooked = true;
      const last = parts.at(-1);
      if (last === undefined) return isHolding;
      isHolding = true;
      for (const run of runsOf(parts)) await mergeRun(deps, run);
      await store.delivery.dropReceipts({ upTo: last.seq });
      point("drained");
      return true;
    },
    isHolding: () => isHolding && hasLooked,
  };
}

/** All together; where that fails one by one, so that only those are left out that it fails for. */
async function mergeRun(
  { merge, isFatal, giveUp }: ReceiptInboxDeps,
  { account, receipts, came }: RunOfReceipts,
): Promise<void> {
  try {
    await merge(account, receipts, came);
    return;
  } catch (error) {
    if (isFatal(error)) throw error;
  }
  for (const receipt of receipts) {
    try {
      await merge(account, [receipt], came);
    } catch (error) {
      if (isFatal(error)) throw error;
      await giveUp(account, receipt, error);
    }
  }
}

/** Where they cannot be read now, they are still there. */
async function takeFirst(
  delivery: Pick<DeliveryStore, "keptReceipts">,
  onError: () => void,
): Promise<readonly KeptReceipts[]> {
  try {
    return await delivery.keptReceipts({ limit: drainedAtOnce });
  } catch (error) {
    onError();
    throw error;
  }
}

interface RunOfReceipts {
  readonly account: AccountKey;
  readonly receipts: Receipt[];
  /** When the last of them came. */
  came: Instant;
}

/** Neighbours of one account are merged together. */
function runsOf(parts: readonly KeptReceipts[]): readonly RunOfReceipts[] {
  const runs: RunOfReceipts[] = [];
  for (const { workspace, accountId, receipts, at } of parts) {
    const read: readonly Receipt[] = JSON.parse(receipts);
    const run = runs.at(-1);
    if (run?.account.workspace === workspace && run.account.accountId === accountId) {
      run.receipts.push(...read);
      run.came = at;
    } else runs.push({ account: { workspace, accountId }, receipts: [...read], came: at });
  }
  return runs;
}
