/** Taking a mark back: its time, and its count in the span of time in which it was given. */
import type { Mark } from "#domain/message/marks.ts";
import type { Database } from "./database.ts";
import type { Place } from "./delivery-place.ts";

/** Nothing when the message did not have it. */
export function uncountMark(db: Database, { ws, seq }: Place, n: number, mark: Mark): void {
  const of = [ws, seq, mark] as const;
  const row = db.get(
    "select at from message_mark where ws = ? and distribution = ? and mark = ? and n = ?",
    ...of,
    n,
  );
  if (row === undefined) return;
  const at = Number(row["at"]);
  db.run(
    "delete from message_mark where ws = ? and distribution = ? and mark = ? and n = ?",
    ...of,
    n,
  );
  const isYoung =
    db.run(
      `update mark_bucket set n = n - 1 where ws = ? and distribution = ? and mark = ? and minute = (
         select max(minute) from mark_bucket where ws = ? and distribution = ? and mark = ? and minute <= ?)`,
      ...of,
      ...of,
      at,
    ) === 1;
  if (!isYoung) {
    db.run(
      `update mark_fold set n = n - 1 where ws = ? and distribution = ? and mark = ? and (span, at) = (
         select span, at from mark_fold where ws = ? and distribution = ? and mark = ? and at <= ?
          order by at desc, span limit 1)`,
      ...of,
      ...of,
      at,
    );
  }
  for (const table of ["mark_bucket", "mark_fold"] as const) {
    db.run(`delete from ${table} where ws = ? and distribution = ? and mark = ? and n <= 0`, ...of);
  }
}
