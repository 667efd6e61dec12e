/**
 * Commands: the named changes that people make. The same decide function of a name runs on the
 * device at once and on the server with authority.
 */
import type { ViewFields } from "../analytics/saved-view.ts";
import type { Permission } from "../access/permission.ts";
import type { AudienceRule } from "../audience/audience.ts";
import type { ConsentChannel } from "../audience/contact.ts";
import type { GivenConsent } from "../audience/sign-up.ts";
import type { Channel } from "../campaign/channel.ts";
import type { Campaign, CampaignFields, Content, Schedule } from "../campaign/campaign.ts";
import { fallbackOf, type Fallback } from "../campaign/fallback.ts";
import type { Trigger } from "../campaign/trigger.ts";
import type { CodePolicy } from "../codes/pool.ts";
import type { Id } from "../core/id.ts";
import type { CampaignBudget } from "../limits/budget.ts";
import type { Instant } from "../core/time.ts";
import type { Picked } from "../message/again.ts";
import type { Remark } from "../report/annotation.ts";
import type { Key } from "./document.ts";

/** One text field as it was when editing began, and as it shall be. */
export interface Change<T> {
  readonly was: T;
  readonly set: T;
}

/** What was reviewed before a launch; a mismatch means that something changed since. */
export interface Review {
  readonly rev: number;
  readonly contentHash: string;
  readonly audienceId: Id;
  readonly audienceRev: number;
  readonly accountId: Id;
}

export interface CommandArgs {
  "campaign.create": { readonly id: Id; readonly type: Channel } & CampaignFields;
  "campaign.edit": {
    readonly id: Id;
    readonly name?: Change<string>;
    readonly content?: { readonly [K in keyof Content]?: Change<string> };
    readonly audienceId?: Change<Id | null>;
    readonly accountId?: Change<Id | null>;
    readonly codePoolId?: Change<Id | null>;
    readonly codePolicy?: Change<CodePolicy>;
    readonly trackLinks?: Change<boolean>;
    /** Without account and text it has none. */
    readonly fallback?: { readonly [K in keyof Fallback]?: Change<Fallback[K]> };
    readonly validUntil?: Change<Instant | null>;
    readonly budget?: Change<CampaignBudget | null>;
  };
  "campaign.schedule": { readonly id: Id; readonly schedule: Schedule; readonly review: Review };
  "campaign.setLive": { readonly id: Id; readonly trigger: Trigger; readonly review: Review };
  "campaign.unschedule": { readonly id: Id };
  "campaign.send": {
    readonly id: Id;
    readonly review: Review;
    /** Without the time to take it back that the workspace may ask for. */
    readonly atOnce?: boolean;
  };
  /** What somebody asked to send goes out: `review` is what the approving person saw. */
  "campaign.approve": { readonly id: Id; readonly review: Review };
  "campaign.reject": { readonly id: Id; readonly reason: string };
  "campaign.pause": { readonly id: Id };
  "campaign.resume": { readonly id: Id };
  "campaign.end": { readonly id: Id };
  "campaign.cancel": { readonly id: Id };
  "campaign.retry": { readonly id: Id; readonly picks: readonly Picked[] };
  /** A remark on a moment of it: added (`was: null`), changed, or taken away (`set: null`). */
  "campaign.annotate": {
    readonly id: Id;
    /** The remark. */
    readonly note: Id;
    readonly was: Remark | null;
    readonly set: Remark | null;
  };
  "campaign.delete": { readonly id: Id };
  "campaign.duplicate": { readonly id: Id; readonly from: Id; readonly name: string };
  "audience.create": { readonly id: Id; readonly name: string; readonly rule: AudienceRule };
  "audience.edit": {
    readonly id: Id;
    readonly name?: Change<string>;
    readonly rule?: Change<AudienceRule>;
  };
  "audience.delete": { readonly id: Id };
  "pin.add": { readonly id: Id; readonly campaignId: Id };
  "pin.remove": { readonly id: Id };
  /** A report under a name, a view or a dashboard, in the workspace `id`; `set: null` takes it away. */
  "report.keep": { readonly id: Id; readonly view: Id; readonly set: ViewFields | null };
  /** Whether the person begins with it. */
  "report.default": { readonly id: Id; readonly view: Id; readonly on: boolean };
  "contact.add": {
    readonly id: Id;
    readonly firstName: string;
    readonly lastName: string;
    readonly email: string | null;
    readonly phone: string | null;
    readonly country: string;
    /** Where it was, for the source of the consents; "" when nobody said. */
    readonly place: string;
    readonly consents: readonly GivenConsent[];
    /** Names what is sealed on the device (see sign-up.ts); never travels. */
    readonly sealed?: Id;
  };
  "contact.edit": {
    readonly id: Id;
    readonly firstName?: Change<string>;
    readonly lastName?: Change<string>;
    readonly email?: Change<string | null>;
    readonly phone?: Change<string | null>;
    readonly country?: Change<string>;
    readonly sealed?: Id;
  };
  "consent.in": GivenConsent & { readonly id: Id; readonly place: string; readonly sealed?: Id };
  "consent.out": { readonly id: Id; readonly channel: ConsentChannel; readonly place: string };
}

export type CommandName = keyof CommandArgs;

export const commandNames = [
  "campaign.create",
  "campaign.edit",
  "campaign.schedule",
  "campaign.setLive",
  "campaign.unschedule",
  "campaign.send",
  "campaign.approve",
  "campaign.reject",
  "campaign.pause",
  "campaign.resume",
  "campaign.end",
  "campaign.cancel",
  "campaign.retry",
  "campaign.annotate",
  "campaign.delete",
  "campaign.duplicate",
  "audience.create",
  "audience.edit",
  "audience.delete",
  "pin.add",
  "pin.remove",
  "report.keep",
  "report.default",
  "contact.add",
  "contact.edit",
  "consent.in",
  "consent.out",
] as const satisfies readonly CommandName[];

/** A command with its arguments: what decide takes, whoever carries it. */
export type Act = {
  readonly [N in CommandName]: { readonly name: N; readonly args: CommandArgs[N] };
}[CommandName];

/** The leave that each command needs. Who may ask but not send has every launch approved by another person. */
export const permissionOf = {
  "campaign.create": "campaign.create",
  "campaign.edit": "campaign.edit",
  "campaign.schedule": "campaign.ask",
  "campaign.setLive": "campaign.ask",
  "campaign.unschedule": "campaign.ask",
  "campaign.send": "campaign.ask",
  "campaign.approve": "campaign.approve",
  "campaign.reject": "campaign.approve",
  "campaign.pause": "campaign.pause",
  "campaign.resume": "campaign.send",
  "campaign.end": "campaign.cancel",
  "campaign.cancel": "campaign.cancel",
  "campaign.retry": "campaign.send",
  "campaign.annotate": "report.read",
  "campaign.delete": "campaign.delete",
  "campaign.duplicate": "campaign.create",
  "audience.create": "audience.edit",
  "audience.edit": "audience.edit",
  "audience.delete": "audience.edit",
  "pin.add": "report.read",
  "pin.remove": "report.read",
  "report.keep": "report.read",
  "report.default": "report.read",
  "contact.add": "contact.edit",
  "contact.edit": "contact.edit",
  "consent.in": "contact.edit",
  // A withdrawal is never lost because a role changed meanwhile.
  "consent.out": "contact.read",
} as const satisfies Record<CommandName, Permission>;

/** The rows that a command reads or writes, known from its arguments alone: no scans. The first is its subject. */
export function keysOf(act: Act): readonly Key[] {
  switch (act.name) {
    case "campaign.create":
      return [["campaign", act.args.id]];
    case "campaign.schedule":
    case "campaign.setLive":
    case "campaign.send":
    case "campaign.approve":
      return [
        ["campaign", act.args.id],
        ["audience", act.args.review.audienceId],
        ["account", act.args.review.accountId],
      ];
    case "campaign.duplicate":
      return [
        ["campaign", act.args.id],
        ["campaign", act.args.from],
      ];
    case "campaign.edit":
      return [
        ["campaign", act.args.id],
        ...chosen("audience", act.args.audienceId),
        ...chosen("account", act.args.accountId),
      ];
    case "campaign.retry":
      return [
        ["campaign", act.args.id],
        ["rollup", act.args.id],
      ];
    case "campaign.unschedule":
    case "campaign.reject":
    case "campaign.pause":
    case "campaign.resume":
    case "campaign.end":
    case "campaign.cancel":
    case "campaign.annotate":
    case "campaign.delete":
      return [["campaign", act.args.id]];
    case "audience.create":
    case "audience.edit":
    case "audience.delete":
      return [["audience", act.args.id]];
    case "pin.add":
      return [["pin", act.args.id], ...about(act.args.campaignId)];
    case "pin.remove":
      return [["pin", act.args.id]];
    case "report.keep":
    case "report.default":
      return [["workspace", act.args.id]];
    case "contact.add":
      return [["signUp", act.args.id], ...texts(act.args.consents)];
    case "consent.in":
      return [["signUp", act.args.id], ...texts([act.args])];
    case "contact.edit":
    case "consent.out":
      return [["signUp", act.args.id]];
  }
}

/** What an act is judged by besides, as its campaign turns out to name it. */
export function keysBeside(
  act: Act,
  campaign: Pick<Campaign, "accountId" | "fallback">,
): readonly Key[] {
  const known = new Set(keysOf(act).map(([kind, id]) => `${kind} ${id}`));
  const ids =
    act.name === "campaign.edit" ? editedBeside(act, campaign) : launchedBeside(act, campaign);
  const accounts = new Set(ids.filter((id) => id !== null));
  return [...accounts]
    .filter((id) => !known.has(`account ${id}`))
    .map((id): Key => ["account", id]);
}

type Named = Pick<Campaign, "accountId" | "fallback">;

/** The account that it goes through, where its price matters, and that of the text message instead. */
function editedBeside(
  { args }: Extract<Act, { readonly name: "campaign.edit" }>,
  campaign: Named,
): readonly (Id | null)[] {
  const change = args.fallback?.accountId;
  const second = change === undefined ? (fallbackOf(campaign)?.accountId ?? null) : change.set;
  const isPriced = args.budget !== undefined || second !== null;
  return isPriced && args.accountId === undefined ? [campaign.accountId, second] : [second];
}

function launchedBeside(act: Act, campaign: Named): readonly (Id | null)[] {
  return "review" in act.args ? [fallbackOf(campaign)?.accountId ?? null] : [];
}

function about(campaignId: Id): Key[] {
  return [["campaign", campaignId]];
}

function chosen(kind: "audience" | "account", change: Change<Id | null> | undefined): Key[] {
  return change === undefined || change.set === null ? [] : [[kind, change.set]];
}

function texts(consents: readonly Pick<GivenConsent, "text">[]): Key[] {
  return consents.flatMap(({ text }): Key[] => (text === null ? [] : [["consentText", text]]));
}
