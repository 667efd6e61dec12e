/** What waits for a person, and what comes next: pure choices for the overview. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { hasProposed } from "#domain/campaign/proposed.ts";
import { isEditable, isRunning } from "#domain/campaign/lifecycle.ts";
import { isLive, isRecurring } from "#domain/campaign/live.ts";
import type { CampaignRow } from "#lib/state/campaigns.svelte.ts";

/** What is sending now, or stands still in the middle of it; those that a person must look at first. */
export function runningNow(rows: readonly CampaignRow[]): CampaignRow[] {
  return (
    rows
      .filter(({ campaign }) => isRunning(campaign.phase) && campaign.phase !== "settling")
      // What repeats is shown by its runs, and by when the next one is.
      .filter((row) => !isLive(row.campaign) || row.campaign.phase === "paused" || hasToGo(row))
      .toSorted(
        (a, b) =>
          Number(b.campaign.phase === "paused") - Number(a.campaign.phase === "paused") ||
          (b.campaign.launchedAt ?? 0) - (a.campaign.launchedAt ?? 0),
      )
  );
}

/** Paused by the system: somebody has to mend the cause. */
export function pausedBySystem(rows: readonly CampaignRow[]): CampaignRow[] {
  return rows.filter(
    ({ campaign }) =>
      campaign.phase === "paused" &&
      campaign.pauseReason !== null &&
      campaign.pauseReason !== "user",
  );
}

/** Their time passed while the server was down for too long: a person decides whether they still go out. */
export function heldTooLate(rows: readonly CampaignRow[]): CampaignRow[] {
  return rows.filter(
    ({ campaign, waiting }) =>
      (campaign.held ?? null) !== null && isEditable(campaign.phase) && waiting === null,
  );
}

/** Launches that wait for this person's yes or no. */
export function toApprove(rows: readonly CampaignRow[], user: string | null): CampaignRow[] {
  return rows.filter(
    ({ campaign, campaign: { approval, phase }, waiting }) =>
      approval?.state === "asked" &&
      approval.askedBy !== user &&
      (isEditable(phase) || hasProposed(campaign)) &&
      waiting === null,
  );
}

/** The planned campaigns, the next one first. */
export function scheduledNext(rows: readonly CampaignRow[]): CampaignRow[] {
  return rows
    .filter(({ campaign }) => isPlanned(campaign) && campaign.schedule !== null)
    .toSorted((a, b) => (a.campaign.schedule?.at ?? 0) - (b.campaign.schedule?.at ?? 0));
}

/** Of those who entered one by one, somebody was not written to yet. */
function hasToGo({ campaign, rollup }: CampaignRow): boolean {
  if (isRecurring(campaign) || rollup === null) return false;
  const { queued, sending, ambiguous } = rollup.states;
  return queued + sending + ambiguous > 0;
}

function isPlanned(campaign: Campaign): boolean {
  return campaign.phase === "scheduled" || (campaign.phase === "active" && isLive(campaign));
}

/** Drafts and complete plans without a date, last touched first; not those whose launch waits for a connection. */
export function draftsWaiting(rows: readonly CampaignRow[]): CampaignRow[] {
  return rows
    .filter(({ campaign }) => campaign.phase === "draft" || campaign.phase === "pending")
    .filter(({ campaign, waiting }) => waiting === null && (campaign.held ?? null) === null)
    .filter(({ campaign }) => campaign.approval?.state !== "asked")
    .toSorted((a, b) => b.campaign.updatedAt - a.campaign.updatedAt);
}

/** What was sent lately, newest first. */
export function recentlySent(rows: readonly CampaignRow[]): CampaignRow[] {
  return rows
    .filter(
      ({ campaign }) =>
        campaign.launchedAt !== null &&
        !isRecurring(campaign) &&
        (campaign.phase === "settling" ||
          campaign.phase === "completed" ||
          campaign.phase === "canceled"),
    )
    .toSorted((a, b) => (b.campaign.launchedAt ?? 0) - (a.campaign.launchedAt ?? 0));
}
