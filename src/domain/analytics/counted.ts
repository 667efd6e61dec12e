/** The campaigns that totals are made of, with what each is told apart by. */
import type { Id } from "../core/id.ts";
import type { Campaign } from "../campaign/campaign.ts";
import type { Instant } from "../core/time.ts";
import type { Rollup } from "../report/rollup.ts";

/** What every campaign that counts is told apart by. */
export type CountedBase = Pick<
  Campaign,
  "id" | "name" | "type" | "phase" | "accountId" | "launchedAt" | "startedAt"
>;

/** How a campaign goes out: `once`, each time as a `run` of one that repeats, or as something happens. */
export type CampaignKind = "once" | "run" | "triggered";

/** What is read from a campaign's text. */
export const textFeatures = [
  "subjectLength",
  "subjectNumber",
  "subjectQuestion",
  "personal",
  "link",
  "code",
  "textLength",
] as const;

export type TextFeature = (typeof textFeatures)[number];

/** What its text was like: those features that are read from it. */
export type Traits = Readonly<Partial<Record<TextFeature, string>>>;

/** No text of it: only a name, when it went out, and what its text was like. */
export interface DeletedCampaign extends CountedBase {
  readonly number: number | null;
  readonly kind: CampaignKind;
  /** Of a run, the campaign that repeats; left out: it is none, or was deleted before this was noted. */
  readonly of?: Id;
  /** Left out: it was deleted before this was noted. */
  readonly traits?: Traits;
  readonly deletedAt: Instant;
}

/** One that was deleted counts on: what came of it happened. */
export type CountedCampaign = Campaign | DeletedCampaign;

/** A campaign with its own counters, as devices and the server have them. */
export interface Counted {
  readonly campaign: CountedCampaign;
  readonly rollup: Rollup | null;
}
