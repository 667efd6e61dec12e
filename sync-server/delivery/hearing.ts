/** What comes in from outside: receipts, merged at once or kept for later, and what people write back. */
import type { Instant } from "#domain/core/time.ts";
import type { Receipt, Reply } from "../providers/provider.ts";
import { applyReceipts } from "./apply-receipts.ts";
import type { EngineDeps, FaultPoint } from "./carriers.ts";
import type { AccountKey } from "./receipt-groups.ts";
import { createReceiptInbox, usualInboxBytes, type ReceiptInbox } from "./receipt-inbox.ts";
import { createPlaces } from "./receipts.ts";
import { StoreError } from "../store/store.ts";
import { heardIn, type ListeningAccount } from "./replies.ts";
import { listUnread } from "./unmatched.ts";

export interface Hearing extends ReceiptInbox {
  /** Merges receipts; answers which were news, by their place in the list. */
  hear(account: AccountKey, receipts: readonly Receipt[]): Promise<ReadonlySet<number>>;
  /** What people wrote back; answers how much was understood. */
  listen(account: ListeningAccount, replies: readonly Reply[]): Promise<number>;
}

export interface HearingOptions {
  readonly point: (name: FaultPoint) => void;
  readonly wake: () => void;
  readonly wakeSoon: () => void;
  readonly isDead: () => boolean;
}

export function createHearing(
  deps: EngineDeps,
  { point, wake, wakeSoon, isDead }: HearingOptions,
): Hearing {
  const { clock, log, store, inboxBytes: mostBytes = usualInboxBytes } = deps;
  // Counters that moved are told a few times a second, and what failed is sent again in minutes.
  const applying = { ...deps, places: createPlaces(store.delivery), point, wake: wakeSoon };
  const merge = (
    account: AccountKey,
    receipts: readonly Receipt[],
    came?: Instant,
  ): Promise<ReadonlySet<number>> => applyReceipts(applying, account, receipts, came);
  const isFatal = (error: unknown): boolean => isDead() || error instanceof StoreError;
  const giveUp = async (
    account: AccountKey,
    { key, state }: Receipt,
    error: unknown,
  ): Promise<void> => {
    log.error({ error }, "a receipt cannot be merged; it is listed among those that match nothing");
    await listUnread(deps, account, [{ key, said: `state "${state}"` }], clock());
  };
  const kept = { store, clock, point, merge, isFatal, giveUp, mostBytes };
  const inbox = createReceiptInbox(kept);
  return {
    ...inbox,
    hear: (account, receipts) => merge(account, receipts),
    keep: async (account, receipts) => {
      const answer = await inbox.keep(account, receipts);
      wakeSoon();
      return answer;
    },
    listen: async (account, replies) => {
      const heard = await heardIn(deps, account, replies);
      if (heard.length === 0) return 0;
      const { workspace, channel, accountId } = account;
      const said = { workspace, channel, account: accountId, heard, now: clock() };
      const understood = await store.limits.hear(said);
      point("heard");
      wake();
      return understood;
    },
  };
}
