/**
 * Telling a database that was copied from an older one, and making it safe: what was sent after
 * the copy was made is not known here, so nothing goes out until a person has looked.
 */
import { isComplete, type Campaign, type Held } from "#domain/campaign/campaign.ts";
import { next } from "#domain/campaign/lifecycle.ts";
import type { Instant } from "#domain/core/time.ts";
import { resendWithinMs } from "#domain/message/retry.ts";
import type { AdminStore, Adopted, HistoryMark } from "../admin-store.ts";
import type { Database } from "./database.ts";
import { campaignOf, publishCampaign, tellActivity } from "./delivery-rows.ts";
import { forgetNonces } from "./device-operations.ts";
import { forgetOpenTellings, noteNotice, notePause } from "./notice-intents.ts";
import { holdDue } from "./history-triggered.ts";
import { beginEpoch, epochOf, setTick, tickOf } from "./history-mark.ts";

type AdoptArgs = Parameters<AdminStore["adopt"]>[0];

export function adopt(db: Database, { beside, isCopy, now }: AdoptArgs): Adopted {
  const isRestored = isCopy || isBehind(db, beside);
  const done = { paused: 0, held: 0 };
  if (isRestored) {
    beginEpoch(db, now);
    forgetOpenTellings(db);
    forgetNonces(db);
    for (const row of atWork(db)) {
      const what = standStill(db, String(row["workspace"]), String(row["id"]), now);
      if (what !== null) done[what] += 1;
    }
  }
  setTick(db, Math.max(tickOf(db) ?? 0, beside?.tick ?? 0) + 1);
  return { mark: markOf(db), isRestored, ...done };
}

export function raiseTick(db: Database): HistoryMark {
  setTick(db, (tickOf(db) ?? 0) + 1);
  return markOf(db);
}

/**
 * The database is written before the file: after a crash between the two it is one ahead, which
 * is well. A database that never had a file is one from before there were any, or a new one.
 */
function isBehind(db: Database, beside: HistoryMark | null): boolean {
  const tick = tickOf(db);
  if (beside === null) return tick !== null;
  return beside.epoch !== epochOf(db) || beside.tick > (tick ?? 0);
}

function markOf(db: Database): HistoryMark {
  return { epoch: epochOf(db), tick: tickOf(db) ?? 0 };
}

/** Campaigns that would send by themselves, or that something might resume by itself. */
function atWork(db: Database) {
  return db.all(
    `select workspace, id from document where kind = 'campaign' and dead = 0
      and phase in ('scheduled', 'preparing', 'active', 'paused', 'settling') order by workspace, id`,
  );
}

function standStill(
  db: Database,
  workspace: string,
  id: string,
  now: Instant,
): "paused" | "held" | null {
  const campaign = campaignOf(db, workspace, id);
  if (campaign === null || isPastSending(campaign, now)) return null;
  const line = { campaignId: id, at: now };
  if (campaign.phase === "scheduled") {
    const detail = { plannedFor: campaign.schedule?.at ?? null, reason: "restore" };
    publishCampaign(db, workspace, unplanned(campaign, now), now);
    noteNotice(db, workspace, { campaign: id, cause: "missed_restore", now });
    tellActivity(db, workspace, { ...line, event: "engine.held", detail });
    return "held";
  }
  holdDue(db, workspace, campaign, now);
  publishCampaign(db, workspace, paused(campaign, now), now);
  notePause(db, workspace, { campaign: id, reason: "restore", now });
  tellActivity(db, workspace, { ...line, event: "engine.paused", detail: { reason: "restore" } });
  return "paused";
}

/** All was handed over, and so long ago that nothing of it is sent again. */
function isPastSending({ phase, launchedAt }: Campaign, now: Instant): boolean {
  return phase === "settling" && (launchedAt ?? 0) + resendWithinMs < now;
}

/** Its moment may have come in the history that is lost: a person plans it again. */
function unplanned(campaign: Campaign, now: Instant): Campaign {
  const phase = next(campaign, "unschedule", isComplete(campaign));
  if (phase === null || phase === "gone") throw new Error("a planned campaign can be taken back");
  const { schedule, rev } = campaign;
  const held: Held | null =
    schedule === null ? null : { plannedFor: schedule.at, zone: schedule.zone, why: "restore" };
  return { ...campaign, rev: rev + 1, phase, schedule: null, held, updatedAt: now };
}

/** Also one that stood still already: whoever resumes it must know that it was restored. */
function paused(campaign: Campaign, now: Instant): Campaign {
  const pausedFrom = campaign.phase === "paused" ? campaign.pausedFrom : campaign.phase;
  return {
    ...campaign,
    rev: campaign.rev + 1,
    phase: "paused",
    pausedFrom,
    pauseReason: "restore",
    pausedAt: now,
    updatedAt: now,
  };
}
