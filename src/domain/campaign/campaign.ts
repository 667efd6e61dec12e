/** The shape of a campaign as it syncs: what a marketer plans and reads a report of. */
import type { CodePolicy } from "../codes/pool.ts";
import { fingerprint } from "../core/hash.ts";
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";
import type { CampaignBudget } from "../limits/budget.ts";
import type { Repeat } from "../schedule/repeat.ts";
import type { Annotation, Authorship } from "../report/annotation.ts";
import type { WallTime } from "../schedule/wall-time.ts";
import type { Picked } from "../message/again.ts";
import type { Channel } from "./channel.ts";
import { fallbackOf, type Fallback } from "./fallback.ts";
import type { PauseReason, Phase } from "./lifecycle.ts";
import type { Trigger } from "./trigger.ts";

/** What a message says, with merge fields in Liquid (`{{ first_name }}`). Unused parts are "". */
export interface Content {
  /** E-mail only. */
  readonly subject: string;
  readonly text: string;
  /** E-mail only; "" sends the text alone. */
  readonly html: string;
}

/** What happens when the planned moment passed before the server heard of it. */
export const latePolicies = ["hold", "sendNow"] as const;

export type LatePolicy = (typeof latePolicies)[number];

export interface Schedule {
  /** When it goes out; where `wall` is given, what that means in the zone by the rules known today. */
  readonly at: Instant;
  /** IANA zone in which a person chose the time. */
  readonly zone: string;
  /** What clocks in the zone shall show then; left out where a script named the moment itself. */
  readonly wall?: WallTime;
  /** Each recipient's own clocks shall show it; `zone` is for those whose zone nobody knows. */
  readonly local?: boolean;
  readonly ifLate: LatePolicy;
  /** Nobody chose the time: it was sent, and waits as long as the workspace lets it be taken back. */
  readonly delay?: boolean;
  /** It goes out again and again: `at` and `wall` are of the next time. */
  readonly repeat?: Repeat;
}

/** Which firing of a recurring campaign a run is; it is a campaign of its own, with its own report. */
export interface Firing {
  /** The recurring campaign. */
  readonly of: Id;
  /** 1, 2, 3, … */
  readonly n: number;
  /** The planned moment: with `of`, what makes it the only one of its kind. */
  readonly at: Instant;
}

/** A planned moment that passed, or may have been used: a person decides what becomes of it. */
export interface Held {
  readonly plannedFor: Instant;
  readonly zone: string;
  /** Left out: it passed while the server was down. `restore`: a back-up was put in its place. */
  readonly why?: "restore";
}

/** How a launch stands that another person has to agree to. */
export const approvalStates = ["asked", "approved", "rejected"] as const;

export type ApprovalState = (typeof approvalStates)[number];

/** A launch that somebody asked for, and what another person said to it: see approval.ts. */
export interface Approval {
  readonly state: ApprovalState;
  /** What shall go out: content, audience and account as one short text, and the audience's revision. */
  readonly contentHash: string;
  readonly audienceRev: number;
  readonly askedBy: Id;
  readonly askedAt: Instant;
  /** When it shall go out; null: as soon as it is approved. */
  readonly schedule: Schedule | null;
  /** What it shall wait for; left out: nothing. */
  readonly trigger?: Trigger;
  /** Who answered, and when; null while it is asked. */
  readonly by: Id | null;
  readonly at: Instant | null;
  /** Why it was rejected; "" otherwise. */
  readonly reason: string;
}

/** An act that a person asked for and the server has not answered yet. Never set on the server. */
export const waitingActs = [
  "send",
  "schedule",
  "setLive",
  "pause",
  "resume",
  "end",
  "cancel",
  "retry",
  "approve",
  "reject",
] as const;

export type WaitingAct = (typeof waitingActs)[number];

/** What a person sent again: the kinds of messages, and how many there were. */
export interface Retry {
  readonly picks: readonly Picked[];
  readonly at: Instant;
  readonly n: number;
}

/** What a campaign said from some moment on, once it was edited while it stood still. */
export interface Edition {
  /** 1 at the launch, and one more with each edit. */
  readonly n: number;
  readonly since: Instant;
  /** Recipients who were written to while it was the newest; of the newest, as the counters say. */
  readonly handed: number | null;
}

export interface Campaign {
  readonly id: Id;
  /** A short number that people can say aloud, given by the server; null until it has seen the campaign. */
  readonly number: number | null;
  /** Rises by one with each change by a person or by the engine. */
  readonly rev: number;
  readonly name: string;
  readonly group: "messaging";
  readonly type: Channel;
  readonly content: Content;
  readonly audienceId: Id | null;
  readonly accountId: Id | null;
  /** Each message carries a code of this pool; null or left out: none does. */
  readonly codePoolId?: Id | null;
  /** What happens when the pool has fewer codes than recipients; left out: it is not launched. */
  readonly codePolicy?: CodePolicy;
  /**
   * Short links stand for those of its text, and tell who follows them; left out: they go out as
   * they are. It is no part of what is reviewed: an older device, which does not know it, may send.
   */
  readonly trackLinks?: boolean;
  /** What whoever it cannot reach gets instead; null or left out: nothing. */
  readonly fallback?: Fallback | null;
  readonly schedule: Schedule | null;
  /** Until it is planned or sent again. Campaigns of before have none. */
  readonly held?: Held | null;
  /** The launch that another person has to agree to, or said no to; null or left out: none was asked for. */
  readonly approval?: Approval | null;
  /**
   * The text that waits for another person's yes while a live campaign goes on with `content`; null
   * or left out: none does.
   */
  readonly proposed?: Content | null;
  /** What it may spend, and each of its runs; null or left out: nothing limits it. */
  readonly budget?: CampaignBudget | null;
  /** What has not gone out by then is skipped. Campaigns of before have none. */
  readonly validUntil?: Instant | null;
  readonly phase: Phase;
  readonly pausedFrom: Phase | null;
  readonly pauseReason: PauseReason | null;
  /** When the pause began; null or missing unless paused. */
  readonly pausedAt?: Instant | null;
  readonly waiting: WaitingAct | null;
  readonly createdAt: Instant;
  readonly createdBy: Id;
  readonly updatedAt: Instant;
  /** The launch was accepted: Send Now, or the schedule came due. */
  readonly launchedAt: Instant | null;
  /** The first message was handed to a provider. */
  readonly startedAt: Instant | null;
  /** Every message was submitted, or will never be. */
  readonly submittedAt: Instant | null;
  /** Settled, or canceled. */
  readonly completedAt: Instant | null;
  /** 1 at the launch, and one more each time that a person sends again; left out: 1. */
  readonly run?: number;
  /** What a person last sent again; null or left out: nothing yet. */
  readonly retry?: Retry | null;
  /** It goes to each person for whom this happens; null or left out: it does not wait for anything. */
  readonly trigger?: Trigger | null;
  /** How often a recurring campaign went out; left out: never. */
  readonly firings?: number;
  /** Of a run: which one it is. Other campaigns have none. */
  readonly firing?: Firing;
  /** Since when a campaign that was live begins nothing new; null or left out: it was not ended. */
  readonly endedAt?: Instant | null;
  /** Its texts in order, the newest last; left out: it was never edited after its launch. */
  readonly editions?: readonly Edition[];
  /** What people remarked on moments of it, in order of these; left out: nothing yet. */
  readonly annotations?: readonly Annotation[];
  /** Whose those were that were removed last: one that comes back is theirs again. */
  readonly removedAnnotations?: readonly Authorship[];
  /** Recipients of the frozen audience; null before it is frozen. */
  readonly total: number | null;
}

/** The fields that `campaign.edit` may set. */
export type CampaignFields = Pick<
  Campaign,
  | "name"
  | "content"
  | "audienceId"
  | "accountId"
  | "codePoolId"
  | "codePolicy"
  | "trackLinks"
  | "fallback"
>;

/** Where the codes of its messages come from; nothing where it has none. */
export function codesOf({
  codePoolId = null,
  codePolicy,
}: Pick<Campaign, "codePoolId" | "codePolicy">): Pick<Campaign, "codePoolId" | "codePolicy"> {
  if (codePoolId === null) return {};
  return codePolicy === undefined ? { codePoolId } : { codePoolId, codePolicy };
}

/** Whether its links are tracked; nothing where nobody ever said so. */
export function tracksOf({
  trackLinks,
}: Pick<Campaign, "trackLinks">): Pick<Campaign, "trackLinks"> {
  return trackLinks === undefined ? {} : { trackLinks };
}

export const emptyContent: Content = { subject: "", text: "", html: "" };

/** What a person reviewed before sending, as one short text: content, audience, account, codes, fallback. */
export function contentHash(campaign: CampaignFields & Pick<Campaign, "type">): string {
  const { type, content, audienceId, accountId, codePoolId = null, codePolicy } = campaign;
  const { subject, text, html } = content;
  const codes = codePoolId === null ? [] : [codePoolId, codePolicy ?? "refuse"];
  const fallback = fallbackOf(campaign);
  const instead = fallback === null ? [] : ["fallback", fallback.accountId, fallback.text];
  const reviewed = [type, subject, text, html, audienceId, accountId, ...codes, ...instead];
  return fingerprint(JSON.stringify(reviewed));
}

/** A field of a campaign that a launch needs, as a path. */
type Part =
  | "name"
  | "content.subject"
  | "content.text"
  | "audienceId"
  | "accountId"
  | "fallback.accountId"
  | "fallback.text";

/** The parts that still miss before a launch, in the order in which the wizard asks for them. */
export function missingParts(campaign: CampaignFields & Pick<Campaign, "type">): readonly Part[] {
  const { name, type, content, audienceId, accountId } = campaign;
  const parts: Part[] = [];
  if (name.trim() === "") parts.push("name");
  if (accountId === null) parts.push("accountId");
  if (type === "email" && content.subject.trim() === "") parts.push("content.subject");
  if (content.text.trim() === "" && (type !== "email" || content.html.trim() === ""))
    parts.push("content.text");
  parts.push(...missingOfFallback(campaign));
  if (audienceId === null) parts.push("audienceId");
  return parts;
}

function missingOfFallback(campaign: Pick<Campaign, "fallback">): readonly Part[] {
  const fallback = fallbackOf(campaign);
  if (fallback === null) return [];
  const parts: Part[] = fallback.text.trim() === "" ? ["fallback.text"] : [];
  return fallback.accountId === null ? [...parts, "fallback.accountId"] : parts;
}

export function isComplete(campaign: CampaignFields & Pick<Campaign, "type">): boolean {
  return missingParts(campaign).length === 0;
}
