/** The promise of delivery-store.ts over SQLite. */
import { pauseReasons, phases } from "#domain/campaign/lifecycle.ts";
import type { AwaitedCampaign, DeliveryStore, OpenDistribution } from "../delivery-store.ts";
import { foldBuckets } from "./bucket-folds.ts";
import type { Database, Row } from "./database.ts";
import { accounting } from "./delivery-accounts.ts";
import { canceling } from "./delivery-cancel.ts";
import { entering } from "./delivery-entries.ts";
import { wordingsOf } from "./delivery-editions.ts";
import { deliveryFindings } from "./delivery-findings.ts";
import { guarding } from "./delivery-guards.ts";
import { intending } from "./delivery-intent.ts";
import { launching } from "./delivery-launch.ts";
import { phasing } from "./delivery-phase.ts";
import { retrying } from "./delivery-retry.ts";
import {
  distributionOf,
  findDistribution,
  toChannel,
  toKeyForm,
  toStage,
} from "./delivery-rows.ts";
import { awaitedSeries, recurring } from "./delivery-series.ts";
import { proving } from "./delivery-prove.ts";
import { recovering } from "./delivery-recover.ts";
import { settling } from "./delivery-settle.ts";
import { dueWatches, watching } from "./delivery-watch.ts";
import { noteLinks } from "./link-notes.ts";
import type { PartOperations } from "./operation.ts";
import { unmatching } from "./unmatched.ts";

export const deliveryOperations: PartOperations<DeliveryStore> = {
  reads: [
    "work",
    "wordings",
    "recent",
    "placeOf",
    "awaiting",
    "account",
    "accountState",
    "workspaceOfAccount",
    "findings",
    "dueUnmatched",
    "unmatched",
    "unmatchedCounts",
  ],
  operations: {
    ...launching,
    ...intending,
    ...settling,
    ...proving,
    ...recovering,
    ...canceling,
    ...retrying,
    ...recurring,
    ...entering,
    ...watching,
    ...phasing,
    ...accounting,
    ...unmatching,
    ...guarding,
    work: (db, { now }) => ({
      open: openDistributions(db, now),
      awaited: awaited(db, now),
      unnoted: unnoted(db),
      watches: dueWatches(db, now),
    }),
    wordings: (db, { distribution }) => wordingsOf(db, distributionOf(db, distribution)),
    recent: (db, { distribution }) =>
      String(db.get("select recent from distribution where seq = ?", distribution)?.["recent"]),
    placeOf: (db, { distribution }) => {
      const found = findDistribution(db, distribution);
      if (found === null) return null;
      return {
        workspace: found.workspace,
        campaignId: found.campaign,
        accountId: found.account,
        keyForm: found.keyForm,
      };
    },
    noteLinks,
    fold: (db, args) => foldBuckets(db, args),
    findings: (db, { distributions }) => deliveryFindings(db, distributions),
  },
};

function openDistributions(db: Database, now: number): readonly OpenDistribution[] {
  return db
    .all(
      `select d.seq, d.ws, d.workspace, d.campaign, d.account, d.provider, d.channel, d.key_form, d.stage,
          d.ver <> d.flushed as stale, d.edition, d.tracks_links, d.tracks_opens, c.phase, c.awaits is not null as open_ended,
          json_extract(c.doc, '$.pauseReason') as pause_reason,
          json_extract(c.doc, '$.approval.state') in ('asked', 'rejected')
            and json_extract(c.doc, '$.proposed') is null as awaits_yes,
          (select min(at) from timer t where t.ws = d.ws and t.distribution = d.seq) as timer_at,
          (select min(due_at) from chunk k indexed by chunk_fresh where k.ws = d.ws
            and k.distribution = d.seq and k.next <= k.last) as fresh_at,
          (select min(look_at) from chunk k where k.ws = d.ws and k.distribution = d.seq
            and k.look_at is not null) as look_at
        from distribution d
        left join document c on c.workspace = d.workspace and c.kind = 'campaign'
          and c.id = d.campaign and c.dead = 0
       where d.seq in (select seq from distribution indexed by distribution_open where stage <> 'done'
         union select seq from distribution where ver <> flushed)
       order by d.seq`,
    )
    .map((row) => toOpen(row, now));
}

function unnoted(db: Database): readonly number[] {
  return db
    .all(
      "select seq from distribution indexed by distribution_unnoted where stage = 'done' and noted <> ver order by seq",
    )
    .map((row) => Number(row["seq"]));
}

function toOpen(row: Row, now: number): OpenDistribution {
  const freshAt = row["fresh_at"] === null ? null : Number(row["fresh_at"]);
  const timerAt = earliest(row["timer_at"] === null ? null : Number(row["timer_at"]), freshAt);
  return {
    seq: Number(row["seq"]),
    workspace: String(row["workspace"]),
    campaignId: String(row["campaign"]),
    accountId: String(row["account"]),
    provider: String(row["provider"]),
    channel: toChannel(row["channel"]),
    keyForm: toKeyForm(row["key_form"]),
    stage: toStage(row["stage"]),
    phase: phases.find((phase) => phase === row["phase"]) ?? null,
    pauseReason: pauseReasons.find((reason) => reason === row["pause_reason"]) ?? null,
    awaitsYes: row["phase"] === "paused" && row["awaits_yes"] === 1,
    edition: Number(row["edition"]),
    tracksLinks: row["tracks_links"] === 1,
    tracksOpens: row["tracks_opens"] === 1,
    isOpenEnded: row["open_ended"] === 1,
    isStale: row["stale"] === 1,
    hasWork: timerAt !== null && timerAt <= now,
    timerAt,
    lookAt: row["look_at"] === null ? null : Number(row["look_at"]),
  };
}

function earliest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/** The condition of the index of campaigns at work, word by word: without it every document is read. */
const atWork = "phase in ('scheduled', 'preparing', 'active', 'settling')";

/** Campaigns to launch: those whose schedule is known, and those that prepare without rows yet. */
function awaited(db: Database, now: number): readonly AwaitedCampaign[] {
  const scheduled = db.all(
    `select workspace, id, due_at from document where ${atWork} and phase = 'scheduled'
      and (due_at <= ? or due_at = (select min(due_at) from document where ${atWork} and phase = 'scheduled'))`,
    now,
  );
  const preparing = db.all(
    `select workspace, id, doc from document where ${atWork} and phase = 'preparing' and not exists
      (select 1 from distribution s where s.workspace = document.workspace and s.campaign = document.id)`,
  );
  // A run of a campaign that is still at work is found when it is looked at (advance).
  const reopened = db.all(
    `select workspace, id from document where ${atWork} and phase = 'active' and due_at is null and exists
      (select 1 from distribution s where s.workspace = document.workspace
        and s.campaign = document.id and s.stage = 'done')`,
  );
  return [
    ...scheduled.map((row) => ({
      ...keyOf(row),
      phase: "scheduled" as const,
      dueAt: Number(row["due_at"]),
    })),
    ...preparing.map((row) => ({
      ...keyOf(row),
      phase: "preparing" as const,
      dueAt: null,
      campaign: JSON.parse(String(row["doc"])),
    })),
    ...reopened.map((row) => ({ ...keyOf(row), phase: "retrying" as const, dueAt: null })),
    ...awaitedSeries(db, now),
  ];
}

function keyOf(row: Row): Pick<AwaitedCampaign, "workspace" | "campaignId"> {
  return { workspace: String(row["workspace"]), campaignId: String(row["id"]) };
}
