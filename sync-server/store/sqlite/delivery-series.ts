/** From the planned time of a recurring campaign to a run, which is launched as any campaign is. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { fire, newRun } from "#domain/campaign/firing.ts";
import { dueAt } from "#domain/campaign/launch.ts";
import { isLive } from "#domain/campaign/live.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Write } from "#domain/sync/decision.ts";
import type { DeliveryStore } from "../delivery-store.ts";
import type { Database } from "./database.ts";
import { campaignOf, movedOn, publishCampaign, tellActivity } from "./delivery-rows.ts";
import { publish } from "./feeds.ts";
import { isAtWork } from "./indexed.ts";
import { noteNotice } from "./notice-intents.ts";
import type { Operations } from "./operation.ts";
import { openRuns, runIdOf } from "./series.ts";

export const recurring: Pick<Operations<DeliveryStore>, "fire" | "finish"> = {
  fire: (db, { workspace, campaignId, graceMs, now }) => {
    const campaign = campaignOf(db, workspace, campaignId);
    if (campaign === null || campaign.phase !== "active" || !isLive(campaign)) return;
    if (campaign.schedule === null || dueAt(campaign.schedule) > now) return;
    const fired = fire(campaign, now, graceMs);
    const next: Campaign = { ...fired.campaign, rev: campaign.rev + 1 };
    const writes: Write[] = [{ kind: "campaign", id: campaignId, doc: next }];
    const line = { campaignId, at: now };
    if (fired.run !== null) {
      const run = newRun(campaign, fired.run, now)(runIdOf(campaignId, fired.run.at));
      if (isNew(db, workspace, run)) {
        writes.push({ kind: "campaign", id: run.id, doc: run });
        const detail = { plannedFor: fired.run.at, run: run.id, n: run.firing?.n ?? null };
        tellActivity(db, workspace, { ...line, event: "engine.fired", detail });
        tellActivity(db, workspace, { campaignId: run.id, event: "engine.launched", at: now });
      }
    }
    if (fired.missed > 0) {
      const detail = { plannedFor: campaign.schedule.at, missed: fired.missed };
      tellActivity(db, workspace, { ...line, event: "engine.missed", detail });
      noteNotice(db, workspace, { campaign: campaignId, cause: "missed_times", now });
    }
    if (!isLive(next)) tellActivity(db, workspace, { ...line, event: "engine.ended" });
    publish(db, workspace, writes, now);
  },

  finish: (db, { workspace, campaignId, now }) => {
    const campaign = campaignOf(db, workspace, campaignId);
    if (campaign === null || campaign.phase !== "settling") return;
    if (openRuns(db, workspace, campaignId).length > 0) return;
    const completed = movedOn(campaign, "settled", now);
    if (completed === null) return;
    publishCampaign(db, workspace, { ...completed, completedAt: now }, now);
    tellActivity(db, workspace, { campaignId, event: "engine.completed", at: now });
  },
};

/** Whether the firing has not made its run yet, deleted or not. */
function isNew(db: Database, workspace: string, { id }: Campaign): boolean {
  const known = db.get(
    "select 1 from document where workspace = ? and kind = 'campaign' and id = ?",
    workspace,
    id,
  );
  return known === undefined;
}

/** A live campaign whose next time came, or one that ended and whose runs are all over. */
export interface AwaitedSeries {
  readonly workspace: string;
  readonly campaignId: string;
  readonly phase: "live" | "ending";
  readonly dueAt: Instant | null;
}

export function awaitedSeries(db: Database, now: Instant): readonly AwaitedSeries[] {
  const live = db.all(
    `select workspace, id, due_at from document where ${isAtWork} and phase = 'active'
      and due_at is not null and (due_at <= ? or due_at = (select min(due_at) from document
        where ${isAtWork} and phase = 'active' and due_at is not null))`,
    now,
  );
  const ending = db.all(
    `select workspace, id from document d where ${isAtWork} and phase = 'settling' and not exists
        (select 1 from distribution s where s.workspace = d.workspace and s.campaign = d.id)
      and not exists (select 1 from document r where r.workspace = d.workspace and r.series = d.id
        and r.dead = 0 and r.phase in ('preparing', 'active', 'paused', 'settling'))`,
  );
  return [
    ...live.map((row) => ({ ...keyOf(row), phase: "live" as const, dueAt: Number(row["due_at"]) })),
    ...ending.map((row) => ({ ...keyOf(row), phase: "ending" as const, dueAt: null })),
  ];
}

function keyOf(row: Readonly<Record<string, unknown>>): {
  readonly workspace: string;
  readonly campaignId: string;
} {
  return { workspace: String(row["workspace"]), campaignId: String(row["id"]) };
}
