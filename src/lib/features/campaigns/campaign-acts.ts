/**
 * What a person can do with a campaign now, and why not what they cannot: the same lifecycle and
 * the same permissions that the server judges by.
 */
import type { Permission } from "#domain/access/permission.ts";
import type { Role } from "#domain/access/role.ts";
import { isComplete, type Campaign } from "#domain/campaign/campaign.ts";
import { expected } from "#domain/campaign/expected.ts";
import { isEditable, isRunning, next, type LifecycleEvent } from "#domain/campaign/lifecycle.ts";
import type { Id } from "#domain/core/id.ts";

export const campaignActs = [
  "edit",
  "unschedule",
  "pause",
  "resume",
  "end",
  "duplicate",
  "cancel",
  "delete",
] as const;

export type CampaignActName = (typeof campaignActs)[number];

export interface CampaignAct {
  readonly name: CampaignActName;
  /** Why it is not possible now; null when it is. */
  readonly reason: string | null;
}

/** Who asks. */
export interface Asker {
  readonly user: Id | null;
  readonly role: Role | null;
  may(permission: Permission): boolean;
}

const permissions = {
  edit: "campaign.edit",
  unschedule: "campaign.send",
  pause: "campaign.pause",
  resume: "campaign.send",
  end: "campaign.cancel",
  duplicate: "campaign.create",
  cancel: "campaign.cancel",
  delete: "campaign.delete",
} as const satisfies Record<CampaignActName, Permission>;

const events = {
  edit: "save",
  unschedule: "unschedule",
  pause: "pause",
  resume: "resume",
  end: "end",
  duplicate: null,
  cancel: "cancel",
  delete: "delete",
} as const satisfies Record<CampaignActName, LifecycleEvent | null>;

/** In the order of a menu. Pause and resume are one place: the one that fits is shown. */
export function actsOf(campaign: Campaign, asker: Asker): readonly CampaignAct[] {
  const { phase, isLive = false } = expected(campaign);
  const isGoing = isLive && (phase === "active" || phase === "paused");
  return campaignActs
    .filter((name) => (name === "end" ? isGoing : fits(name, phase)))
    .map((name) => ({ name, reason: reasonAgainst(name, campaign, asker) }));
}

/** Why the act is not possible now, in words; null when it is. */
export function reasonAgainst(
  name: CampaignActName,
  campaign: Campaign,
  asker: Asker,
): string | null {
  if (!asker.may(permissions[name])) return "Your role does not allow this";
  const isTheirs = asker.role !== "field" || campaign.createdBy === asker.user;
  if (!isTheirs && name !== "duplicate") return "Only for campaigns that you made yourself";
  const event = events[name];
  if (event === null) return null;
  const from = expected(campaign);
  if (next(from, event, isComplete(campaign)) !== null) return null;
  return illegalReason(name, from.phase);
}

function fits(name: CampaignActName, phase: Campaign["phase"]): boolean {
  if (name === "pause") return phase !== "paused";
  if (name === "resume") return phase === "paused";
  if (name === "unschedule") return phase === "scheduled";
  return true;
}

function illegalReason(name: CampaignActName, phase: Campaign["phase"]): string {
  if (name === "edit" && phase === "active") return "Pause it first";
  if (name === "edit") return "It was sent already: make a copy to change it";
  if (name === "delete" && isRunning(phase)) return "It is being sent: cancel it first";
  if (phase === "canceled") return "It was canceled";
  if (phase === "settling" || phase === "completed") return "Everything was sent already";
  return isEditable(phase) ? "It is not being sent yet" : "Not possible at this moment";
}
