/** The part of storage that syncing needs: documents, feeds, clients and verdicts. */
import type { ConsentChannel } from "#domain/audience/contact.ts";
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Write } from "#domain/sync/decision.ts";
import type { Documents, Feed, Key, Kind } from "#domain/sync/document.ts";
import type { FeedPage, Verdict } from "#protocol/down.ts";
import type { StandEffect } from "./sign-up-store.ts";

/** A document that was read, with the revision to expect when writing. */
export type Found = {
  readonly [K in Kind]: { readonly kind: K; readonly id: Id; readonly doc: Documents[K] };
}[Kind];

/** What a transaction must still find to be right: the revision, or null for "does not exist". */
export interface Expectation {
  readonly key: Key;
  readonly rev: number | null;
}

/** The command whose verdict is stored in the same transaction as its effect. */
export interface Origin {
  readonly client: Id;
  readonly mid: number;
  readonly uid: Id;
  readonly user: Id;
  readonly instance: Id;
  readonly schema: number;
  /** The key that the command creates, to know later what builds on a refused creation; null for others. */
  readonly subject: Key | null;
}

/** An act that was to stop something, and came late. `since`: when it was done, by the server's clock. */
export type Late =
  | { readonly since: Instant; readonly campaign: Id }
  | { readonly since: Instant; readonly signUp: Id; readonly channel: ConsentChannel };

export interface CommitCommand {
  readonly workspace: Id;
  readonly origin: Origin;
  readonly expect: readonly Expectation[];
  readonly writes: readonly Write[];
  /** The verdict without its versions, which the transaction adds. */
  readonly verdict: Omit<Verdict, "seqs">;
  /** What it does to a contact; every other command has none. */
  readonly atStand?: StandEffect | null;
  /** What had gone out by then is told with its verdict. */
  readonly late?: Late | null;
  /** What the activity tells of it; null for a command that was refused. */
  readonly activity: ActivityEntry | null;
  readonly now: Instant;
}

export type CommitOutcome =
  /** Done now. */
  | { readonly outcome: "committed"; readonly verdict: Verdict }
  /** Done before, under this uid: the stored verdict. */
  | { readonly outcome: "known"; readonly verdict: Verdict }
  /** The mid is not the next one, or was used for another command. */
  | { readonly outcome: "gap"; readonly expected: number }
  /** A document moved on since it was read: read again and decide again. */
  | { readonly outcome: "conflict" };

export interface CommitWrites {
  readonly workspace: Id;
  readonly expect: readonly Expectation[];
  readonly writes: readonly Write[];
  readonly activity: ActivityEntry | null;
  readonly now: Instant;
}

/** One line of a campaign's (or the workspace's) activity: who did what, and when. */
export interface ActivityEntry {
  /** The campaign that it is about; null for the workspace. */
  readonly campaignId: Id | null;
  /** `campaign.send`, `engine.started`, `import.done`, … */
  readonly event: string;
  /** The user who did it; null for the engine. */
  readonly by: Id | null;
  readonly at: Instant;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** Where a reader stands in each feed, as the server sees it. */
export interface Head {
  readonly head: number;
  /** The greatest version whose tombstone was purged. */
  readonly floor: number;
}

export interface SyncStore {
  /** The random name of this database's history; a new one after a restore. */
  epoch(args: Record<string, never>): Promise<string>;
  /** When the database was put there from a back-up; null: never. */
  restoredAt(args: Record<string, never>): Promise<Instant | null>;
  read(args: { readonly workspace: Id; readonly keys: readonly Key[] }): Promise<readonly Found[]>;
  /** Every living document of a kind. */
  list<K extends Kind>(args: {
    readonly workspace: Id;
    readonly kind: K;
  }): Promise<readonly Documents[K][]>;
  /** A deleted campaign as it was; null when there is none. One that was brought back may still be here. */
  deletedCampaign(args: { readonly workspace: Id; readonly id: Id }): Promise<Campaign | null>;
  /** The stored verdict of a command, or null. */
  verdictOf(args: { readonly workspace: Id; readonly uid: Id }): Promise<Verdict | null>;
  /** The last mid that this client was answered, 0 for an unknown client. */
  lastMid(args: { readonly workspace: Id; readonly client: Id }): Promise<number>;
  /**
   * Whether a creation of this key by this person was refused, on whichever of their devices: what
   * builds on it is refused as `parent`.
   */
  wasRefused(args: {
    readonly workspace: Id;
    readonly user: Id;
    readonly subject: Key;
  }): Promise<boolean>;
  /** Who let a campaign go out last, by their name now; null: nobody that is known. */
  launchedBy(args: { readonly workspace: Id; readonly campaign: Id }): Promise<string | null>;
  commitCommand(args: CommitCommand): Promise<CommitOutcome>;
  /** A change without a client: by the engine, the REST API or the command line. */
  commitWrites(args: CommitWrites): Promise<"committed" | "conflict">;
  /** `user`: whose own feed is meant by \`user\`. */
  heads(args: {
    readonly workspace: Id;
    readonly user: Id;
    readonly feeds: readonly Feed[];
  }): Promise<Readonly<Record<string, Head>>>;
  /** One page of each feed, all from one snapshot. */
  pages(args: {
    readonly workspace: Id;
    readonly user: Id;
    readonly from: Readonly<Partial<Record<Feed, number>>>;
    readonly maxRows: number;
    readonly maxBytes: number;
  }): Promise<Readonly<Partial<Record<Feed, FeedPage>>>>;
  /** Removes tombstones older than the moment and lifts the floors; answers how many. */
  purge(args: { readonly before: Instant }): Promise<number>;
}
