/** How many codes of a pool are left, kept for somebody, published and redeemed. */
import type { CodeCounts } from "#domain/codes/pool.ts";
import type { Id } from "#domain/core/id.ts";
import { leftIn } from "./code-ranges.ts";
import type { Database } from "./database.ts";

/** The short key of a pool; null: there is none of that id. */
export function seqOfPool(db: Database, workspace: Id, id: Id): number | null {
  const row = db.get("select seq from code_pool where workspace = ? and id = ?", workspace, id);
  return row === undefined ? null : Number(row["seq"]);
}

export function poolCounts(db: Database, pool: number): CodeCounts {
  const row = db.get("select size, redeemed, redemptions from code_pool where seq = ?", pool);
  const size = Number(row?.["size"]);
  const left = leftIn(db, pool);
  const published = publishedOf(db, pool);
  return {
    size,
    left,
    reserved: size - left - published,
    published,
    redeemed: Number(row?.["redeemed"]),
    redemptions: Number(row?.["redemptions"]),
  };
}

/** Those that campaigns published, and those that were used before anybody sent them. */
function publishedOf(db: Database, pool: number): number {
  const sent = db.get(
    `select coalesce(sum(published), 0) as n from distribution indexed by distribution_code_pool
      where code_pool = ?`,
    pool,
  );
  const unsent = db.get(
    "select coalesce(sum(n), 0) as n from code_extent where pool = ? and distribution is null",
    pool,
  );
  return Number(sent?.["n"]) + Number(unsent?.["n"]);
}
