/** What the database says of its own history: a few values in `meta`. */
import type { Instant } from "#domain/core/time.ts";
import type { Database } from "./database.ts";

/** The name of this history; a new database gets one. */
export function epochOf(db: Database): string {
  db.run(
    "insert into meta (key, value) values ('epoch', lower(hex(randomblob(8)))) on conflict (key) do nothing",
  );
  return meta(db, "epoch") ?? "";
}

export function beginEpoch(db: Database, now: Instant): void {
  db.run(
    `insert into meta (key, value) values ('epoch', lower(hex(randomblob(8))))
     on conflict (key) do update set value = excluded.value`,
  );
  db.run(
    `insert into meta (key, value) values ('restored_at', ?)
     on conflict (key) do update set value = excluded.value`,
    String(now),
  );
}

export function restoredAt(db: Database): Instant | null {
  const at = meta(db, "restored_at");
  return at === null ? null : Number(at);
}

/** Null: the server never kept a mark beside this database. */
export function tickOf(db: Database): number | null {
  const tick = meta(db, "tick");
  return tick === null ? null : Number(tick);
}

/** Sets the tick one above the highest that is known. */
export function setTick(db: Database, tick: number): void {
  db.run(
    `insert into meta (key, value) values ('tick', ?)
     on conflict (key) do update set value = excluded.value`,
    String(tick),
  );
}

function meta(db: Database, key: string): string | null {
  const value = db.get("select value from meta where key = ?", key)?.["value"];
  return typeof value === "string" ? value : null;
}
