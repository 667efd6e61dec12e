/** The promise of bounce-store.ts over SQLite. */
import {
  bounceKinds,
  type BounceCounts,
  type BounceKind,
  type BounceReading,
  type BounceStore,
} from "../bounce-store.ts";
import type { Database, Row } from "./database.ts";
import type { PartOperations } from "./operation.ts";

export const bounceOperations: PartOperations<BounceStore> = {
  reads: ["reading"],
  operations: {
    reading: (db, { workspace, accountId }) => find(db, workspace, accountId),
    noteReading: (db, { workspace, accountId, cursor, problem, found, now }) => {
      const known = find(db, workspace, accountId);
      const okAt = problem === null ? now : (known?.okAt ?? null);
      const counts = JSON.stringify(sum(known?.counts ?? {}, found));
      db.run(
        `insert or replace into bounce_reading
           (workspace, account, cursor, read_at, ok_at, problem, counts) values (?, ?, ?, ?, ?, ?, ?)`,
        workspace,
        accountId,
        cursor ?? known?.cursor ?? null,
        now,
        okAt,
        problem,
        counts,
      );
    },
  },
};

function find(db: Database, workspace: string, accountId: string): BounceReading | null {
  const row = db.get(
    `select cursor, read_at, ok_at, problem, counts from bounce_reading
      where workspace = ? and account = ?`,
    workspace,
    accountId,
  );
  return row === undefined ? null : toReading(row);
}

function toReading(row: Row): BounceReading {
  const okAt = row["ok_at"];
  return {
    cursor: textOf(row["cursor"]),
    readAt: Number(row["read_at"]),
    okAt: okAt === null ? null : Number(okAt),
    problem: textOf(row["problem"]),
    counts: JSON.parse(String(row["counts"])),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function sum(known: BounceCounts, found: BounceCounts): BounceCounts {
  const counts: Partial<Record<BounceKind, number>> = {};
  for (const kind of bounceKinds) {
    const n = (known[kind] ?? 0) + (found[kind] ?? 0);
    if (n > 0) counts[kind] = n;
  }
  return counts;
}
