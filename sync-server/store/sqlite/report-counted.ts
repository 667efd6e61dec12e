/** The campaigns of a workspace with their counters, as reports across campaigns read them. */
import type { Counted } from "#domain/analytics/counted.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import type { ReportStore } from "../report-store.ts";
import type { Database } from "./database.ts";
import { readRollup } from "./delivery-rollup.ts";
import { listDocuments } from "./sync-operations.ts";

type Args = Parameters<ReportStore["counted"]>[0];

/**
 * In the read of one moment. What devices have of a campaign is written a little after its rows: of
 * those that moved since, the counters are read from where its own report has them.
 */
export function counted(db: Database, args: Args): readonly Counted[] {
  const { workspace } = args;
  const told = new Map(listDocuments(db, workspace, "rollup").map((each) => [each.id, each]));
  const rollups = new Map([...told, ...movedOn(db, args, told)]);
  const campaigns = listDocuments(db, workspace, "campaign");
  return [...campaigns, ...listDocuments(db, workspace, "deletedCampaign")]
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((campaign) => ({ campaign, rollup: rollups.get(campaign.id) ?? null }));
}

function movedOn(
  db: Database,
  { workspace, now }: Args,
  told: ReadonlyMap<string, Rollup>,
): readonly (readonly [string, Rollup])[] {
  return db
    .all(
      `select seq, ws, campaign from distribution indexed by distribution_stale
        where ver <> flushed and workspace = ?`,
      workspace,
    )
    .map((row) => {
      const campaign = String(row["campaign"]);
      const { rate = 0, limitedBy = null } = told.get(campaign) ?? {};
      const place = { seq: Number(row["seq"]), ws: Number(row["ws"]), campaign };
      return [campaign, readRollup(db, place, { rate, limitedBy, now })];
    });
}
