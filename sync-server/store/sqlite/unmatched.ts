/** Keeps receipts that match no message: bounded for each account, as anybody may send them. */
import type { Instant } from "#domain/core/time.ts";
import {
  unmatchedWhys,
  type DueReceipt,
  type UnmatchedReceipt,
  type UnmatchedStore,
  type UnmatchedWhy,
} from "../unmatched-store.ts";
import type { Database, Row } from "./database.ts";
import type { Operations } from "./operation.ts";

/** More than this of an account are only counted. */
const keptForAccount = 1_000;

export const unmatching: Operations<UnmatchedStore> = {
  keepUnmatched: (db, { workspace, accountId, receipts, retryAt, now }) => {
    let kept = 0;
    let room = roomFor(db, workspace, accountId);
    for (const each of receipts) {
      const place = [workspace, accountId, each.key, each.said] as const;
      const isKnown =
        db.run(
          `update unmatched_receipt set n = n + 1, last_at = ?
            where workspace = ? and account = ? and key = ? and said = ?`,
          now,
          ...place,
        ) === 1;
      if (isKnown) continue;
      const hasRoom = room > 0;
      if (!hasRoom || each.receipt === null) giveUp(db, workspace, accountId, each.why);
      if (!hasRoom) continue;
      db.run(
        `insert into unmatched_receipt (workspace, account, key, said, why, words, receipt, n,
           first_at, last_at, retry_at) values (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)`,
        ...place,
        each.why,
        each.words,
        each.receipt,
        now,
        now,
        each.receipt === null ? null : retryAt,
      );
      kept += 1;
      room -= 1;
    }
    return kept;
  },

  dueUnmatched: (db, { now, limit }) =>
    db
      .all(
        `select workspace, account, key, said, receipt, first_at
           from unmatched_receipt indexed by unmatched_due
          where retry_at is not null and retry_at <= ? order by retry_at limit ?`,
        now,
        limit,
      )
      .map(toDue),

  retriedUnmatched: (db, { workspace, accountId, key, said, outcome, retryAt }) => {
    const place = [workspace, accountId, key, said] as const;
    const where = "workspace = ? and account = ? and key = ? and said = ?";
    if (outcome === "matched") {
      db.run(`delete from unmatched_receipt where ${where}`, ...place);
      return;
    }
    if (outcome === "given up") giveUp(db, workspace, accountId, "unknown_key");
    db.run(
      `update unmatched_receipt set retry_at = ? where ${where}`,
      outcome === "given up" ? null : retryAt,
      ...place,
    );
  },

  tryUnmatchedAgain: (db, { workspace, chosen, now }) =>
    sum(chosen, ({ accountId, key, said }) =>
      db.run(
        `update unmatched_receipt set retry_at = ?, first_at = ? where workspace = ? and account = ?
          and key = ? and said = ? and receipt is not null and retry_at is null`,
        now,
        now,
        workspace,
        accountId,
        key,
        said,
      ),
    ),

  discardUnmatched: (db, { workspace, chosen }) =>
    sum(chosen, ({ accountId, key, said }) => {
      const place = [workspace, accountId, key, said] as const;
      const where = "workspace = ? and account = ? and key = ? and said = ?";
      const row = db.get(`select retry_at from unmatched_receipt where ${where}`, ...place);
      if (row === undefined) return 0;
      // What is still tried again was not counted yet.
      if (row["retry_at"] !== null) giveUp(db, workspace, accountId, "unknown_key");
      return db.run(`delete from unmatched_receipt where ${where}`, ...place);
    }),

  unmatchedCounts: (db, { workspace }) => {
    const waiting = db.get(
      "select count(*) as n from unmatched_receipt where workspace = ? and retry_at is not null",
      workspace,
    );
    const givenUp = db.get(
      "select coalesce(sum(n), 0) as n from unmatched_count where workspace = ?",
      workspace,
    );
    return { waiting: Number(waiting?.["n"]), givenUp: Number(givenUp?.["n"]) };
  },

  unmatched: (db, { workspace, limit }) =>
    db
      .all(
        `select workspace, account, key, said, why, words, receipt, n, first_at, last_at, retry_at
           from unmatched_receipt where ? is null or workspace = ?
          order by last_at desc, key limit ?`,
        workspace,
        workspace,
        limit,
      )
      .map(toUnmatched),
};

export function unmatchedCounts(db: Database): { waiting: number; givenUp: number } {
  const waiting = db.get(
    "select count(*) as n from unmatched_receipt indexed by unmatched_due where retry_at is not null",
  );
  const givenUp = db.get("select coalesce(sum(n), 0) as n from unmatched_count");
  return { waiting: Number(waiting?.["n"]), givenUp: Number(givenUp?.["n"]) };
}

/** The oldest that was given up makes room; what is still tried again does not. */
function roomFor(db: Database, workspace: string, account: string): number {
  const row = db.get(
    "select count(*) as n from unmatched_receipt where workspace = ? and account = ?",
    workspace,
    account,
  );
  const room = keptForAccount - Number(row?.["n"]);
  if (room > 0) return room;
  return db.run(
    `delete from unmatched_receipt where (workspace, account, key, said) in
      (select workspace, account, key, said from unmatched_receipt
        where workspace = ? and account = ? and retry_at is null order by last_at limit 100)`,
    workspace,
    account,
  );
}

function giveUp(db: Database, workspace: string, account: string, why: UnmatchedWhy): void {
  db.run(
    `insert into unmatched_count (workspace, account, why, n) values (?, ?, ?, 1)
     on conflict do update set n = n + 1`,
    workspace,
    account,
    why,
  );
}

function toDue(row: Row): DueReceipt {
  return {
    workspace: String(row["workspace"]),
    accountId: String(row["account"]),
    key: String(row["key"]),
    said: String(row["said"]),
    receipt: String(row["receipt"]),
    firstAt: Number(row["first_at"]),
  };
}

function sum<T>(list: readonly T[], of: (each: T) => number): number {
  return list.reduce((total, each) => total + of(each), 0);
}

function toUnmatched(row: Row): UnmatchedReceipt {
  return {
    workspace: String(row["workspace"]),
    accountId: String(row["account"]),
    key: String(row["key"]),
    said: String(row["said"]),
    why: unmatchedWhys.find((why) => why === row["why"]) ?? "unknown_key",
    words: String(row["words"]),
    receipt: typeof row["receipt"] === "string" ? row["receipt"] : null,
    n: Number(row["n"]),
    firstAt: instant(row["first_at"]),
    lastAt: instant(row["last_at"]),
    retryAt: row["retry_at"] === null ? null : instant(row["retry_at"]),
  };
}

function instant(value: unknown): Instant {
  return Number(value);
}
