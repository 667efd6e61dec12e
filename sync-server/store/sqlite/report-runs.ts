/** The recipients of a campaign that repeats: those of all its runs, of runs that were deleted, too. */
import type { Channel } from "#domain/campaign/channel.ts";
import type { ReportStore, RunRow } from "../report-store.ts";
import type { Database } from "./database.ts";
import type { Place } from "./delivery-place.ts";
import { toChannel } from "./delivery-rows.ts";
import type { Operations } from "./operation.ts";
import { countRows, rows } from "./report-rows.ts";

type ReportOperations = Operations<ReportStore>;

interface Run extends Place {
  readonly campaignId: string;
  readonly channel: Channel;
  readonly fallsBack: boolean;
  readonly run: number | null;
}

/** The oldest first. */
function runsOf(db: Database, workspace: string, series: string): readonly Run[] {
  return db
    .all(
      `select d.seq, d.ws, d.campaign, d.channel, d.falls_back,
          json_extract(c.doc, '$.firing.n') as run
         from document c join distribution d on d.workspace = c.workspace and d.campaign = c.id
        where c.workspace = ? and c.series = ? and c.kind = 'campaign' order by d.seq`,
      workspace,
      series,
    )
    .map((row) => ({
      seq: Number(row["seq"]),
      ws: Number(row["ws"]),
      campaignId: String(row["campaign"]),
      channel: toChannel(row["channel"]),
      fallsBack: row["falls_back"] === 1,
      run: row["run"] === null ? null : Number(row["run"]),
    }));
}

export const runRows: ReportOperations["runRows"] = (db, args) => {
  const { workspace, campaignId: series, filter, after, limit } = args;
  const found: RunRow[] = [];
  for (const { campaignId, run, ...place } of runsOf(db, workspace, series)) {
    if (found.length >= limit) break;
    if (place.seq < after.distribution) continue;
    const page = {
      after: place.seq === after.distribution ? after.n : 0,
      limit: limit - found.length,
    };
    for (const row of rows(db, place, filter, page)) {
      found.push({ ...row, campaignId, distribution: place.seq, run });
    }
  }
  return found;
};

export function countRunRows(
  db: Database,
  { workspace, campaignId, filter }: Parameters<ReportStore["countRows"]>[0],
): number {
  return runsOf(db, workspace, campaignId).reduce(
    (sum, place) => sum + countRows(db, place, filter),
    0,
  );
}
