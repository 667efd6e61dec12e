/** The promise of notice-store.ts over SQLite. */
import { createHash } from "node:crypto";
import type { AccessSettings } from "#domain/access/permission.ts";
import type { Account } from "#domain/campaign/account.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import {
  noticeCauses,
  noticeStaleMs,
  type NoticeCause,
  type NoticeWay,
} from "#domain/campaign/notice.ts";
import { isToldOf, type NoticeChoice } from "#domain/campaign/notice-topic.ts";
import type { Instant } from "#domain/core/time.ts";
import { glanceOf } from "#domain/report/glance.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import type { Workspace } from "#domain/sync/document.ts";
import { isRole } from "#domain/access/role.ts";
import type { NoticeStore, Telling, ToldCampaign } from "../notice-store.ts";
import type { Said } from "../subscription-store.ts";
import { addActivity } from "./activity-lines.ts";
import type { Database, Row } from "./database.ts";
import { campaignOf } from "./delivery-rows.ts";
import { isUntold } from "./indexed.ts";
import { noticePeople } from "./notice-people.ts";
import type { PartOperations } from "./operation.ts";

export const noticeOperations: PartOperations<NoticeStore> = {
  reads: ["account", "choice", "devices"],
  operations: {
    ...noticePeople,
    spread: (db, { nonce, now }) => {
      const bundles = newBundles(db);
      for (const bundle of bundles) spread(db, bundle, nonce, now);
      return bundles.length;
    },
    claim: (db, { boot, limit, now }) => {
      const tellings = db
        .all(
          `select * from telling where ${isUntold}
            and ((state = 'queued' and due_at <= ?) or (state = 'sending' and boot <> ?))
            order by due_at, seq limit ?`,
          now,
          boot,
          limit,
        )
        .flatMap((row) => take(db, row, boot, now) ?? []);
      const next = db.get(
        "select due_at from telling where state = 'queued' order by due_at limit 1",
      );
      return { tellings, nextAt: next === undefined ? null : Number(next["due_at"]) };
    },
    settle: (db, { seq, end, why, dropsDevice, now }) => {
      const isLater = typeof end !== "string";
      db.run(
        "update telling set state = ?, due_at = ?, why = ?, at = ? where seq = ? and state = 'sending'",
        isLater ? "queued" : end,
        isLater ? end.dueAt : now,
        why,
        now,
        seq,
      );
      if (!dropsDevice) return;
      db.run(
        "delete from notice_device where id = (select device from telling where seq = ?)",
        seq,
      );
    },
    forgetTold: (db, { before }) => {
      const told = db.run(
        "delete from telling where state in ('sent', 'failed') and at < ?",
        before,
      );
      db.run(
        `delete from notice where at < ? and bundle is not null
          and not exists (select 1 from telling t where t.bundle = notice.bundle)`,
        before,
      );
      return told;
    },
    account: (db, { workspace }) => accountOf(db, workspace)?.id ?? null,
    setAccount: (db, { workspace, accountId, by, now }) => {
      if (accountId === null) {
        db.run("delete from notice_account where workspace = ?", workspace);
      } else {
        if (writerOf(db, workspace, accountId) === null) return false;
        db.run(
          "insert or replace into notice_account (workspace, account) values (?, ?)",
          workspace,
          accountId,
        );
      }
      const detail = { noticeAccount: accountId ?? "none" };
      addActivity(db, workspace, {
        campaignId: null,
        event: "workspace.changed",
        by,
        at: now,
        detail,
      });
      return true;
    },
    pushKeys: (db, { sealed }) => {
      if (sealed !== null) {
        db.run("insert or ignore into meta (key, value) values ('push_keys', ?)", sealed);
      }
      const row = db.get("select value from meta where key = 'push_keys'");
      return row === undefined ? null : String(row["value"]);
    },
  },
};

interface Bundle {
  readonly seq: number;
  readonly cause: NoticeCause;
  /** Whose it is; "": of everybody whom it concerns. */
  readonly user: string;
  readonly workspace: string;
  readonly campaigns: readonly string[];
}

/** What one cause stopped in one workspace since the last time, as one; all of it marked so. */
function newBundles(db: Database): readonly Bundle[] {
  const rows = db.all(
    "select seq, workspace, campaign, cause, user, said from notice where bundle is null order by seq",
  );
  const bundles = new Map<string, Bundle & { readonly campaigns: string[] }>();
  for (const row of rows) {
    const workspace = String(row["workspace"]);
    const cause = toCause(row["cause"]);
    const seq = Number(row["seq"]);
    const user = String(row["user"]);
    const name = `${workspace} ${cause} ${user} ${String(row["said"])}`;
    const known = bundles.get(name) ?? { seq, workspace, cause, user, campaigns: [] };
    bundles.set(name, known);
    known.campaigns.push(String(row["campaign"]));
    db.run("update notice set bundle = ? where seq = ?", known.seq, seq);
  }
  return [...bundles.values()];
}

function spread(db: Database, bundle: Bundle, nonce: string, now: Instant): void {
  const { workspace } = bundle;
  const access = workspaceOf(db, workspace)?.access;
  if (access === undefined) return;
  const campaigns = bundle.campaigns.flatMap((id) => campaignOf(db, workspace, id) ?? []);
  const members = db.all("select user, role from membership where workspace = ?", workspace);
  const hasMail = accountOf(db, workspace) !== null;
  for (const row of members) {
    const user = String(row["user"]);
    const choice = noticePeople.choice(db, { workspace, user });
    const listener = { user, role: row["role"], access, choice };
    if (!concerns(bundle, listener, campaigns)) continue;
    const add = (way: NoticeWay, device: string): void =>
      addTelling(db, { ...bundle, user, way, device }, nonce, now);
    if (hasMail && choice.email) add("email", "");
    if (!choice.push) continue;
    for (const { id } of noticePeople.devices(db, { workspace, user })) add("push", id);
  }
}

function concerns(
  { cause, user }: Bundle,
  listener: Listener,
  campaigns: readonly Campaign[],
): boolean {
  if (user !== "" && user !== listener.user) return false;
  return cause === "report" || campaigns.some((campaign) => hears(listener, cause, campaign));
}

interface Listener {
  readonly user: string;
  /** As the database has it. */
  readonly role: unknown;
  readonly access: AccessSettings;
  readonly choice: NoticeChoice;
}

function hears({ role, ...rest }: Listener, cause: NoticeCause, campaign: Campaign): boolean {
  if (typeof role !== "string" || !isRole(role)) return false;
  return isToldOf({ user: rest.user, role }, rest, cause, campaign);
}

interface NewTelling extends Pick<Bundle, "seq" | "workspace"> {
  readonly user: string;
  readonly way: NoticeWay;
  readonly device: string;
}

function addTelling(
  db: Database,
  { seq, workspace, user, way, device }: NewTelling,
  nonce: string,
  now: Instant,
): void {
  const named = `${nonce} ${seq} ${user} ${way} ${device}`;
  const key = createHash("sha256").update(named).digest("hex").slice(0, 26);
  db.run(
    `insert into telling (bundle, workspace, user, way, device, key, due_at, at)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
    seq,
    workspace,
    user,
    way,
    device,
    key,
    now,
    now,
  );
}

const mostNamed = 20;

/** Marks it as begun; null where there is nobody, nothing or no way to tell any more. */
function take(db: Database, row: Row, boot: string, now: Instant): Telling | null {
  const seq = Number(row["seq"]);
  const telling = read(db, row);
  if (typeof telling === "string" || telling.at + noticeStaleMs < now) {
    const why = typeof telling === "string" ? telling : "old";
    db.run("update telling set state = 'failed', why = ?, at = ? where seq = ?", why, now, seq);
    return null;
  }
  db.run(
    "update telling set state = 'sending', boot = ?, tries = ?, at = ? where seq = ?",
    boot,
    telling.tries,
    now,
    seq,
  );
  return telling;
}

/** All that is needed to tell it, or why it is not to be told. */
function read(db: Database, row: Row): Telling | string {
  const workspace = String(row["workspace"]);
  const way: NoticeWay = row["way"] === "push" ? "push" : "email";
  const notices = db.all(
    "select campaign, cause, at, said from notice where bundle = ? order by seq",
    Number(row["bundle"]),
  );
  const [first] = notices;
  if (first === undefined) return "gone";
  const cause = toCause(first["cause"]);
  // Who answered meanwhile, or does not want to hear of it any more, is not told.
  const listener = listenerOf(db, workspace, String(row["user"]));
  const campaigns = notices
    .flatMap(({ campaign }) => campaignOf(db, workspace, String(campaign)) ?? [])
    .filter((campaign) => listener !== null && hears(listener, cause, campaign));
  const to = { workspace, user: String(row["user"]), device: String(row["device"]) };
  const mail = way === "email" ? mailOf(db, to) : null;
  const device = way === "push" ? deviceOf(db, to) : null;
  if (listener === null || (campaigns.length === 0 && cause !== "report")) return "gone";
  if (mail === null && device === null) return "nowhere to tell it";
  return {
    seq: Number(row["seq"]),
    key: String(row["key"]),
    workspace,
    workspaceName: workspaceOf(db, workspace)?.name ?? "",
    way,
    mail,
    device,
    cause,
    said: saidOf(first),
    at: Number(first["at"]),
    campaigns: campaigns
      .slice(0, mostNamed)
      .map((campaign) => toldOf(db, workspace, { cause, campaign, said: saidOf(first) })),
    count: campaigns.length,
    tries: Number(row["tries"]) + 1,
  };
}

function saidOf(row: Row): Said | null {
  const text = String(row["said"]);
  return text === "" ? null : JSON.parse(text);
}

/** Null: no member any more. */
function listenerOf(db: Database, workspace: string, user: string): Listener | null {
  const row = db.get(
    "select role from membership where workspace = ? and user = ?",
    workspace,
    user,
  );
  const access = workspaceOf(db, workspace)?.access;
  if (row === undefined || access === undefined) return null;
  const choice = noticePeople.choice(db, { workspace, user });
  return { user, role: row["role"], access, choice };
}

const hasGlance: ReadonlySet<NoticeCause> = new Set(["finished", "alert"]);

function toldOf(
  db: Database,
  workspace: string,
  {
    cause,
    campaign: { id, name },
    said,
  }: { readonly cause: NoticeCause; readonly campaign: Campaign; readonly said: Said | null },
): ToldCampaign {
  const doc = hasGlance.has(cause) ? documentOf(db, workspace, "rollup", id) : null;
  if (doc === null) return { id, name, glance: "" };
  const rollup: Rollup = JSON.parse(doc);
  return { id, name, glance: glanceOf(rollup, said?.language) };
}

interface Addressee {
  readonly workspace: string;
  readonly user: string;
  readonly device: string;
}

/** Null where the person is no member any more, or no account writes. */
function mailOf(db: Database, { workspace, user }: Addressee): Telling["mail"] {
  const person = db.get(
    "select email from membership where workspace = ? and user = ?",
    workspace,
    user,
  );
  const account = accountOf(db, workspace);
  if (person === undefined || account === null) return null;
  return { to: String(person["email"]), accountId: account.id };
}

/** Null where it was removed, or is another person's by now. */
function deviceOf(db: Database, { workspace, user, device }: Addressee): Telling["device"] {
  const row = db.get(
    "select id, sealed from notice_device where id = ? and workspace = ? and user = ?",
    device,
    workspace,
    user,
  );
  return row === undefined ? null : { id: String(row["id"]), sealed: String(row["sealed"]) };
}

function toCause(value: unknown): NoticeCause {
  const cause = noticeCauses.find((each) => each === value);
  if (cause === undefined) throw new Error(`no notice has the cause ${String(value)}`);
  return cause;
}

/** The account that was named, while it is there. */
function accountOf(db: Database, workspace: string): Account | null {
  const row = db.get("select account from notice_account where workspace = ?", workspace);
  if (row === undefined) return null;
  return writerOf(db, workspace, String(row["account"]));
}

/** The account, if it writes to people: what a sandbox is told reaches nobody. */
function writerOf(db: Database, workspace: string, id: string): Account | null {
  const doc = documentOf(db, workspace, "account", id);
  if (doc === null) return null;
  const account: Account = JSON.parse(doc);
  return account.channel === "email" && account.provider !== "sandbox" ? account : null;
}

function workspaceOf(db: Database, id: string): Workspace | null {
  const doc = documentOf(db, id, "workspace", id);
  return doc === null ? null : JSON.parse(doc);
}

function documentOf(db: Database, workspace: string, kind: string, id: string): string | null {
  const row = db.get(
    "select doc from document where workspace = ? and kind = ? and id = ? and dead = 0",
    workspace,
    kind,
    id,
  );
  return row === undefined ? null : String(row["doc"]);
}
