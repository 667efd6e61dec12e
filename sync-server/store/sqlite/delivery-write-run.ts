/** Writing what became of neighbours that stood alike, in one statement. */
import type { Database, Value } from "./database.ts";
import type { Place } from "./delivery-place.ts";

const runSql = `update message set state = ?, reason = ?, at = ?, gen = ?, try = ?, segments = ?,
  marks = ?, month = ? where ws = ? and distribution = ? and n between ? and ?`;
const alikeSql = `${runSql} and state = ? and gen = ? and try = ? and reason = ? and segments = ?
  and marks = ? and at = ? and month is ?`;

export interface Run {
  /** Its first message. */
  readonly n: number;
  readonly times: number;
  /** From the state to the month. */
  readonly values: readonly Value[];
  /** What they have to be stored as; left out: somebody looked. */
  readonly asStored: readonly Value[] | undefined;
}

/** Writes all of a run, or nothing when one of them is stored otherwise than the first: looking beforehand would read each twice. */
export function writeRun(
  db: Database,
  { ws, seq }: Place,
  { n, times, values, asStored }: Run,
): boolean {
  const all = [...values, ws, seq, n, n + times - 1];
  if (asStored === undefined) {
    db.run(runSql, ...all);
    return true;
  }
  db.run("savepoint run");
  const isWhole = db.run(alikeSql, ...all, ...asStored) === times;
  if (!isWhole) db.run("rollback to run");
  db.run("release run");
  return isWhole;
}
