/**
 * What people are told of outside of the app, by subject: what stands still, what is through, and
 * what waits for them. Each person chooses.
 */
import { may, type AccessSettings } from "../access/permission.ts";
import type { Role } from "../access/role.ts";
import type { Campaign } from "./campaign.ts";
import type { NoticeCause } from "./notice.ts";

/** `stopped`: the system stopped it, or warns that it will. `asked`: one person asked for it. */
export type NoticeTopic = "stopped" | "finished" | "approval" | "asked";

export function topicOf(cause: NoticeCause): NoticeTopic {
  if (cause === "alert" || cause === "report") return "asked";
  return cause === "finished" || cause === "approval" ? cause : "stopped";
}

/** Of whose campaigns a person hears that they are through: their own are those that they made. */
export const finishedChoices = ["own", "all", "none"] as const;

export type FinishedChoice = (typeof finishedChoices)[number];

/** What a person wants to hear of, where. */
export interface NoticeChoice {
  readonly email: boolean;
  readonly push: boolean;
  readonly finished: FinishedChoice;
  /** Of launches that wait for a yes which they may give. */
  readonly approval: boolean;
}

/** Who never chose hears of what stands still, of their own that is through, and of what waits for them. */
export const usualNoticeChoice: NoticeChoice = {
  email: true,
  push: true,
  finished: "own",
  approval: true,
};

interface Person {
  readonly user: string;
  readonly role: Role;
}

type Told = Pick<Campaign, "createdBy" | "approval">;

/** Whether the person is told of this campaign, wherever they are told. */
export function isToldOf(
  person: Person,
  { access, choice }: { readonly access: AccessSettings; readonly choice: NoticeChoice },
  cause: NoticeCause,
  campaign: Told,
): boolean {
  switch (topicOf(cause)) {
    case "stopped":
      return mayResume(person, access, campaign);
    case "finished":
      return isWanted(choice.finished, campaign.createdBy === person.user);
    case "asked":
      return true;
    case "approval":
      return choice.approval && mayApprove(person, access, campaign);
  }
}

/** They can do something about it (decide.ts): field marketers about their own, where the workspace lets them. */
function mayResume({ user, role }: Person, access: AccessSettings, campaign: Told): boolean {
  if (!may(role, "campaign.pause", access)) return false;
  return role !== "field" || campaign.createdBy === user;
}

/** It still waits, for somebody else than who asked (approve.ts). */
function mayApprove({ user, role }: Person, access: AccessSettings, { approval }: Told): boolean {
  if (approval?.state !== "asked" || approval.askedBy === user) return false;
  return may(role, "campaign.approve", access);
}

function isWanted(wanted: FinishedChoice, isOwn: boolean): boolean {
  return wanted === "all" || (wanted === "own" && isOwn);
}
