/** The promise of code-store.ts over SQLite. */
import type { CodePool } from "#domain/codes/pool.ts";
import { isPublished } from "#domain/codes/published.ts";
import type { Id } from "#domain/core/id.ts";
import type { CodeState, CodeStore } from "../code-store.ts";
import { poolCounts, seqOfPool } from "./code-counts.ts";
import { showLeft } from "./code-document.ts";
import { addFree, ownerOf } from "./code-ranges.ts";
import { redeem } from "./code-redemption.ts";
import type { Database } from "./database.ts";
import { findDistribution, messageOf } from "./delivery-rows.ts";
import { publish } from "./feeds.ts";
import type { PartOperations } from "./operation.ts";

export const codeOperations: PartOperations<CodeStore> = {
  reads: ["counts", "codes"],
  operations: {
    addPool: (db, { workspace, poolId, name, perCode, now }) => {
      const known = db.get(
        "select 1 from document where workspace = ? and kind = 'codePool' and id = ?",
        workspace,
        poolId,
      );
      if (known !== undefined) return "exists";
      db.run(
        "insert into code_pool (workspace, id, per_code) values (?, ?, ?)",
        workspace,
        poolId,
        perCode,
      );
      const doc: CodePool = { id: poolId, rev: 1, name, perCode, size: 0, left: 0, createdAt: now };
      publish(db, workspace, [{ kind: "codePool", id: poolId, doc }], now);
      return "done";
    },

    addCodes: (db, { workspace, poolId, codes, now }) => {
      const pool = seqOfPool(db, workspace, poolId);
      if (pool === null) return null;
      const row = db.get("select size from code_pool where seq = ?", pool);
      const before = Number(row?.["size"]);
      let size = before;
      const duplicates: number[] = [];
      for (const [index, code] of codes.entries()) {
        const isNew =
          db.run(
            "insert into code (pool, seq, code) values (?, ?, ?) on conflict do nothing",
            pool,
            size + 1,
            code,
          ) === 1;
        if (isNew) size += 1;
        else duplicates.push(index);
      }
      addFree(db, pool, { first: before + 1, n: size - before });
      db.run("update code_pool set size = ? where seq = ?", size, pool);
      if (size > before) showLeft(db, pool, now);
      return { duplicates, size };
    },

    counts: (db, { workspace, poolId }) => {
      const pool = seqOfPool(db, workspace, poolId);
      return pool === null ? null : poolCounts(db, pool);
    },

    codes: (db, { workspace, poolId, after, limit }) => {
      const pool = seqOfPool(db, workspace, poolId);
      if (pool === null) return [];
      return db
        .all(
          `select seq, code, (select count(*) from redemption r where r.pool = code.pool
              and r.seq = code.seq) as redemptions
             from code where pool = ? and seq > ? order by seq limit ?`,
          pool,
          after,
          limit,
        )
        .map((row) => ({
          seq: Number(row["seq"]),
          code: String(row["code"]),
          redemptions: Number(row["redemptions"]),
          ...whose(db, pool, Number(row["seq"])),
        }));
    },

    redeem,
  },
};

/** What became of a code, and whose message carries it. */
function whose(
  db: Database,
  pool: number,
  seq: number,
): { readonly state: CodeState; readonly campaignId: Id | null } {
  const owner = ownerOf(db, pool, seq);
  if (owner === undefined) return { state: "left", campaignId: null };
  if (owner === null) return { state: "published", campaignId: null };
  const distribution = findDistribution(db, owner.distribution);
  const message = distribution === null ? null : messageOf(db, distribution, owner.n);
  const state = isPublished(message?.marks ?? 0) ? "published" : "reserved";
  return { state, campaignId: distribution?.campaign ?? null };
}
