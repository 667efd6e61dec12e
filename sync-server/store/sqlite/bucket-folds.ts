/**
 * Keeping counts over time small: what is older than two days is folded to hours, what is older
 * than ninety days to days, for ever. A fold adds to the longer span and removes the shorter ones
 * in one transaction, so it may stop anywhere and be done again.
 */
import { dayMs, hourMs, type Instant } from "#domain/core/time.ts";
import type { Database, Row, Value } from "./database.ts";

export const minutesKeptMs = 2 * dayMs;
export const hoursKeptMs = 90 * dayMs;

type Folded = "bucket_fold" | "mark_fold" | "fallback_bucket";

interface Fold {
  readonly from: "bucket" | "mark_bucket" | Folded;
  readonly to: Folded;
  /** What is counted, besides the time. */
  readonly what: "state" | "mark" | "what";
  /** Of a table that says how long its spans are: those that are folded. */
  readonly ofMs?: number;
  readonly spanMs: number;
  readonly keptMs: number;
}

/** From hours to days. */
function again({ to, what }: Pick<Fold, "to" | "what">): Fold {
  return { from: to, to, what, ofMs: hourMs, spanMs: dayMs, keptMs: hoursKeptMs };
}

/** What went by the channel that a campaign falls back to: at the same times as all of it. */
function second(spans: Pick<Fold, "ofMs" | "spanMs" | "keptMs">): Fold {
  return { from: "fallback_bucket", to: "fallback_bucket", what: "what", ...spans };
}

const folds = [
  { from: "bucket", to: "bucket_fold", what: "state", spanMs: hourMs, keptMs: minutesKeptMs },
  { from: "mark_bucket", to: "mark_fold", what: "mark", spanMs: hourMs, keptMs: minutesKeptMs },
  second({ ofMs: 0, spanMs: hourMs, keptMs: minutesKeptMs }),
  again({ to: "bucket_fold", what: "state" }),
  again({ to: "mark_fold", what: "mark" }),
  second({ ofMs: hourMs, spanMs: dayMs, keptMs: hoursKeptMs }),
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
  const { from, to, what, ofMs, spanMs, keptMs } = fold;
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
    const where = ofMs === undefined ? "minute = ?" : `span = ${ofMs} and at = ?`;
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
  { from, what, ofMs }: Fold,
  before: Instant,
  limit: number,
): readonly Row[] {
  const [at, index, where] =
    ofMs === undefined
      ? ["minute", `${from}_old`, "minute < ?"]
      : ["at", `${from}_old`, `span = ${ofMs} and at < ?`];
  return db.all(
    `select ws, distribution, ${at} as at, ${what}, n from ${from} indexed by ${index}
      where ${where} order by ${at} limit ?`,
    before,
    limit,
  );
}
