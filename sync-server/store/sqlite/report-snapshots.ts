/** Reports that were given out, so that the name of one answers the same digits later. */
import { dayMs } from "#domain/core/time.ts";
import type { KeptReport, ReportStore } from "../report-store.ts";
import type { Operations } from "./operation.ts";

type ReportOperations = Operations<ReportStore>;

const keptDays = 90;
const keptOfCampaign = 200;

export const keepSnapshot: ReportOperations["keepSnapshot"] = (
  db,
  { workspace, snapshot, report, now },
) => {
  const campaign = report.campaign.id;
  db.run(
    `insert into report_snapshot (workspace, campaign, id, at, doc) values (?, ?, ?, ?, ?)
      on conflict do update set doc = excluded.doc`,
    workspace,
    campaign,
    snapshot,
    now,
    JSON.stringify(report),
  );
  db.run(
    `delete from report_snapshot where workspace = ? and campaign = ? and (at < ? or id not in (
       select id from report_snapshot where workspace = ? and campaign = ?
        order by at desc limit ${keptOfCampaign}))`,
    workspace,
    campaign,
    now - keptDays * dayMs,
    workspace,
    campaign,
  );
  return null;
};

export const keptSnapshot: ReportOperations["snapshot"] = (
  db,
  { workspace, campaignId, snapshot },
) => {
  const row = db.get(
    "select doc from report_snapshot where workspace = ? and campaign = ? and id = ?",
    workspace,
    campaignId,
    snapshot,
  );
  if (row === undefined) return null;
  const kept: KeptReport = JSON.parse(String(row["doc"]));
  return kept;
};
