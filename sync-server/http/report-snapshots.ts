/** Reports under the names of their digits: what was given out once is answered again. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { snapshotOf } from "#domain/report/snapshot.ts";
import type { KeptReport, ReportStore } from "../store/report-store.ts";
import { HttpProblem } from "./problem.ts";

interface Asked {
  readonly workspace: Id;
  readonly campaignId: Id;
  readonly now: Instant;
}

export interface Snapshots {
  /** Kept before it is given out. */
  present(asked: Asked): Promise<KeptReport>;
  past(asked: Asked, snapshot: string): Promise<KeptReport>;
}

/** Campaigns whose last report is remembered, so that what did not move is not written again. */
const remembered = 1_000;

export function createSnapshots(store: { readonly reports: ReportStore }): Snapshots {
  const lastOf = new Map<string, string>();
  async function read({ workspace, campaignId, now }: Asked): Promise<KeptReport> {
    const data = await store.reports.report({ workspace, campaignId, now });
    if (data === null) throw new HttpProblem("not_found");
    const { campaign, rollup, tally } = data;
    return { campaign: reported(campaign), rollup, tally };
  }
  async function present(asked: Asked): Promise<KeptReport> {
    const report = await read(asked);
    const snapshot = snapshotOf(report.rollup);
    const { workspace, campaignId, now } = asked;
    const key = `${workspace} ${campaignId}`;
    const name = `${snapshot} ${JSON.stringify(report.campaign)}`;
    if (lastOf.get(key) !== name) {
      await store.reports.keepSnapshot({ workspace, snapshot, report, now });
      lastOf.delete(key);
      lastOf.set(key, name);
      const [oldest] = lastOf.keys();
      if (lastOf.size > remembered && oldest !== undefined) lastOf.delete(oldest);
    }
    return report;
  }
  return {
    present,
    past: async (asked, snapshot) => {
      const { workspace, campaignId } = asked;
      const kept = await store.reports.snapshot({ workspace, campaignId, snapshot });
      if (kept !== null) return kept;
      // A device knows the name of what it was told without asking for it here.
      const report = await present(asked);
      if (snapshotOf(report.rollup) === snapshot) return report;
      throw new HttpProblem("snapshot_gone");
    },
  };
}

/** Without what it says and to whom: a report does not tell it. */
export function reported(campaign: KeptReport["campaign"]): KeptReport["campaign"] {
  const { id, number, name, type, accountId, phase, createdAt, schedule } = campaign;
  const { launchedAt, startedAt, submittedAt, completedAt } = campaign;
  return {
    id,
    number,
    name,
    type,
    accountId,
    phase,
    createdAt,
    schedule,
    launchedAt,
    startedAt,
    submittedAt,
    completedAt,
  };
}
