/** The promise of subscription-store.ts over SQLite. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Instant } from "#domain/core/time.ts";
import { alertWords, isBeyond, mostAlerts, type Alert } from "#domain/report/alert.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import { spokenIn } from "#domain/report/spoken.ts";
import { mostSubscriptions } from "#domain/report/subscription.ts";
import type { PlannedSubscription, Said, SubscriptionStore } from "../subscription-store.ts";
import type { Database, Row } from "./database.ts";
import { campaignOf } from "./delivery-rows.ts";
import type { PartOperations } from "./operation.ts";

export const subscriptionOperations: PartOperations<SubscriptionStore> = {
  reads: ["subscriptions", "due", "alerts"],
  operations: {
    subscriptions: (db, { workspace, user }) =>
      db
        .all(
          "select doc, next_at from report_subscription where workspace = ? and user = ? order by id",
          workspace,
          user,
        )
        .map(toSubscription),
    putSubscription: (db, { workspace, user, subscription: { nextAt, ...subscription } }) => {
      const { id } = subscription;
      if (isFull(db, "report_subscription", { workspace, user, id })) return false;
      db.run(
        `insert or replace into report_subscription (workspace, user, id, doc, next_at)
         values (?, ?, ?, ?, ?)`,
        workspace,
        user,
        id,
        JSON.stringify(subscription),
        nextAt,
      );
      return true;
    },
    removeSubscription: (db, { workspace, user, id }) =>
      db.run(
        "delete from report_subscription where workspace = ? and user = ? and id = ?",
        workspace,
        user,
        id,
      ) > 0,
    due: (db, { now }) =>
      db
        .all("select * from report_subscription where next_at <= ? order by next_at limit 20", now)
        .map((row) => ({
          ...toSubscription(row),
          workspace: String(row["workspace"]),
          user: String(row["user"]),
        })),
    tell: (db, { workspace, user, id, dueAt, nextAt, said, now }) => {
      const isDue =
        nextAt === null ||
        db.run(
          `update report_subscription set next_at = ?
            where workspace = ? and user = ? and id = ? and next_at = ?`,
          nextAt,
          workspace,
          user,
          id,
          dueAt,
        ) > 0;
      if (isDue) note(db, { workspace, user, cause: "report", campaign: "", said, now });
    },

    alerts: (db, { workspace, user }) =>
      db
        .all("select doc from alert where workspace = ? and user = ? order by id", workspace, user)
        .map(toAlert),
    putAlert: (db, { workspace, user, alert }) => {
      const { id } = alert;
      if (isFull(db, "alert", { workspace, user, id })) return false;
      db.run("delete from alert_told where workspace = ? and alert = ?", workspace, id);
      db.run(
        "insert or replace into alert (workspace, user, id, doc, made_at) values (?, ?, ?, ?, ?)",
        workspace,
        user,
        id,
        JSON.stringify(alert),
        headOf(db, workspace),
      );
      return true;
    },
    removeAlert: (db, { workspace, user, id }) => {
      db.run("delete from alert_told where workspace = ? and alert = ?", workspace, id);
      return (
        db.run(
          "delete from alert where workspace = ? and user = ? and id = ?",
          workspace,
          user,
          id,
        ) > 0
      );
    },
    watch: (db, { now }) =>
      db
        .all("select distinct workspace from alert")
        .reduce((told, row) => told + watch(db, String(row["workspace"]), now), 0),
  },
};

/** What was one person's, who is no member any more. */
export function forgetSubscriptions(db: Database, workspace: string, user: string): void {
  db.run(
    `delete from alert_told where workspace = ?1
      and alert in (select id from alert where workspace = ?1 and user = ?2)`,
    workspace,
    user,
  );
  db.run("delete from alert where workspace = ? and user = ?", workspace, user);
  db.run("delete from report_subscription where workspace = ? and user = ?", workspace, user);
}

function watch(db: Database, workspace: string, now: Instant): number {
  const head = headOf(db, workspace);
  const seen = db.get("select ver from alert_seen where workspace = ?", workspace);
  const from = seen === undefined ? null : Number(seen["ver"]);
  if (from === head) return 0;
  const alerts = db
    .all("select user, doc, made_at from alert where workspace = ? order by id", workspace)
    .map((row) => ({
      alert: toAlert(row),
      user: String(row["user"]),
      madeAt: Number(row["made_at"]),
    }));
  // The first look begins where the first alert was made.
  const start = from ?? Math.min(...alerts.map(({ madeAt }) => madeAt));
  const changed = db.all(
    "select ver, doc from document where workspace = ? and feed = 'roll' and kind = 'rollup' and ver > ? and dead = 0",
    workspace,
    start,
  );
  let told = 0;
  for (const row of changed) {
    const rollup: Rollup = JSON.parse(String(row["doc"]));
    const campaign = campaignOf(db, workspace, rollup.id);
    if (campaign === null) continue;
    for (const { alert, user, madeAt } of alerts) {
      if (Number(row["ver"]) <= madeAt || !isWatched(alert, campaign, rollup)) continue;
      if (isTold(db, workspace, alert, campaign)) continue;
      const { language = "en" } = alert;
      const said = { title: alertWords(alert), text: spokenIn(language).asked, language };
      note(db, { workspace, user, cause: "alert", campaign: campaign.id, said, now });
      told += 1;
    }
  }
  db.run("insert or replace into alert_seen (workspace, ver) values (?, ?)", workspace, head);
  return told;
}

function isWatched(alert: Alert, { type }: Campaign, rollup: Rollup): boolean {
  const { channels } = alert;
  return (channels.length === 0 || channels.includes(type)) && isBeyond(alert, rollup);
}

/** Marks it as told, too. */
function isTold(db: Database, workspace: string, alert: Alert, campaign: Campaign): boolean {
  return (
    db.run(
      "insert or ignore into alert_told (workspace, alert, campaign) values (?, ?, ?)",
      workspace,
      alert.id,
      campaign.id,
    ) === 0
  );
}

interface Note {
  readonly workspace: string;
  readonly user: string;
  readonly cause: "alert" | "report";
  readonly campaign: string;
  readonly said: Said;
  readonly now: Instant;
}

function note(db: Database, { workspace, user, cause, campaign, said, now }: Note): void {
  db.run(
    "insert into notice (workspace, campaign, cause, at, user, said) values (?, ?, ?, ?, ?, ?)",
    workspace,
    campaign,
    cause,
    now,
    user,
    JSON.stringify(said),
  );
}

interface Own {
  readonly workspace: string;
  readonly user: string;
  readonly id: string;
}

/** Whether one more is too many; the one that is replaced does not count. */
function isFull(
  db: Database,
  table: "alert" | "report_subscription",
  { workspace, user, id }: Own,
): boolean {
  const row = db.get(
    `select count(*) as n from ${table} where workspace = ? and user = ? and id <> ?`,
    workspace,
    user,
    id,
  );
  const most = table === "alert" ? mostAlerts : mostSubscriptions;
  return Number(row?.["n"]) >= most;
}

function headOf(db: Database, workspace: string): number {
  const row = db.get("select head from feed where workspace = ? and feed = 'roll'", workspace);
  return Number(row?.["head"] ?? 0);
}

function toSubscription(row: Row): PlannedSubscription {
  return { ...JSON.parse(String(row["doc"])), nextAt: Number(row["next_at"]) };
}

function toAlert(row: Row): Alert {
  return JSON.parse(String(row["doc"]));
}
