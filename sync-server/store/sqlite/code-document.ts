/** What devices see of a code pool: its document. */
import type { CodePool } from "#domain/codes/pool.ts";
import type { Instant } from "#domain/core/time.ts";
import { leftIn } from "./code-ranges.ts";
import type { Database } from "./database.ts";
import { publish } from "./feeds.ts";

/** The synced document of a pool tells what is left of it. */
export function showLeft(db: Database, pool: number, now: Instant): void {
  const row = db.get(
    `select p.workspace, p.id, p.size, d.doc from code_pool p join document d
        on d.workspace = p.workspace and d.kind = 'codePool' and d.id = p.id and d.dead = 0
      where p.seq = ?`,
    pool,
  );
  if (row === undefined) return;
  const known: CodePool = JSON.parse(String(row["doc"]));
  const left = leftIn(db, pool);
  const size = Number(row["size"]);
  if (known.left === left && known.size === size) return;
  const doc: CodePool = { ...known, rev: known.rev + 1, size, left };
  publish(db, String(row["workspace"]), [{ kind: "codePool", id: known.id, doc }], now);
}
