/** What live campaigns ask of storage: their times, the events and contacts that they wait for. */
import type { Occurred } from "#domain/campaign/trigger.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";

/** A distribution's short number, unique in the database. */
export type DistributionSeq = number;

/** A campaign that watches its contacts: their dates, or who comes into its audience. */
export interface DueWatch {
  readonly distribution: DistributionSeq;
  readonly workspace: Id;
  readonly campaignId: Id;
  readonly dueAt: Instant | null;
}

/** Something that happened for a contact, as another system tells of it. */
export interface Happening {
  /** Given by who tells of it: the same one is taken once. */
  readonly id: string;
  readonly what: Occurred;
  /** A phone number that several contacts have means none of them. */
  readonly contact: { readonly id: Id } | { readonly email: string } | { readonly phone: string };
  readonly at: Instant;
  readonly properties: Readonly<Record<string, string | number | boolean | null>>;
}

export interface LiveStore {
  /**
   * The next time of a recurring campaign came: makes its run, which is a campaign of its own in
   * `preparing`, and moves to the time after, both in one transaction. Of several times that
   * passed, the last makes a run; when that is late and set to hold, none does.
   */
  fire(args: {
    readonly workspace: Id;
    readonly campaignId: Id;
    /** Later than this is late. */
    readonly graceMs: number;
    readonly now: Instant;
  }): Promise<void>;
  /** A recurring campaign that was ended is complete. Nothing while a run of it is not over. */
  finish(args: {
    readonly workspace: Id;
    readonly campaignId: Id;
    readonly now: Instant;
  }): Promise<void>;
  /**
   * Takes note of what happened, and lets the contact enter the campaigns that wait for it, each
   * with a message of its own, in one transaction. An id that is known is answered as it was then.
   */
  happen(args: {
    readonly workspace: Id;
    readonly happening: Happening;
    readonly now: Instant;
  }): Promise<{
    /** `nobody`, `several`: no contact, or more than one, is meant, and nothing was noted. */
    readonly outcome: "taken" | "repeated" | "nobody" | "several";
    readonly entered: readonly Id[];
    /** For these it was told hours too late, and nobody is written to; left out: for none. */
    readonly tooLate?: readonly Id[];
  }>;
  /**
   * Goes on with what a campaign watches, a part in one transaction: contacts that changed since it
   * last heard of any, the day whose dates come now, messages that came too late. Answers whether
   * more is left; `work` tells when it is to be asked again.
   */
  watch(args: {
    readonly distribution: DistributionSeq;
    /** Contacts looked at. */
    readonly batch: number;
    /** Later than this is late. */
    readonly graceMs: number;
    readonly now: Instant;
  }): Promise<"more" | "done">;
  /** Forgets what was heard before; who entered stays known. Answers how many. */
  forgetHappenings(args: { readonly before: Instant }): Promise<number>;
}
