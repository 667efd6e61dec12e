/** Mail domains that an account leaves in peace for a while. */
import type { DomainRest } from "../guard-store.ts";
import type { Database } from "./database.ts";

interface Key {
  readonly workspace: string;
  readonly account: string;
}

export function findRests(db: Database, { workspace, account }: Key): readonly DomainRest[] {
  return db
    .all(
      `select domain, asked, until, achieved from domain_rest
        where workspace = ? and account = ? order by domain`,
      workspace,
      account,
    )
    .map((row) => ({
      domain: String(row["domain"]),
      asked: Number(row["asked"]),
      until: Number(row["until"]),
      achieved: Number(row["achieved"]),
    }));
}

export function storeRests(
  db: Database,
  { workspace, account }: Key,
  rests: readonly DomainRest[],
): void {
  for (const { domain, asked, until, achieved } of rests) {
    if (asked === 0) {
      db.run(
        "delete from domain_rest where workspace = ? and account = ? and domain = ?",
        workspace,
        account,
        domain,
      );
      continue;
    }
    db.run(
      `insert or replace into domain_rest (workspace, account, domain, asked, until, achieved)
       values (?, ?, ?, ?, ?, ?)`,
      workspace,
      account,
      domain,
      asked,
      until,
      achieved,
    );
  }
}
