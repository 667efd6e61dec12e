/** The promise of code-store.ts over SQLite. */
import type { CodePool } from "#domain/codes/pool.ts";
import { isPublished } from "#domain/codes/published.ts";
import type { Id } from "#domain/core/id.ts";
import type { CodeRow, CodeStore } from "../code-store.ts";
import { addActivity } from "./activity-lines.ts";
import { poolCounts, seqOfPool } from "./code-counts.ts";
import { showLeft } from "./code-document.ts";
import { addFree, ownerOf } from "./code-ranges.ts";
import { redeem, rulesOf } from "./code-redemption.ts";
import { useOperations } from "./code-uses.ts";
import type { Database } from "./database.ts";
import { findDistribution, messageOf } from "./delivery-rows.ts";
import { publish } from "./feeds.ts";
import type { PartOperations } from "./operation.ts";

export const codeOperations: PartOperations<CodeStore> = {
  reads: ["counts", "codes", "uses"],
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
      if (pool === null) return null;
      const { startsAt, endsAt, isDisabled } = rulesOf(db, pool);
      return { ...poolCounts(db, pool), startsAt, endsAt, isDisabled };
    },

    editPool: (db, { workspace, poolId, name, times, by, now }) => {
      const pool = seqOfPool(db, workspace, poolId);
      if (pool === null) return false;
      const { startsAt, endsAt, isDisabled } = { ...rulesOf(db, pool), ...times };
      db.run(
        "update code_pool set starts_at = ?, ends_at = ?, disabled = ? where seq = ?",
        startsAt,
        endsAt,
        isDisabled ? 1 : 0,
        pool,
      );
      if (name !== undefined) rename(db, { workspace, poolId, name, now });
      const detail = { pool: poolId };
      addActivity(db, workspace, { campaignId: null, event: "code.edited", by, at: now, detail });
      return true;
    },

    codes: (db, { workspace, poolId, q = "", after, limit }) => {
      const pool = seqOfPool(db, workspace, poolId);
      if (pool === null) return [];
      return db
        .all(
          `select seq, code, count(r.key) as redemptions, max(r.at) as redeemed_at
             from (select pool, seq, code from code where pool = ? and seq > ?
               and substr(code, 1, ?) = ? collate nocase order by seq limit ?) x
             left join redemption r using (pool, seq) group by seq, code order by seq`,
          pool,
          after,
          q.length,
          q,
          limit,
        )
        .map((row) => ({
          seq: Number(row["seq"]),
          code: String(row["code"]),
          redemptions: Number(row["redemptions"]),
          redeemedAt: typeof row["redeemed_at"] === "number" ? row["redeemed_at"] : null,
          ...whose(db, pool, Number(row["seq"])),
        }));
    },

    redeem,
    ...useOperations,
  },
};

interface Renaming {
  readonly workspace: Id;
  readonly poolId: Id;
  readonly name: string;
  readonly now: number;
}

function rename(db: Database, { workspace, poolId: id, name, now }: Renaming): void {
  const row = db.get(
    "select doc from document where workspace = ? and kind = 'codePool' and id = ? and dead = 0",
    workspace,
    id,
  );
  if (row === undefined) return;
  const known: CodePool = JSON.parse(String(row["doc"]));
  publish(
    db,
    workspace,
    [{ kind: "codePool", id, doc: { ...known, rev: known.rev + 1, name } }],
    now,
  );
}

/** What became of a code, and whose message carries it. */
function whose(
  db: Database,
  pool: number,
  seq: number,
): Pick<CodeRow, "campaignId" | "recipient" | "state"> {
  const nobody = { campaignId: null, recipient: null };
  const owner = ownerOf(db, pool, seq);
  if (owner === undefined) return { state: "left", ...nobody };
  if (owner === null) return { state: "published", ...nobody };
  const distribution = findDistribution(db, owner.distribution);
  if (distribution === null) return { state: "reserved", ...nobody };
  const message = messageOf(db, distribution, owner.n);
  const row = db.get(
    "select name, address from message where ws = ? and distribution = ? and n = ?",
    distribution.ws,
    distribution.seq,
    owner.n,
  );
  return {
    state: isPublished(message?.marks ?? 0) ? "published" : "reserved",
    campaignId: distribution.campaign,
    recipient:
      row === undefined ? null : { name: String(row["name"]), address: String(row["address"]) },
  };
}
