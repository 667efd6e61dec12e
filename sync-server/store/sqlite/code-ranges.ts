/**
 * Which codes of a pool are free, and who has the others. Free ranges and extents together are
 * every code of the pool, each once: a code leaves one only by entering the other, in one
 * transaction, so none can be in two messages.
 */
import type { Database } from "./database.ts";

/** Codes `first` to `first + n - 1` of a pool. */
export interface Range {
  readonly first: number;
  readonly n: number;
}

/** Whose they are: as many messages of a distribution from `message` on; null: nobody's, as they were used unsent. */
export type Owner = { readonly distribution: number; readonly message: number } | null;

/** Codes of the pool that nobody has. */
export function leftIn(db: Database, pool: number): number {
  const row = db.get(
    "select coalesce(sum(last - first + 1), 0) as n from code_free where pool = ?",
    pool,
  );
  return Number(row?.["n"]);
}

/** Codes that nobody has, from here on, besides those that were free before. */
export function addFree(db: Database, pool: number, { first, n }: Range): void {
  if (n === 0) return;
  const last = first + n - 1;
  const before = db.get("select first from code_free where pool = ? and last = ?", pool, first - 1);
  const after = db.get("select last from code_free where pool = ? and first = ?", pool, last + 1);
  if (after !== undefined)
    db.run("delete from code_free where pool = ? and first = ?", pool, last + 1);
  db.run(
    `insert into code_free (pool, first, last) values (?, ?, ?)
     on conflict do update set last = excluded.last`,
    pool,
    Number(before?.["first"] ?? first),
    Number(after?.["last"] ?? last),
  );
}

/** Takes the lowest free codes, at most so many, for messages of a distribution. Answers how many. */
export function takeFor(
  db: Database,
  pool: number,
  { distribution, message }: NonNullable<Owner>,
  wanted: number,
): number {
  let taken = 0;
  while (taken < wanted) {
    const free = db.get(
      "select first, last from code_free where pool = ? order by first limit 1",
      pool,
    );
    if (free === undefined) return taken;
    const first = Number(free["first"]);
    const n = Math.min(wanted - taken, Number(free["last"]) - first + 1);
    cut(db, pool, { first, n });
    own(db, pool, { first, n }, { distribution, message: message + taken });
    taken += n;
  }
  return taken;
}

/** Takes one free code that was used before anybody sent it. */
export function takeUnsent(db: Database, pool: number, seq: number): void {
  cut(db, pool, { first: seq, n: 1 });
  own(db, pool, { first: seq, n: 1 }, null);
}

/** Takes free codes out of the free range that they are in. */
function cut(db: Database, pool: number, { first, n }: Range): void {
  const around = db.get(
    "select first, last from code_free where pool = ? and first <= ? order by first desc limit 1",
    pool,
    first,
  );
  const last = first + n - 1;
  const from = Number(around?.["first"] ?? Infinity);
  const to = Number(around?.["last"] ?? -Infinity);
  if (from > first || to < last) throw new Error(`codes ${first} to ${last} are not free`);
  db.run("delete from code_free where pool = ? and first = ?", pool, from);
  const rest = "insert into code_free (pool, first, last) values (?, ?, ?)";
  if (from < first) db.run(rest, pool, from, first - 1);
  if (to > last) db.run(rest, pool, last + 1, to);
}

function own(db: Database, pool: number, { first, n }: Range, owner: Owner): void {
  db.run(
    "insert into code_extent (pool, first, n, distribution, message) values (?, ?, ?, ?, ?)",
    pool,
    first,
    n,
    owner?.distribution ?? null,
    owner?.message ?? null,
  );
}

/** An extent as it is stored. */
interface Extent extends Range {
  readonly owner: Owner;
}

const extentColumns = "first, n, distribution, message";

function toExtent(row: Readonly<Record<string, unknown>>): Extent {
  const { distribution, message } = row;
  return {
    first: Number(row["first"]),
    n: Number(row["n"]),
    owner:
      distribution === null
        ? null
        : { distribution: Number(distribution), message: Number(message) },
  };
}

/** Who has the code: a message, or nobody, as it was used unsent; undefined: it is free. */
export function ownerOf(
  db: Database,
  pool: number,
  seq: number,
): { readonly distribution: number; readonly n: number } | null | undefined {
  const row = db.get(
    `select ${extentColumns} from code_extent where pool = ? and first <= ? order by first desc limit 1`,
    pool,
    seq,
  );
  if (row === undefined) return undefined;
  const { first, n, owner } = toExtent(row);
  if (seq >= first + n) return undefined;
  return owner === null
    ? null
    : { distribution: owner.distribution, n: owner.message + seq - first };
}

/** The code of a message: extent.first + offset; null: it has none. */
export function codeSeqOf(db: Database, distribution: number, n: number): number | null {
  const row = db.get(
    `select ${extentColumns} from code_extent where distribution = ? and message <= ?
      order by message desc limit 1`,
    distribution,
    n,
  );
  if (row === undefined) return null;
  const extent = toExtent(row);
  const offset = n - (extent.owner?.message ?? n);
  return offset < extent.n ? extent.first + offset : null;
}

/** The text of a code. */
export function codeText(db: Database, pool: number, seq: number): string {
  const row = db.get("select code from code where pool = ? and seq = ?", pool, seq);
  if (row === undefined) throw new Error(`pool ${pool} has no code ${seq}`);
  return String(row["code"]);
}

/**
 * Gives back the codes of messages that nobody ever looked at: no intent happened, so nobody can
 * know them.
 */
export function giveBack(
  db: Database,
  pool: number,
  {
    distribution,
    from,
    to,
  }: { readonly distribution: number; readonly from: number; readonly to: number },
): void {
  const extents = db
    .all(
      `select ${extentColumns} from code_extent where distribution = ? and message <= ? and message + n > ?`,
      distribution,
      to,
      from,
    )
    .map(toExtent);
  for (const { first, n, owner } of extents) {
    if (owner === null) continue;
    const { message } = owner;
    const start = Math.max(from, message);
    const end = Math.min(to, message + n - 1);
    db.run("delete from code_extent where pool = ? and first = ?", pool, first);
    if (start > message) own(db, pool, { first, n: start - message }, owner);
    const rest = message + n - 1 - end;
    if (rest > 0)
      own(db, pool, { first: first + n - rest, n: rest }, { distribution, message: end + 1 });
    addFree(db, pool, { first: first + start - message, n: end - start + 1 });
  }
}
