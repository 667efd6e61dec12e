/** The phases that the engine moves, and the counters that every device sees. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { isLive } from "#domain/campaign/live.ts";
import type { Phase } from "#domain/campaign/lifecycle.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Write } from "#domain/sync/decision.ts";
import type { DeliveryStore } from "../delivery-store.ts";
import type { Database } from "./database.ts";
import { pauseCampaign, resumeCampaign } from "./delivery-guards.ts";
import {
  campaignOf,
  distributionOf,
  movedOn,
  tellActivity,
  type Distribution,
} from "./delivery-rows.ts";
import { reopenFor } from "./delivery-retry.ts";
import { readRollup, readStates, type Speed } from "./delivery-rollup.ts";
import { publish } from "./feeds.ts";
import { noteNotice } from "./notice-intents.ts";
import type { Operations } from "./operation.ts";

type Phases = Pick<Operations<DeliveryStore>, "pause" | "resume" | "advance">;

export const phasing: Phases = {
  pause: (db, { distribution: seq, reason, detail, now }) => {
    const { workspace, campaign: campaignId } = distributionOf(db, seq);
    const campaign = campaignOf(db, workspace, campaignId);
    if (campaign !== null) pauseCampaign(db, workspace, campaign, { reason, detail, now });
  },

  resume: (db, { distribution: seq, reason, now }) => {
    const { workspace, campaign: campaignId } = distributionOf(db, seq);
    const campaign = campaignOf(db, workspace, campaignId);
    if (campaign?.phase !== "paused" || campaign.pauseReason !== reason) return;
    resumeCampaign(db, workspace, campaign, now);
  },

  advance: (db, { distribution: seq, now, ...speed }) => {
    const distribution = distributionOf(db, seq);
    const campaign = campaignOf(db, distribution.workspace, distribution.campaign);
    if (reopenFor(db, distribution, campaign)) return "active";
    const open = openCounts(db, distribution);
    const moved = campaign === null ? null : moveOn(campaign, distribution, open, now);
    const current = moved ?? campaign;
    const phase = current?.phase ?? null;
    if (moved === null && distribution.ver === distribution.flushed) return phase;
    if (current !== null) show(db, distribution, moved, { ...speed, now });
    if (moved !== null) tellPhases(db, distribution, campaign, moved);
    const stage = isDone(phase, open) ? "done" : distribution.stage;
    db.run("update distribution set flushed = ver, stage = ? where seq = ?", stage, seq);
    return phase;
  },
};

/** Counters and phase in one page of every device: no screen says "Completed" beside older numbers. */
function show(
  db: Database,
  distribution: Distribution,
  moved: Campaign | null,
  { rate, limitedBy, now }: Speed & { readonly now: Instant },
): void {
  const idle = { rate: 0, limitedBy: null };
  const doc = readRollup(db, distribution, {
    ...(moved === null ? { rate, limitedBy } : idle),
    now,
  });
  const writes: Write[] = [{ kind: "rollup", id: doc.id, doc }];
  if (moved !== null) writes.push({ kind: "campaign", id: moved.id, doc: moved });
  publish(db, distribution.workspace, writes, now);
}

interface OpenCounts {
  /** Queued, in flight or in doubt. */
  readonly unsubmitted: number;
  /** The same, and those whose receipt is awaited. */
  readonly all: number;
}

function openCounts(db: Database, distribution: Distribution): OpenCounts {
  const states = readStates(db, distribution);
  const unsubmitted = states.queued + states.sending + states.ambiguous;
  return { unsubmitted, all: unsubmitted + states.submitted + states.sent };
}

/** The campaign as it is once everything is submitted or settled; null when nothing changes. */
function moveOn(
  campaign: Campaign,
  { stage }: Distribution,
  open: OpenCounts,
  now: Instant,
): Campaign | null {
  // Whoever it waits for may come at any time.
  if (stage !== "sending" || isLive(campaign)) return null;
  // Something that had failed goes out again: pausing it must be possible, too.
  if (open.unsubmitted > 0) {
    return campaign.phase === "settling" ? movedOn(campaign, "resend", now) : null;
  }
  let moved: Campaign | null = null;
  if (campaign.phase === "active") {
    const settling = movedOn(campaign, "submitted", now);
    moved = settling === null ? null : { ...settling, submittedAt: now };
  }
  const at = moved ?? campaign;
  if (at.phase !== "settling" || open.all > 0) return moved;
  const completed = movedOn(at, "settled", now);
  // One write, one revision, however many phases it passes.
  return completed === null ? moved : { ...completed, rev: campaign.rev + 1, completedAt: now };
}

function tellPhases(
  db: Database,
  { workspace }: Distribution,
  from: Campaign | null,
  to: Campaign,
): void {
  const line = { campaignId: to.id, at: to.updatedAt };
  if (from?.submittedAt === null && to.submittedAt !== null) {
    tellActivity(db, workspace, { ...line, event: "engine.submitted" });
  }
  // What repeats, or goes out by itself, is told of where something is wrong: not each time.
  const isOnce = to.firing === undefined || to.firing === null;
  if (isOnce && from?.submittedAt === null && to.submittedAt !== null) {
    noteNotice(db, workspace, { campaign: to.id, cause: "finished", now: to.updatedAt });
  }
  if (to.phase === "completed") tellActivity(db, workspace, { ...line, event: "engine.completed" });
}

function isDone(phase: Phase | null, open: OpenCounts): boolean {
  const isEnded = phase === null || phase === "completed" || phase === "canceled";
  return isEnded && open.all === 0;
}
