/**
 * Receipts that come together are written together: a provider that reports one at a time costs
 * hardly more than one that reports many. Nobody waits longer than it takes to look at everything
 * that has arrived, and each caller hears what was news of its own.
 */
import type { Receipt } from "../providers/provider.ts";

/** Writes receipts of one account; answers which of them were news, by their place in the list. */
export type Apply = (
  account: AccountKey,
  receipts: readonly Receipt[],
) => Promise<ReadonlySet<number>>;

export interface AccountKey {
  readonly workspace: string;
  readonly accountId: string;
}

export interface ReceiptGroups {
  /** Resolves, when they are durable, with how many were news; rejects when they could not be written. */
  add(account: AccountKey, receipts: readonly Receipt[]): Promise<number>;
}

/** So many are written at once; a caller's own are never divided. */
const maxGroup = 1_000;

interface Caller {
  readonly receipts: readonly Receipt[];
  readonly resolve: (news: number) => void;
  readonly reject: (error: unknown) => void;
}

interface Line {
  readonly account: AccountKey;
  readonly callers: Caller[];
}

export function createReceiptGroups(apply: Apply): ReceiptGroups {
  const lines = new Map<string, Line>();

  const work = ({ account, callers }: Line): void => {
    while (callers.length > 0) void write(account, takeGroup(callers));
  };

  const write = async (account: AccountKey, group: readonly Caller[]): Promise<void> => {
    try {
      const receipts = group.flatMap((caller) => caller.receipts);
      answer(group, await apply(account, receipts));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };

  return {
    add: (account, receipts) =>
      new Promise((resolve, reject) => {
        const name = `${account.workspace}\n${account.accountId}`;
        const caller = { receipts, resolve, reject };
        const known = lines.get(name);
        if (known !== undefined) {
          known.callers.push(caller);
          return;
        }
        const line = { account, callers: [caller] };
        lines.set(name, line);
        setImmediate(() => {
          lines.delete(name);
          work(line);
        });
      }),
  };
}

function takeGroup(callers: Caller[]): readonly Caller[] {
  let end = 0;
  let taken = 0;
  for (const { receipts } of callers) {
    if (end > 0 && taken + receipts.length > maxGroup) break;
    taken += receipts.length;
    end += 1;
  }
  return callers.splice(0, end);
}

function answer(group: readonly Caller[], news: ReadonlySet<number>): void {
  let at = 0;
  for (const { receipts, resolve } of group) {
    let own = 0;
    for (const end = at + receipts.length; at < end; at++) if (news.has(at)) own += 1;
    resolve(own);
  }
}
