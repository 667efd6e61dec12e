/** The promise of delivery-store.ts over SQLite. */
import { pauseReasons, phases } from "#domain/campaign/lifecycle.ts";
import type { Instant } from "#domain/core/time.ts";
import type { DeliveryStore } from "../delivery-store.ts";
import type { OpenDistribution, WorkOfWay } from "../distribution.ts";
import { foldBuckets } from "./bucket-folds.ts";
import type { AwaitedCampaign } from "../awaited-campaign.ts";
import type { Database, Row } from "./database.ts";
import { accounting } from "./delivery-accounts.ts";
import { canceling } from "./delivery-cancel.ts";
import { entering } from "./delivery-entries.ts";
import { wordingsOf, wordingsOfFallback } from "./delivery-editions.ts";
import { deliveryFindings } from "./delivery-findings.ts";
import { guarding } from "./delivery-guards.ts";
import { intending } from "./delivery-intent.ts";
import { measuring } from "./delivery-lengths.ts";
import { launching } from "./delivery-launch.ts";
import { phasing } from "./delivery-phase.ts";
import { retrying } from "./delivery-retry.ts";
import {
  bySecondWay,
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
import { wayCodes } from "./fallen.ts";
import { isAtWork } from "./indexed.ts";
import type { PartOperations } from "./operation.ts";
import { keepingReceipts } from "./receipt-inbox.ts";
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
    "keptReceipts",
    "unmeasured",
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
    ...keepingReceipts,
    ...guarding,
    ...measuring,
    work: (db, { now }) => ({
      open: openDistributions(db, now),
      awaited: awaited(db, now),
      unnoted: unnoted(db),
      watches: dueWatches(db, now),
    }),
    wordings: (db, { distribution, way = "own" }) => {
      const place = distributionOf(db, distribution);
      return way === "own" ? wordingsOf(db, place) : wordingsOfFallback(db, place);
    },
    recent: (db, { distribution }) =>
      String(db.get("select recent from distribution where seq = ?", distribution)?.["recent"]),
    placeOf: (db, { distribution }) => {
      const found = findDistribution(db, distribution);
      if (found === null) return null;
      return {
        workspace: found.workspace,
        campaignId: found.campaign,
        accountId: found.account,
        secondAccountId: found.fallsBack ? bySecondWay(db, found).account : null,
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
          d.ver <> d.flushed as stale, d.edition, d.tracks_links, d.tracks_opens, d.falls_back, c.phase, c.awaits is not null as open_ended,
          json_extract(c.doc, '$.pauseReason') as pause_reason,
          json_extract(c.doc, '$.approval.state') in ('asked', 'rejected')
            and json_extract(c.doc, '$.proposed') is null as awaits_yes,
          (select min(at) from timer t where t.ws = d.ws and t.distribution = d.seq
            and t.way = ${wayCodes.own}) as timer_at,
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
    .map((row) => {
      const open = toOpen(row, now);
      return row["falls_back"] === 1 ? withSecond(db, row, open, now) : open;
    });
}

/** The same with the work of its second way, and which of it is done by which. */
function withSecond(
  db: Database,
  row: Row,
  open: OpenDistribution,
  now: Instant,
): OpenDistribution {
  const { hasWork, seq, timerAt } = open;
  const second = db.get(
    `select account, provider, (select min(at) from timer where ws = ? and distribution = ?
        and way = ${wayCodes.fallback}) as timer_at
       from fallback where distribution = ?`,
    Number(row["ws"]),
    seq,
    seq,
  );
  const secondAt = typeof second?.["timer_at"] === "number" ? second["timer_at"] : null;
  return {
    ...open,
    ...workAt(earliest(timerAt, secondAt), now),
    second: {
      ...workAt(secondAt, now),
      accountId: String(second?.["account"]),
      provider: String(second?.["provider"]),
      own: { hasWork, timerAt },
    },
  };
}

function workAt(timerAt: Instant | null, now: Instant): WorkOfWay {
  return { hasWork: timerAt !== null && timerAt <= now, timerAt };
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
    way: "own",
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
    ...workAt(timerAt, now),
    lookAt: row["look_at"] === null ? null : Number(row["look_at"]),
  };
}

function earliest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/** Campaigns to launch: those whose schedule is known, and those that prepare without rows yet. */
function awaited(db: Database, now: number): readonly AwaitedCampaign[] {
  const scheduled = db.all(
    `select workspace, id, due_at from document where ${isAtWork} and phase = 'scheduled'
      and (due_at <= ? or due_at = (select min(due_at) from document where ${isAtWork} and phase = 'scheduled'))`,
    now,
  );
  const preparing = db.all(
    `select workspace, id, doc from document where ${isAtWork} and phase = 'preparing' and not exists
      (select 1 from distribution s where s.workspace = document.workspace and s.campaign = document.id)`,
  );
  const reopened = db.all(
    `select workspace, id from document where ${isAtWork} and phase = 'active' and due_at is null and exists
      (select 1 from distribution s where s.workspace = document.workspace
        and s.campaign = document.id and (s.stage = 'done'
          or (s.stage = 'sending' and s.run < json_extract(document.doc, '$.run'))))`,
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
