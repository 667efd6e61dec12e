/** The part of storage that tells beforehand what a launch would do. It reads only. */
import type { AudienceRule } from "#domain/audience/audience.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Picked } from "#domain/message/again.ts";
import type { Micros } from "#domain/campaign/price.ts";
import type { Spent } from "#domain/limits/budget.ts";
import type { Reason } from "#domain/message/reason.ts";
import type { ContactColumn, ContactFields } from "./distribution.ts";

/** How many contacts a launch would decide so now; `none`: they would be written to. */
export interface Fate {
  readonly reason: Reason;
  readonly n: number;
}

/** Somebody who has address and consent. */
export interface Candidate {
  /** Where the next page goes on. */
  readonly seq: number;
  readonly address: string;
  readonly contact: ContactFields;
  /** Until when quiet hours or their own clocks would hold the message; null: it would go at once. */
  readonly waitsUntil: Instant | null;
  /** The zone by whose clocks; null where they would not wait. */
  readonly zone: string | null;
  /** Why their time would never come; null where it does. */
  readonly missed: Reason | null;
}

/** A campaign that has messages left to hand over. */
export interface AtWork {
  readonly accountId: Id;
  readonly left: number;
}

/** What is left of a campaign whose audience is frozen. */
export interface Frozen {
  /** Its messages. */
  readonly total: number;
  /** Those whose turn is to come, by what the engine would decide now. */
  readonly fates: readonly Fate[];
  /** What it spent of its budget. */
  readonly spent: Spent;
}

/** What would become of messages of one kind, were they sent again now. */
export interface AgainFate extends Picked {
  /** Why they would be left out; `none`: they would go out. */
  readonly fate: Reason;
  readonly n: number;
  /** SMS segments, or messages on other channels; as far as they are known before they are written. */
  readonly units: number;
  /** At the price of the launch. */
  readonly micros: Micros;
}

export interface AgainFates {
  readonly fates: readonly AgainFate[];
  /** Those of them that go out, but wait for their time first, and until when the last does. */
  readonly waits: { readonly n: number; readonly until: Instant } | null;
  /** Of the price of the launch; null where none was set. */
  readonly currency: string | null;
}

export interface PreflightStore {
  /** Other campaigns that are being sent, by the account that they go through. */
  atWork(args: { readonly workspace: Id; readonly except: Id }): Promise<readonly AtWork[]>;
  /**
   * Messages a second that an account's last campaigns handed over in the best minute that they
   * sent through; null where none sent for so long in the last two days.
   */
  reached(args: {
    readonly workspace: Id;
    readonly accountId: Id;
    readonly now: Instant;
  }): Promise<number | null>;
  /** null: its audience is not frozen, and is counted as it is now. */
  frozen(args: {
    readonly workspace: Id;
    readonly campaignId: Id;
    readonly now: Instant;
  }): Promise<Frozen | null>;
  /** The next people of a frozen audience whose turn is to come, and who may be written to. */
  frozenCandidates(args: {
    readonly workspace: Id;
    readonly campaignId: Id;
    readonly columns: readonly ContactColumn[];
    readonly after: number;
    readonly limit: number;
    readonly now: Instant;
  }): Promise<readonly Candidate[]>;
  /** What an intent would decide now of each message of these kinds that has ended. */
  again(args: {
    readonly workspace: Id;
    readonly campaignId: Id;
    readonly picks: readonly Picked[];
    readonly now: Instant;
  }): Promise<AgainFates>;
  /** Everybody in the audience, by what the engine would decide: as it freezes, and as it sends. */
  fates(args: {
    readonly workspace: Id;
    readonly rule: AudienceRule;
    readonly channel: Campaign["type"];
    readonly now: Instant;
  }): Promise<readonly Fate[]>;
  /**
   * Whom a text message may reach in place of a message of the channel: `straight`, who have no
   * address there; `further`, who would be written to there. Each number once.
   */
  fallback(args: {
    readonly workspace: Id;
    readonly rule: AudienceRule;
    readonly channel: Campaign["type"];
    readonly now: Instant;
  }): Promise<{ readonly straight: number; readonly further: number }>;
  /** The next people who have address and consent, as a launch at `start` would meet them. */
  candidates(args: {
    readonly campaign: Campaign;
    readonly workspace: Id;
    readonly rule: AudienceRule;
    readonly columns: readonly ContactColumn[];
    readonly after: number;
    readonly limit: number;
    readonly start: Instant;
  }): Promise<readonly Candidate[]>;
}
