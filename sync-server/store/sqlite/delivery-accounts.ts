/** Provider accounts: the document that everybody sees, and the sealed settings that nobody does. */
import type { Account } from "#domain/campaign/account.ts";
import type { DeliveryStore } from "../delivery-store.ts";
import type { Database } from "./database.ts";
import { tellActivity } from "./delivery-rows.ts";
import { publish } from "./feeds.ts";
import type { Operations } from "./operation.ts";

type Accounts = Pick<
  Operations<DeliveryStore>,
  "saveAccount" | "account" | "workspaceOfAccount" | "tellUsualWindows" | "removeAccount"
>;

export const accounting: Accounts = {
  saveAccount: (db, { workspace, account, rev, sealed, by, now }) => {
    const known = find(db, workspace, account.id);
    if ((known?.rev ?? null) !== rev) return "conflict";
    // How it stands and what it taught is the engine's to say: whoever edits it saw an older state.
    const { standing = null, receiptDelay = null } = known ?? {};
    const doc: Account = { ...account, standing, receiptDelay };
    publish(db, workspace, [{ kind: "account", id: account.id, doc }], now);
    if (sealed !== null) {
      db.run(
        `insert into account_settings (workspace, account, sealed, at) values (?, ?, ?, ?)
         on conflict do update set sealed = excluded.sealed, at = excluded.at`,
        workspace,
        account.id,
        sealed,
        now,
      );
    }
    tell(
      db,
      { workspace, by, at: now },
      known === null ? "account.create" : "account.edit",
      account,
    );
    return "saved";
  },

  account: (db, { workspace, accountId }) => {
    const account = find(db, workspace, accountId);
    const row = db.get(
      "select sealed from account_settings where workspace = ? and account = ?",
      workspace,
      accountId,
    );
    if (account === null || row === undefined) return null;
    return { account, sealed: String(row["sealed"]) };
  },

  workspaceOfAccount: (db, { accountId }) => {
    const row = db.get("select workspace from account_settings where account = ?", accountId);
    return row === undefined ? null : String(row["workspace"]);
  },

  tellUsualWindows: (db, { windowMs, now }) => {
    const untold = db.all(
      `select d.workspace, d.doc from account_settings s join document d on d.workspace = s.workspace
          and d.kind = 'account' and d.id = s.account and d.dead = 0
        where json_extract(d.doc, '$.usualWindowMs') is null`,
    );
    for (const row of untold) {
      const known: Account = JSON.parse(String(row["doc"]));
      const usualWindowMs = windowMs[known.provider];
      if (usualWindowMs === undefined) continue;
      const { resolveWindowMs = null } = known;
      const chosen = resolveWindowMs === usualWindowMs ? null : resolveWindowMs;
      const doc: Account = { ...known, usualWindowMs, resolveWindowMs: chosen };
      publish(db, String(row["workspace"]), [{ kind: "account", id: known.id, doc }], now);
    }
  },

  removeAccount: (db, { workspace, accountId, by, now }) => {
    const account = find(db, workspace, accountId);
    if (account === null) return "gone";
    const user = db.get(
      `select 1 from document where workspace = ? and kind = 'campaign' and dead = 0
          and phase in ('scheduled', 'preparing', 'active', 'paused', 'settling')
          and ? in (json_extract(doc, '$.accountId'), json_extract(doc, '$.fallback.accountId')) limit 1`,
      workspace,
      accountId,
    );
    if (user !== undefined) return "in_use";
    publish(db, workspace, [{ kind: "account", id: accountId, doc: null }], now);
    db.run(
      "delete from account_settings where workspace = ? and account = ?",
      workspace,
      accountId,
    );
    db.run("delete from account_state where workspace = ? and account = ?", workspace, accountId);
    db.run("delete from receipt_delay where workspace = ? and account = ?", workspace, accountId);
    db.run("delete from domain_rest where workspace = ? and account = ?", workspace, accountId);
    tell(db, { workspace, by, at: now }, "account.delete", account);
    return "removed";
  },
};

function find(db: Database, workspace: string, id: string): Account | null {
  const row = db.get(
    "select doc from document where workspace = ? and kind = 'account' and id = ? and dead = 0",
    workspace,
    id,
  );
  return row === undefined ? null : JSON.parse(String(row["doc"]));
}

function tell(
  db: Database,
  who: { readonly workspace: string; readonly by: string | null; readonly at: number },
  event: string,
  { name, provider }: Account,
): void {
  const { workspace, by, at } = who;
  tellActivity(db, workspace, { campaignId: null, event, by, at, detail: { name, provider } });
}
