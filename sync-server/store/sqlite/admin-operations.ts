/** The promise of admin-store.ts over SQLite. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { AdminStore, Finding } from "../admin-store.ts";
import { poolFindings } from "./code-findings.ts";
import { contactFindings } from "./contact-findings.ts";
import type { Database } from "./database.ts";
import { deliveryFindings } from "./delivery-findings.ts";
import { inboxFindings } from "./receipt-inbox.ts";
import { dueOf } from "./feeds.ts";
import { adopt, raiseTick } from "./history.ts";
import { playCampaign } from "./played-campaign.ts";
import type { PartOperations } from "./operation.ts";
import { waiting } from "./waiting.ts";

export const adminOperations: PartOperations<AdminStore> = {
  reads: ["doctor", "ping", "waiting"],
  operations: {
    doctor: (db) => [
      ...fileFindings(db),
      ...feedFindings(db),
      ...documentFindings(db),
      ...verdictFindings(db),
      ...accessFindings(db),
      ...contactFindings(db),
      ...deliveryFindings(db),
      ...inboxFindings(db),
      ...poolFindings(db),
    ],
    waiting: (db, { now }) => waiting(db, now),
    adopt: (db, args) => adopt(db, args),
    tick: (db) => raiseTick(db),
    playCampaign: (db, played) => playCampaign(db, played),
    ping: (db) => {
      db.get("select 1");
      return true;
    },
  },
};

/** Turns each row that a query finds wrong into a finding. */
function findings(db: Database, check: string, sql: string): Finding[] {
  return db.all(sql).map((row) => ({
    check,
    detail: Object.entries(row)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(", "),
  }));
}

function fileFindings(db: Database): Finding[] {
  return db
    .all("pragma quick_check(20)")
    .map((row) => String(row["quick_check"]))
    .filter((line) => line !== "ok")
    .map((detail) => ({ check: "the file is sound", detail }));
}

/** Versions: none above its feed's head, none twice (the index says so, the recount proves it), none without a feed. */
function feedFindings(db: Database): Finding[] {
  return [
    ...findings(
      db,
      "no version lies beyond its feed's head",
      `select d.workspace, d.feed, d.kind, d.id, d.ver, f.head from document d
         left join feed f on f.workspace = d.workspace and f.feed = d.feed
        where f.head is null or d.ver > f.head or d.ver < 1`,
    ),
    ...findings(
      db,
      "no version is given twice",
      `select workspace, feed, ver, count(*) as n from document not indexed
        group by workspace, feed, ver having n > 1`,
    ),
    ...findings(
      db,
      "a feed's floor is not above its head",
      "select workspace, feed, floor, head from feed where floor > head",
    ),
  ];
}

function documentFindings(db: Database): Finding[] {
  return [
    ...findings(
      db,
      "a living document can be read, a dead one is empty",
      `select workspace, kind, id from document
        where (dead = 0 and (doc is null or not json_valid(doc))) or (dead = 1 and doc is not null)`,
    ),
    ...findings(
      db,
      "a document names itself",
      `select workspace, kind, id from document
        where dead = 0 and json_valid(doc) and json_extract(doc, '$.id') is not null
          and json_extract(doc, '$.id') is not id`,
    ),
    ...findings(
      db,
      "a document's revision is that of its row",
      `select workspace, kind, id, rev from document
        where dead = 0 and json_valid(doc) and json_extract(doc, '$.rev') is not null
          and json_extract(doc, '$.rev') is not rev`,
    ),
    ...campaignFindings(db),
    ...findings(
      db,
      "every document lies in a workspace",
      `select distinct d.workspace from document d
        where not exists (select 1 from workspace w where w.id = d.workspace)`,
    ),
  ];
}

/** Its columns are written by `publish`, of which this is the recount. */
function campaignFindings(db: Database): Finding[] {
  const found: Finding[] = [];
  const all = `select workspace, id, phase, due_at, doc from document
    where kind = 'campaign' and dead = 0 and json_valid(doc)`;
  for (const { workspace, id, phase, due_at: dueAt, doc } of db.each(all)) {
    const campaign: Campaign = JSON.parse(String(doc));
    if (phase === campaign.phase && dueAt === dueOf(campaign)) continue;
    const detail = `workspace ${String(workspace)}, id ${String(id)}, phase ${String(phase)}, due_at ${String(dueAt)}`;
    found.push({ check: "what the engine reads of a campaign is what the campaign says", detail });
  }
  return found;
}

/** A device's commands are answered one after the other: 1, 2, 3 … up to its last. */
function verdictFindings(db: Database): Finding[] {
  return [
    ...findings(
      db,
      "a device's verdicts do not pass its last command",
      `select c.workspace, c.client, c.lmid, max(v.mid) as mid from client c
         join verdict v on v.workspace = c.workspace and v.client = c.client
        group by c.workspace, c.client having mid > c.lmid`,
    ),
    ...findings(
      db,
      "every verdict belongs to a known device",
      `select distinct v.workspace, v.client from verdict v where not exists
        (select 1 from client c where c.workspace = v.workspace and c.client = v.client)`,
    ),
    ...findings(
      db,
      "a verdict can be read",
      "select workspace, client, mid from verdict where not json_valid(verdict)",
    ),
  ];
}

function accessFindings(db: Database): Finding[] {
  return [
    ...findings(
      db,
      "every workspace has an admin",
      `select w.id as workspace from workspace w where not exists
        (select 1 from membership m where m.workspace = w.id and m.role = 'admin')`,
    ),
    ...findings(
      db,
      "every member is shown as what they are",
      `select m.workspace, m.user, m.role from membership m
         left join document d on d.workspace = m.workspace and d.kind = 'member' and d.id = m.user
        where d.dead is not 0 or json_extract(d.doc, '$.role') is not m.role`,
    ),
    ...findings(
      db,
      "nobody is shown as a member who is none",
      `select d.workspace, d.id from document d
        where d.kind = 'member' and d.dead = 0 and not exists
          (select 1 from membership m where m.workspace = d.workspace and m.user = d.id)
        and not exists (select 1 from api_key k where k.workspace = d.workspace and k.id = d.id)`,
    ),
  ];
}
