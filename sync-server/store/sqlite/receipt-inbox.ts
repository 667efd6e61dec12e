/** The promise of inbox-store.ts over SQLite. */
import type { Instant } from "#domain/core/time.ts";
import type { Finding, Waiting } from "../admin-store.ts";
import type { InboxStore, KeptReceipts } from "../inbox-store.ts";
import type { Database, Row } from "./database.ts";
import type { Operations } from "./operation.ts";

export const keepingReceipts: Operations<InboxStore> = {
  keepReceipts: (db, { workspace, accountId, receipts, n, mostBytes, now }) => {
    const bytes = Buffer.byteLength(receipts);
    if (sizeOf(db).bytes + bytes > mostBytes) return "full";
    db.run(
      "insert into receipt_inbox (workspace, account, receipts, n, at) values (?, ?, ?, ?, ?)",
      workspace,
      accountId,
      receipts,
      n,
      now,
    );
    grow(db, n, bytes);
    return "kept";
  },

  keptReceipts: (db, { limit }) => {
    const parts: KeptReceipts[] = [];
    let taken = 0;
    for (const row of db.each("select * from receipt_inbox order by seq")) {
      parts.push(toKept(row));
      taken += Number(row["n"]);
      if (taken >= limit) break;
    }
    return parts;
  },

  dropReceipts: (db, { upTo }) => {
    const gone = db.get(
      `select coalesce(sum(n), 0) as n, coalesce(sum(octet_length(receipts)), 0) as bytes
         from receipt_inbox where seq <= ?`,
      upTo,
    );
    db.run("delete from receipt_inbox where seq <= ?", upTo);
    grow(db, -Number(gone?.["n"]), -Number(gone?.["bytes"]));
  },
};

/** Whether receipts wait to be merged, of whatever account: what they prove nobody knows yet. */
export function holdsReceipts(db: Database): boolean {
  return db.get("select 1 from receipt_inbox limit 1") !== undefined;
}

export function inboxWaiting(db: Database): Waiting["inbox"] {
  const first = db.get("select at from receipt_inbox order by seq limit 1");
  const firstAt: Instant | null = first === undefined ? null : Number(first["at"]);
  return { ...sizeOf(db), firstAt };
}

/** Takes a person's address out of what waits; its size is counted anew. */
export function eraseFromInbox(db: Database, workspace: string, address: string): void {
  // In their texts, not in what JSON makes of them: there a part of an escape may look like an address.
  const rows = db.all(
    "select seq, receipts from receipt_inbox where workspace = ? and instr(receipts, ?) > 0",
    workspace,
    JSON.stringify(address).slice(1, -1),
  );
  for (const row of rows) {
    const without = JSON.stringify(JSON.parse(String(row["receipts"])), (_name, value) =>
      typeof value === "string" ? value.replaceAll(address, "") : value,
    );
    db.run("update receipt_inbox set receipts = ? where seq = ?", without, Number(row["seq"]));
  }
  if (rows.length === 0) return;
  db.run(
    `update receipt_inbox_size set
       bytes = (select coalesce(sum(octet_length(receipts)), 0) from receipt_inbox)`,
  );
}

export function inboxFindings(db: Database): readonly Finding[] {
  const counted = db.get(
    `select coalesce(sum(n), 0) as receipts, coalesce(sum(octet_length(receipts)), 0) as bytes
       from receipt_inbox`,
  );
  const { receipts, bytes } = sizeOf(db);
  if (counted?.["receipts"] === receipts && counted["bytes"] === bytes) return [];
  const detail = `${receipts} receipts of ${bytes} bytes are said to wait, and ${Number(counted?.["receipts"])} of ${Number(counted?.["bytes"])} do`;
  return [{ check: "inbox", detail }];
}

function sizeOf(db: Database): { readonly receipts: number; readonly bytes: number } {
  const row = db.get("select receipts, bytes from receipt_inbox_size");
  return { receipts: Number(row?.["receipts"] ?? 0), bytes: Number(row?.["bytes"] ?? 0) };
}

function grow(db: Database, receipts: number, bytes: number): void {
  db.run(
    `insert into receipt_inbox_size (one, receipts, bytes) values (1, ?, ?)
     on conflict do update set receipts = receipts + excluded.receipts,
       bytes = bytes + excluded.bytes`,
    receipts,
    bytes,
  );
}

function toKept(row: Row): KeptReceipts {
  return {
    seq: Number(row["seq"]),
    workspace: String(row["workspace"]),
    accountId: String(row["account"]),
    receipts: String(row["receipts"]),
    at: Number(row["at"]),
  };
}
