/**
 * The part of storage that keeps people's limits: addresses that must not be used, the
 * unreachable, how often one may be written to, and how people leave. Every method is one
 * transaction; what a person said counts for every intent that is committed after it.
 */
import type { ConsentChannel } from "#domain/audience/contact.ts";
import type { AddressKind } from "#domain/campaign/channel.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { PeopleLimits } from "#domain/limits/people-limits.ts";
import type { Suppression, SuppressionReason } from "#domain/limits/suppression.ts";
import type { UnreachableState } from "#domain/limits/unreachable.ts";

interface InWorkspace {
  readonly workspace: Id;
}

interface OfAddress extends InWorkspace {
  readonly kind: AddressKind;
  readonly address: string;
}

/** A line of the audit of an address. */
export interface SuppressionEvent {
  readonly act: "added" | "removed" | "listed" | "kept" | "reached";
  readonly reason: SuppressionReason;
  readonly source: string;
  readonly note: string;
  readonly by: Id | null;
  readonly campaignId: Id | null;
  readonly at: Instant;
}

/** An address that campaign after campaign missed. */
export interface Unreachable {
  readonly channel: ConsentChannel;
  readonly address: string;
  /** The name of a contact that has it; "" when nobody has it any more. */
  readonly name: string;
  readonly state: Exclude<UnreachableState, "none">;
  /** Campaigns in a row that missed it. */
  readonly misses: number;
  /** When the first of them did. */
  readonly since: Instant;
  /** When it came into its state, and who put it there; null for the rule. */
  readonly at: Instant;
  readonly by: Id | null;
  /** The last of the campaigns, newest first. */
  readonly campaigns: readonly {
    readonly id: Id;
    readonly name: string;
    readonly at: Instant;
  }[];
  /** Segments that were spent on messages that missed it. */
  readonly spent: number;
  /** Segments that were not spent, as it is suppressed. */
  readonly saved: number;
}

export interface UnreachableTotals {
  readonly listed: number;
  readonly suppressed: number;
  /** Segments spent in vain on those that are listed. */
  readonly spent: number;
  /** Segments that one more campaign to all who are listed would spend. */
  readonly wouldSave: number;
  /** Segments not spent so far on those that are suppressed. */
  readonly saved: number;
}

export type UnreachableAct = "unsubscribe" | "keep" | "restore";

/** What the page behind an unsubscribe link has to say. */
export interface Leaving {
  readonly workspace: Id;
  readonly workspaceName: string;
  readonly campaignId: Id;
  readonly channel: ConsentChannel;
  readonly address: string;
  /** Whether the address still gets messages on the channel. */
  readonly isSubscribed: boolean;
}

/** What a person wrote back, or what a provider tells of a person. */
export interface Heard {
  readonly address: string;
  /** `other`: nothing that we act on; it is noted all the same. */
  readonly what: "stop" | "start" | "complaint" | "other";
  readonly at: Instant;
  /** The message that it answers; null when nobody knows. */
  readonly message: { readonly distribution: number; readonly n: number } | null;
}

export interface LimitsStore {
  limits(args: InWorkspace): Promise<PeopleLimits>;
  changeLimits(
    args: InWorkspace & {
      readonly limits: PeopleLimits;
      readonly by: Id | null;
      readonly now: Instant;
    },
  ): Promise<void>;

  /** Adds addresses, or writes new reasons over old ones. Answers how many were not there before. */
  suppress(
    args: InWorkspace & { readonly suppressions: readonly Suppression[]; readonly now: Instant },
  ): Promise<number>;
  /** Lets an address be used again; false when it was not suppressed. */
  unsuppress(
    args: OfAddress & { readonly note: string; readonly by: Id | null; readonly now: Instant },
  ): Promise<boolean>;
  /** By address, behind `after` ("" for the first); those whose time is over are left out. */
  suppressions(
    args: InWorkspace & {
      /** A part of the address. */
      readonly q: string;
      readonly reason: SuppressionReason | null;
      readonly after: string;
      readonly limit: number;
      readonly now: Instant;
    },
  ): Promise<{ readonly items: readonly Suppression[]; readonly total: number }>;
  /** What ever happened to an address, newest first. */
  suppressionLog(args: OfAddress): Promise<readonly SuppressionEvent[]>;

  /** Longest unreachable first. */
  unreachable(
    args: InWorkspace & {
      readonly state: Exclude<UnreachableState, "none">;
      readonly offset: number;
      readonly limit: number;
    },
  ): Promise<{ readonly items: readonly Unreachable[]; readonly totals: UnreachableTotals }>;
  /**
   * A person decides: `unsubscribe` who is listed, `keep` them (the count starts again), or
   * `restore` who was unsubscribed. Null: all of them. Answers how many changed.
   */
  decideUnreachable(
    args: InWorkspace & {
      readonly act: UnreachableAct;
      readonly addresses: readonly string[] | null;
      readonly by: Id | null;
      readonly now: Instant;
    },
  ): Promise<number>;
  /** Writes the outcomes of a settled campaign, in parts; again whenever its rows changed. */
  noteOutcomes(args: {
    readonly distribution: number;
    readonly chunks: number;
    readonly now: Instant;
  }): Promise<"more" | "done">;

  /** Whose message it is; null when there is none. */
  leaving(args: { readonly distribution: number; readonly n: number }): Promise<Leaving | null>;
  /** The recipient of a message leaves its channel. Harmless when repeated. */
  optOut(args: {
    readonly distribution: number;
    readonly n: number;
    readonly source: string;
    readonly now: Instant;
  }): Promise<void>;
  /** Takes an opt-out by the same link back; nothing when they said something else since. */
  comeBack(args: {
    readonly distribution: number;
    readonly n: number;
    readonly source: string;
    readonly now: Instant;
  }): Promise<void>;
  /** What people wrote on a channel; answers how many were understood. */
  hear(
    args: InWorkspace & {
      /** The account that heard it; left out: nobody knows. */
      readonly account?: Id;
      readonly channel: ConsentChannel;
      readonly heard: readonly Heard[];
      readonly now: Instant;
    },
  ): Promise<number>;
}
