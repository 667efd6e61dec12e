/**
 * What leads to action (S2-08): of campaigns that began in a range, how many of those who got them
 * opened, clicked and redeemed, by what the campaigns said, how and when. These are whole campaigns
 * with everything that came of them, as an opening tomorrow belongs to what was sent today.
 */
import type { Campaign } from "../campaign/campaign.ts";
import type { Channel } from "../campaign/channel.ts";
import { smsLength } from "../message/sms-segments.ts";
import type { TimeRange } from "../report/by-channel.ts";
import { weekdayOf, type Calendar } from "./calendar.ts";
import {
  textFeatures,
  type Counted,
  type CountedBase,
  type CountedCampaign,
  type TextFeature,
  type Traits,
} from "./counted.ts";
import { shareOf, type Share } from "./wilson.ts";

export const actions = ["opened", "clicked", "redeemed"] as const;

export type Action = (typeof actions)[number];

export const features = [
  "channel",
  "subjectLength",
  "subjectNumber",
  "subjectQuestion",
  "personal",
  "link",
  "code",
  "textLength",
  "time",
  "weekend",
] as const;

/** What campaigns are told apart by: each has one key of each feature, or none where it does not apply. */
export type Feature = (typeof features)[number];

/** The campaigns with one key of a feature. */
export interface Group {
  readonly key: string;
  readonly campaigns: number;
  readonly delivered: number;
  /**
   * Of channels that tell of the action at all. `redeemed` is a share of messages with a code, the
   * others of what was delivered.
   */
  readonly shares: Readonly<Record<Action, Share>>;
}

/** Why nothing sure can be said: messages, or campaigns, are too few; or the two may well be the same. */
export type Doubt = "few" | "single" | "same";

export interface Finding {
  readonly feature: Feature;
  readonly action: Action;
  /** The group that did best, and all others together. */
  readonly best: Group;
  readonly rest: Group;
  /** null: 95 % intervals do not touch, in more than one campaign each. */
  readonly doubt: Doubt | null;
}

export interface ActionReport {
  readonly whole: Group;
  readonly groups: Readonly<Record<Feature, readonly Group[]>>;
  /** At most one for each feature and action: sure ones first, the largest difference first. */
  readonly findings: readonly Finding[];
}

/** With fewer deliveries than this a share is not compared. */
export const leastDelivered = 100;

export function actionsOf(
  rows: readonly Counted[],
  { from, to }: TimeRange,
  calendar: Calendar,
): ActionReport {
  const began = rows.filter(({ campaign, rollup }) => {
    const at = campaign.startedAt ?? campaign.launchedAt;
    return rollup !== null && at !== null && at >= from && at < to;
  });
  const tells = tellersOf(began);
  const by = (feature: Feature): readonly Group[] => groupsBy(began, { feature, calendar, tells });
  const groups = {
    channel: by("channel"),
    subjectLength: by("subjectLength"),
    subjectNumber: by("subjectNumber"),
    subjectQuestion: by("subjectQuestion"),
    personal: by("personal"),
    link: by("link"),
    code: by("code"),
    textLength: by("textLength"),
    time: by("time"),
    weekend: by("weekend"),
  };
  return {
    whole: groupOf("", began, tells),
    groups,
    findings: features
      .flatMap((feature) =>
        actions.flatMap((action) => findingOf(feature, action, groups[feature]) ?? []),
      )
      .toSorted((a, b) => Number(a.doubt !== null) - Number(b.doubt !== null) || gain(b) - gain(a)),
  };
}

/** Which channels tell of an action at all: on one where nobody is ever known to open, few openings mean nothing. */
type Tellers = Readonly<Record<Action, ReadonlySet<Channel>>>;

function tellersOf(rows: readonly Counted[]): Tellers {
  const telling = (action: Action): ReadonlySet<Channel> =>
    new Set(rows.filter((row) => doneOf(row)[action] > 0).map(({ campaign }) => campaign.type));
  return { opened: telling("opened"), clicked: telling("clicked"), redeemed: telling("redeemed") };
}

/** How much more the best did than the rest, in parts of 1. */
export function gain({ best, rest, action }: Finding): number {
  return best.shares[action].rate - rest.shares[action].rate;
}

interface Grouping {
  readonly feature: Feature;
  readonly calendar: Calendar;
  readonly tells: Tellers;
}

function groupsBy(
  rows: readonly Counted[],
  { feature, calendar, tells }: Grouping,
): readonly Group[] {
  const keyed = Map.groupBy(rows, ({ campaign }) => keyOf(feature, campaign, calendar));
  return [...keyed]
    .flatMap(([key, own]) => (key === null ? [] : [groupOf(key, own, tells)]))
    .toSorted((a, b) => a.key.localeCompare(b.key));
}

function groupOf(key: string, rows: readonly Counted[], tells: Tellers): Group {
  const share = (action: Action): Share => {
    const told = rows.filter(({ campaign }) => tells[action].has(campaign.type)).map(doneOf);
    const base = action === "redeemed" ? "published" : "delivered";
    return shareOf(sumOf(told, action), sumOf(told, base));
  };
  return {
    key,
    campaigns: rows.length,
    delivered: sumOf(rows.map(doneOf), "delivered"),
    shares: { opened: share("opened"), clicked: share("clicked"), redeemed: share("redeemed") },
  };
}

type Done = Readonly<Record<Action | "delivered" | "published", number>>;

/** Everything that came of a campaign. */
function doneOf({ rollup }: Counted): Done {
  if (rollup === null) return { delivered: 0, opened: 0, clicked: 0, published: 0, redeemed: 0 };
  const { states, codes } = rollup;
  // By name: not every server counts clicks.
  const marks: Readonly<Partial<Record<string, number>>> = rollup.marks ?? {};
  return {
    delivered: states.delivered + states.read,
    opened: states.read,
    clicked: marks["clicked"] ?? 0,
    published: codes?.published ?? 0,
    redeemed: codes?.redeemed ?? 0,
  };
}

function sumOf(all: readonly Done[], of: keyof Done): number {
  return all.reduce((sum, each) => sum + each[of], 0);
}

/** Nothing where there is no second group, or nobody ever did it. */
function findingOf(feature: Feature, action: Action, groups: readonly Group[]): Finding | null {
  const told = groups.filter(({ shares }) => shares[action].n > 0);
  if (told.length < 2 || told.every(({ shares }) => shares[action].k === 0)) return null;
  const [best, ...others] = told.toSorted((a, b) => b.shares[action].low - a.shares[action].low);
  if (best === undefined) return null;
  const rest = together(others);
  return { feature, action, best, rest, doubt: doubtOf(action, best, rest) };
}

function doubtOf(action: Action, best: Group, rest: Group): Doubt | null {
  const [ours, theirs] = [best.shares[action], rest.shares[action]];
  if (Math.min(ours.n, theirs.n) < leastDelivered) return "few";
  if (ours.low <= theirs.high) return "same";
  return Math.min(best.campaigns, rest.campaigns) < 2 ? "single" : null;
}

function together(groups: readonly Group[]): Group {
  const sum = (of: (group: Group) => number): number =>
    groups.reduce((all, group) => all + of(group), 0);
  const share = (action: Action): Share =>
    shareOf(
      sum(({ shares }) => shares[action].k),
      sum(({ shares }) => shares[action].n),
    );
  return {
    key: groups.length === 1 ? (groups[0]?.key ?? "") : "rest",
    campaigns: sum(({ campaigns }) => campaigns),
    delivered: sum(({ delivered }) => delivered),
    shares: { opened: share("opened"), clicked: share("clicked"), redeemed: share("redeemed") },
  };
}

/** For a campaign whose text goes. */
export function traitsOf(campaign: Campaign): Traits {
  const traits: Partial<Record<TextFeature, string>> = {};
  for (const feature of textFeatures) {
    const key = ofText[feature](campaign);
    if (key !== null) traits[feature] = key;
  }
  return traits;
}

function keyOf(feature: Feature, campaign: CountedCampaign, calendar: Calendar): string | null {
  if (isOfText(feature)) {
    return "kind" in campaign ? (campaign.traits?.[feature] ?? null) : ofText[feature](campaign);
  }
  return ofFacts[feature](campaign, calendar);
}

const yesNo = (is: boolean): string => (is ? "yes" : "no");

/** A subject longer than this is cut on most phones. */
const shortSubject = 40;

type KeyOfText = (campaign: Campaign) => string | null;

function ofSubject(of: (subject: string) => string): KeyOfText {
  return ({ type, content: { subject } }) =>
    type === "email" && subject !== "" ? of(subject) : null;
}

function bodyOf({ content: { text, html } }: Campaign): string {
  return `${text}\n${html}`;
}

const ofText = {
  subjectLength: ofSubject((subject) => (subject.length <= shortSubject ? "short" : "long")),
  subjectNumber: ofSubject((subject) => yesNo(/\d/.test(subject))),
  subjectQuestion: ofSubject((subject) => yesNo(subject.includes("?"))),
  personal: (campaign) =>
    yesNo(/\{\{\s*(?:first|last)_name/.test(bodyOf(campaign) + campaign.content.subject)),
  link: (campaign) => yesNo(/https?:\/\/|href=/i.test(bodyOf(campaign))),
  code: ({ codePoolId = null }) => yesNo(codePoolId !== null),
  textLength: ({ type, content: { text } }) =>
    type === "sms" ? (smsLength(text).segments <= 1 ? "oneSegment" : "moreSegments") : null,
} as const satisfies Record<TextFeature, KeyOfText>;

function isOfText(feature: Feature): feature is TextFeature {
  return feature in ofText;
}

type KeyOf = (campaign: CountedBase, calendar: Calendar) => string | null;

const ofFacts = {
  channel: ({ type }) => type,
  time: ({ startedAt, launchedAt }, calendar) => {
    const at = startedAt ?? launchedAt;
    return at === null ? null : partOfDay(calendar.hourAt(at));
  },
  weekend: ({ startedAt, launchedAt }, calendar) => {
    const at = startedAt ?? launchedAt;
    return at === null ? null : yesNo([0, 6].includes(weekdayOf(calendar.dayAt(at))));
  },
} as const satisfies Record<Exclude<Feature, TextFeature>, KeyOf>;

function partOfDay(hour: number): string {
  if (hour < 6 || hour >= 22) return "night";
  if (hour < 10) return "morning";
  if (hour < 14) return "noon";
  return hour < 18 ? "afternoon" : "evening";
}
