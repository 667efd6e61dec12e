/** Recounts codes: each in one place, in the message that says so, and counted as it stands (I6). */
import { isPublished } from "#domain/codes/published.ts";
import { hasMark } from "#domain/message/marks.ts";
import type { Finding } from "../admin-store.ts";
import { poolCounts } from "./code-counts.ts";
import type { Database, Row } from "./database.ts";
import type { Distribution } from "./delivery-rows.ts";

/** What is wrong with the codes of pools: every code is free or somebody's, once. */
export function poolFindings(db: Database): readonly Finding[] {
  return db.all("select seq, id, size from code_pool order by seq").flatMap((row) => {
    const pool = Number(row["seq"]);
    const wrong = [...places(db, pool, Number(row["size"])), ...uses(db, pool)];
    return wrong.map((detail) => ({
      check: "codes",
      detail: `code pool ${String(row["id"])}: ${detail}`,
    }));
  });
}

/** Free ranges and extents, one after another, must be the numbers from 1 to the pool's size. */
function places(db: Database, pool: number, size: number): readonly string[] {
  const ranges = db.all(
    `select first, last from code_free where pool = ?
      union all select first, first + n - 1 as last from code_extent where pool = ?
      order by first`,
    pool,
    pool,
  );
  const wrong: string[] = [];
  let next = 1;
  for (const row of ranges) {
    const first = Number(row["first"]);
    if (first < next) wrong.push(`code ${first} is in two places`);
    if (first > next) wrong.push(`codes ${next} to ${first - 1} are nowhere`);
    next = Math.max(next, Number(row["last"]) + 1);
  }
  if (next !== size + 1) wrong.push(`its places end with ${next - 1}, and it has ${size} codes`);
  const stored = Number(db.get("select count(*) as n from code where pool = ?", pool)?.["n"]);
  if (stored !== size) wrong.push(`it says ${size} codes and has ${stored}`);
  return wrong;
}

function uses(db: Database, pool: number): readonly string[] {
  const used = db.get(
    "select count(*) as n, count(distinct seq) as codes from redemption where pool = ?",
    pool,
  );
  const { redeemed, redemptions, published } = poolCounts(db, pool);
  const wrong: string[] = [];
  if (redemptions !== Number(used?.["n"]))
    wrong.push(`it says ${redemptions} redemptions, and there are ${Number(used?.["n"])}`);
  if (redeemed !== Number(used?.["codes"]))
    wrong.push(`it says ${redeemed} codes redeemed, and there are ${Number(used?.["codes"])}`);
  if (redeemed > published) wrong.push(`${redeemed} are redeemed, but ${published} published`);
  return wrong;
}

/** Whether a distribution's messages have the codes that they need, and count as they should. */
export function codesOfMessages(
  db: Database,
  { ws, seq, codePool, total }: Distribution,
): readonly Finding[] {
  if (codePool === null) return [];
  const rows = db.all(
    "select marks, count(*) as n from message where ws = ? and distribution = ? group by marks",
    ws,
    seq,
  );
  const inRows = sum(rows.filter((row) => isPublished(Number(row["marks"]))));
  const row = db.get("select published from distribution where seq = ?", seq);
  const published = Number(row?.["published"]);
  const redeemed = sum(rows.filter((each) => hasMark(Number(each["marks"]), "redeemed")));
  const used = redeemedOf(db, seq, codePool);
  const details = [
    ...(published === inRows
      ? []
      : [`${published} codes are published, but the rows give ${inRows}`]),
    ...(redeemed === used ? [] : [`${redeemed} messages are redeemed, but ${used} of their codes`]),
    ...outside(db, seq, total),
    ...without(db, { ws, seq }),
  ];
  return details.map((detail) => ({ check: "codes", detail }));
}

function sum(rows: readonly Row[]): number {
  return rows.reduce((all, row) => all + Number(row["n"]), 0);
}

function redeemedOf(db: Database, seq: number, pool: number): number {
  const row = db.get(
    `select count(distinct r.seq) as n from code_extent e join redemption r
        on r.pool = e.pool and r.seq between e.first and e.first + e.n - 1
      where e.distribution = ? and e.pool = ?`,
    seq,
    pool,
  );
  return Number(row?.["n"]);
}

/** Extents of messages that there are not, or of one message twice. */
function outside(db: Database, seq: number, total: number): readonly string[] {
  const extents = db.all(
    "select message, n from code_extent where distribution = ? order by message",
    seq,
  );
  const wrong: string[] = [];
  let next = 1;
  for (const row of extents) {
    const message = Number(row["message"]);
    if (message < next) wrong.push(`message ${message} has two codes`);
    next = Math.max(next, message + Number(row["n"]));
  }
  if (next > total + 1) wrong.push(`message ${next - 1} has a code, and there are ${total}`);
  return wrong;
}

/** Messages that were tried and have no code: what they said may be somebody else's by now. */
function without(db: Database, { ws, seq }: Pick<Distribution, "ws" | "seq">): readonly string[] {
  const row = db.get(
    `select count(*) as n from standing m where m.ws = ? and m.distribution = ?
        and (m.state_now in (1, 2, 3, 4, 5, 8, 9, 10, 11) or m.try > 0)
        and not exists (select 1 from code_extent e where e.distribution = m.distribution
          and e.message <= m.n and e.message + e.n > m.n)`,
    ws,
    seq,
  );
  const n = Number(row?.["n"]);
  return n === 0 ? [] : [`${n} messages were tried and have no code`];
}
