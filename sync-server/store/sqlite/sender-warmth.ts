/** How far the warm-up of each sender has come. */
import type { Warmth } from "#domain/message/warm-up.ts";
import type { SenderState } from "../guard-store.ts";
import type { Database } from "./database.ts";

export function findWarmth(db: Database, workspace: string, sender: string): Warmth | null {
  const row = db.get(
    "select level, day_at, used, set_backs from sender_warmth where workspace = ? and sender = ?",
    workspace,
    sender,
  );
  if (row === undefined) return null;
  return {
    level: Number(row["level"]),
    dayAt: row["day_at"] === null ? null : Number(row["day_at"]),
    used: Number(row["used"]),
    setBacks: Number(row["set_backs"]),
  };
}

export function storeWarmth(
  db: Database,
  workspace: string,
  { sender, level, dayAt, used, setBacks }: SenderState,
): void {
  db.run(
    `insert or replace into sender_warmth (workspace, sender, level, day_at, used, set_backs)
     values (?, ?, ?, ?, ?, ?)`,
    workspace,
    sender,
    level,
    dayAt,
    used,
    setBacks,
  );
}
