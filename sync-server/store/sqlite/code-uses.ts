/** The uses of codes that were asked for, and taking one of them back. */
import { maskCode, useRefusals, useResults } from "#domain/codes/use.ts";
import type { Id } from "#domain/core/id.ts";
import type { CodeStore, UseFilter, UseRow } from "../code-store.ts";
import { addActivity } from "./activity-lines.ts";
import { seqOfPool } from "./code-counts.ts";
import { carrierOf } from "./code-redemption.ts";
import type { Database, Row, Value } from "./database.ts";
import { createMover } from "./delivery-moves.ts";
import { messageOf } from "./delivery-rows.ts";
import type { Operations } from "./operation.ts";

export const useOperations: Pick<Operations<CodeStore>, "uses" | "rollBack"> = {
  uses: (db, { workspace, before, limit, ...filter }) => {
    const { sql, values } = whereOf(filter);
    return db
      .all(
        `select u.*, p.id as pool_id, c.id as contact_id, c.first_name, c.last_name, c.email, c.phone
           from code_use u join code_pool p on p.seq = u.pool
           left join contact c on c.seq = u.contact and c.workspace = u.workspace
          where u.workspace = ? and u.id < ?${sql} order by u.id desc limit ?`,
        workspace,
        before ?? Number.MAX_SAFE_INTEGER,
        ...values,
        limit,
      )
      .map(toUse);
  },

  rollBack: (db, { workspace, poolId, n, by, now }) => {
    const pool = seqOfPool(db, workspace, poolId);
    const use = db.get("select * from code_use where id = ? and pool = ?", n, pool ?? -1);
    if (pool === null || use === undefined) return "unknown";
    const isTaken =
      db.run(
        `update code_use set result = 'rolled_back', rolled_back_at = ?, rolled_back_by = ?
          where id = ? and result = 'redeemed'`,
        now,
        by,
        n,
      ) === 1;
    if (!isTaken) return "not_redeemed";
    const seq = Number(use["seq"]);
    takeBack(db, pool, seq, String(use["key"]));
    addActivity(db, workspace, {
      campaignId: text(use["campaign"]),
      event: "code.rolled_back",
      by,
      at: now,
      detail: { pool: poolId, code: maskCode(String(use["code"])), redemption: n },
    });
    return "done";
  },
};

/** The counters of the pool, and the mark of the message that carries the code, if it was the last. */
function takeBack(db: Database, pool: number, seq: number, key: string): void {
  db.run("delete from redemption where pool = ? and seq = ? and key = ?", pool, seq, key);
  const left = db.get("select count(*) as n from redemption where pool = ? and seq = ?", pool, seq);
  const isLast = left?.["n"] === 0;
  db.run(
    "update code_pool set redemptions = redemptions - 1, redeemed = redeemed - ? where seq = ?",
    isLast ? 1 : 0,
    pool,
  );
  const carrier = isLast ? carrierOf(db, pool, seq) : null;
  const message = carrier === null ? null : messageOf(db, carrier.distribution, carrier.n);
  if (carrier === null || message === null) return;
  const mover = createMover(db, carrier.distribution);
  mover.unredeem(message);
  mover.finish();
}

function whereOf(filter: UseFilter): { readonly sql: string; readonly values: readonly Value[] } {
  const { poolId, campaignId, customer, seesAddresses, result, reason, from, to } = filter;
  const parts: [string, readonly Value[]][] = [];
  if (poolId !== undefined) parts.push(["p.id = ?", [poolId]]);
  if (campaignId !== undefined) parts.push(["u.campaign = ?", [campaignId]]);
  if (result !== undefined) parts.push(["u.result = ?", [result]]);
  if (reason !== undefined) parts.push(["u.reason = ?", [reason]]);
  if (from !== undefined) parts.push(["u.at >= ?", [from]]);
  if (to !== undefined) parts.push(["u.at < ?", [to]]);
  if (customer !== undefined) {
    const named = "instr(lower(c.first_name || ' ' || c.last_name), ?) > 0";
    const q = customer.toLowerCase();
    parts.push(
      seesAddresses
        ? [
            `(${named} or instr(lower(coalesce(c.email, '')), ?) > 0 or instr(coalesce(c.phone, ''), ?) > 0)`,
            [q, q, q],
          ]
        : [named, [q]],
    );
  }
  return {
    sql: parts.map(([sql]) => ` and ${sql}`).join(""),
    values: parts.flatMap(([, values]) => values),
  };
}

function toUse(row: Row): UseRow {
  const contactId = text(row["contact_id"]);
  return {
    n: Number(row["id"]),
    poolId: String(row["pool_id"]),
    code: String(row["code"]),
    key: String(row["key"]),
    at: Number(row["at"]),
    result: useResults.find((each) => each === row["result"]) ?? "refused",
    reason: useRefusals.find((each) => each === row["reason"]) ?? null,
    campaignId: text(row["campaign"]),
    by: text(row["by"]),
    contact:
      contactId === null
        ? null
        : {
            id: contactId,
            name: `${String(row["first_name"])} ${String(row["last_name"])}`.trim(),
            email: text(row["email"]),
            phone: text(row["phone"]),
          },
    rolledBackAt: typeof row["rolled_back_at"] === "number" ? row["rolled_back_at"] : null,
    rolledBackBy: text(row["rolled_back_by"]),
  };
}

function text(value: unknown): Id | null {
  return typeof value === "string" ? value : null;
}
