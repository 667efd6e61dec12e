/**
 * Receipts that come together are written together, and so are those that come while the ones
 * before them are being written: a provider that reports one at a time costs hardly more than one
 * that reports many. Nobody waits longer than two writings take, and each caller hears what was
 * news of its own.
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
  /** Receipts that are not durable yet. */
  waiting(): number;
}

/** So many are written at once; a caller's own are never divided. */
const maxGroup = 1_000;
/**
 * Groups of one account that are written side by side: while one is on its way to the disk, the
 * next is read. That is worth it for a full one alone: each commit costs as much as many receipts,
 * so what comes one by one rather waits for the one before it, and goes together.
 */
const maxWriting = 2;

interface Caller {
  readonly receipts: readonly Receipt[];
  readonly resolve: (news: number) => void;
  readonly reject: (error: unknown) => void;
}

interface Line {
  readonly account: AccountKey;
  readonly callers: Caller[];
  /** Groups that are being written. */
  writing: number;
  /** Everything that has arrived is being looked at; then the next group begins. */
  isGathering: boolean;
}

export function createReceiptGroups(apply: Apply): ReceiptGroups {
  const lines = new Map<string, Line>();
  let waiting = 0;

  const work = (name: string, line: Line): void => {
    while (mayBegin(line)) void writeNext(name, line);
    if (line.callers.length + line.writing === 0 && !line.isGathering) lines.delete(name);
  };

  const writeNext = async (name: string, line: Line): Promise<void> => {
    line.writing += 1;
    await write(line.account, takeGroup(line.callers));
    line.writing -= 1;
    work(name, line);
  };

  const write = async (account: AccountKey, group: readonly Caller[]): Promise<void> => {
    try {
      const receipts = group.flatMap((caller) => caller.receipts);
      answer(group, await apply(account, receipts));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    for (const { receipts } of group) waiting -= receipts.length;
  };

  return {
    waiting: () => waiting,
    add: (account, receipts) =>
      new Promise((resolve, reject) => {
        const name = `${account.workspace}\n${account.accountId}`;
        const line = lines.get(name) ?? { account, callers: [], writing: 0, isGathering: false };
        lines.set(name, line);
        line.callers.push({ receipts, resolve, reject });
        waiting += receipts.length;
        if (line.isGathering || line.writing === maxWriting) return;
        line.isGathering = true;
        setImmediate(() => {
          line.isGathering = false;
          work(name, line);
        });
      }),
  };
}

function mayBegin({ callers, writing }: Line): boolean {
  if (writing === 0) return callers.length > 0;
  return writing < maxWriting && isFull(callers);
}

function isFull(callers: readonly Caller[]): boolean {
  let waiting = 0;
  for (const { receipts } of callers) {
    waiting += receipts.length;
    if (waiting >= maxGroup) return true;
  }
  return false;
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
