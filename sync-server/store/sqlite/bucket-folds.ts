/**
 * Keeping counts over time small: what is older than two days is folded to hours, what is older
 * than ninety days to days, for ever. A fold adds to the longer span and removes the shorter ones
 * in one transaction, so it may stop anywhere and be done again.
 */
import { dayMs, hourMs, type Instant } from "#domain/core/time.ts";
import type { Database, Row, Value } from "./database.ts";

export const minutesKeptMs = 2 * dayMs;
export const hoursKeptMs = 90 * dayMs;

interface Fold {
  readonly from: "bucket" | "bucket_fold" | "mark_bucket" | "mark_fold";
  readonly to: "bucket_fold" | "mark_fold";
  /** What is counted, besides the time. */
  readonly what: "state" | "mark";
  readonly spanMs: number;
  readonly keptMs: number;
}

const folds = [
  { from: "bucket", to: "bucket_fold", what: "state", spanMs: hourMs, keptMs: minutesKeptMs },
  { from: "mark_bucket", to: "mark_fold", what: "mark", spanMs: hourMs, keptMs: minutesKeptMs },
  { from: "bucket_fold", to: "bucket_fold", what: "state", spanMs: dayMs, keptMs: hoursKeptMs },
  { from: "mark_fold", to: "mark_fold", what: "mark", spanMs: dayMs, keptMs: hoursKeptMs },
] as const satisfies readonly Fold[];

/** Folds at most about `limit` rows; answers how many. Less than `limit`: nothing old is left. */
export function foldBuckets(
  db: Database,
  { now, limit }: { readonly now: Instant; readonly limit: number },
): number {
  let done = 0;
  for (const fold of folds) {
    if (done < limit) done += foldOne(db, fold, { now, limit: limit - done });
  }
  return done;
}

function foldOne(
  db: Database,
  fold: Fold,
  { now, limit }: { readonly now: Instant; readonly limit: number },
): number {
  const { from, to, what, spanMs, keptMs } = fold;
  // Whole spans only: an hour is told by its minutes or as an hour.
  const before = Math.floor((now - keptMs) / spanMs) * spanMs;
  const rows = oldRows(db, fold, before, limit);
  for (const row of rows) {
    const at = Number(row["at"]);
    const key: readonly Value[] = [Number(row["ws"]), Number(row["distribution"])];
    const counted = what === "state" ? Number(row[what]) : String(row[what]);
    db.run(
      `insert into ${to} (ws, distribution, span, at, ${what}, n) values (?, ?, ?, ?, ?, ?)
       on conflict do update set n = n + excluded.n`,
      ...key,
      spanMs,
      Math.floor(at / spanMs) * spanMs,
      counted,
      Number(row["n"]),
    );
    const where = isFolded(from) ? `span = ${hourMs} and at = ?` : "minute = ?";
    db.run(
      `delete from ${from} where ws = ? and distribution = ? and ${where} and ${what} = ?`,
      ...key,
      at,
      counted,
    );
  }
  return rows.length;
}

function oldRows(
  db: Database,
  { from, what }: Fold,
  before: Instant,
  limit: number,
): readonly Row[] {
  const [at, index, where] = isFolded(from)
    ? ["at", `${from}_old`, `span = ${hourMs} and at < ?`]
    : ["minute", `${from}_old`, "minute < ?"];
  return db.all(
    `select ws, distribution, ${at} as at, ${what}, n from ${from} indexed by ${index}
      where ${where} order by ${at} limit ?`,
    before,
    limit,
  );
}

function isFolded(table: Fold["from"]): boolean {
  return table === "bucket_fold" || table === "mark_fold";
}
