/** The part of storage that operators need. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Reason } from "#domain/message/reason.ts";

/** One thing that a recount found: what should be equal and is not. */
export interface Finding {
  readonly check: string;
  readonly detail: string;
}

/** A campaign that ran in the past, with what became of its messages: for demo workspaces. */
export interface PlayedCampaign {
  readonly workspace: Id;
  /** As it was when it was launched: in `preparing`, with its times in the past. */
  readonly campaign: Campaign;
  /** Messages handed over a minute. */
  readonly perMinute: number;
  /** SMS segments of each message; null where the channel has none. */
  readonly segments: number | null;
  /** How often each end comes, as parts of a whole; it is drawn by the message's number. */
  readonly ends: readonly PlayedEnd[];
  /** After so many messages it was canceled; null: it ran to its end. */
  readonly canceledAfter: number | null;
}

export interface PlayedEnd {
  readonly state: "delivered" | "read" | "undelivered" | "failed" | "unconfirmed";
  readonly reason: Reason;
  readonly parts: number;
}

/**
 * Which history the database belongs to and how far it went. The same is kept in a file beside the
 * database: a database that is of another history, or behind its file, was put there from a copy.
 */
export interface HistoryMark {
  /** Names one history: a restored database begins another. */
  readonly epoch: string;
  /** Rises with every start, every stop and every minute of the server. */
  readonly tick: number;
}

export interface Adopted {
  readonly mark: HistoryMark;
  /** The database came from a copy: another history began, and nothing is sent by itself. */
  readonly isRestored: boolean;
  /** Campaigns that were running and now stand still until a person resumes them. */
  readonly paused: number;
  /** Planned campaigns that went back among the plans, as their time may have been used already. */
  readonly held: number;
}

/** Everything that waits, over all workspaces: counts, and since when the oldest has waited. */
export interface Waiting {
  /** Campaigns that are not over, by phase; those that stand still, by the reason. */
  readonly campaigns: readonly Counted[];
  /** Messages of these campaigns that are not at their end, by state. */
  readonly messages: readonly Counted[];
  /** When the campaign was launched that has waited longest for its messages to be handed over. */
  readonly oldestLaunchAt: Instant | null;
  /** Repeats and ends of a wait: all; of campaigns that are not paused those that are due, and when the first was. */
  readonly timers: { readonly all: number; readonly due: number; readonly firstAt: Instant | null };
  /** Parts of campaigns: those that an engine works at, and those nobody has begun. */
  readonly chunks: { readonly leased: number; readonly fresh: number };
  /** Parts whose receipts are due to be looked after, and since when. */
  readonly receipts: { readonly due: number; readonly firstAt: Instant | null };
  /** Campaigns whose counters devices have not got yet. */
  readonly unflushed: number;
  /** Receipts that match no message: those that are tried again, and all that were given up. */
  readonly unmatched: { readonly waiting: number; readonly givenUp: number };
  /** Receipts that came faster than they are merged, their size, and since when the first of them waits. */
  readonly inbox: {
    readonly receipts: number;
    readonly bytes: number;
    readonly firstAt: Instant | null;
  };
  /** Notices to people outside of the app that have not left, and since when the first of them is due. */
  readonly notices: { readonly waiting: number; readonly firstAt: Instant | null };
  /** Live campaigns that wait for a date or for who comes into an audience: all; those due, and since when. */
  readonly watches: {
    readonly all: number;
    readonly due: number;
    readonly firstAt: Instant | null;
  };
  /** Campaigns of which it is not noted yet what they were for people: the rule of the unreachable waits. */
  readonly unnoted: number;
  /** Mailboxes of returned mails that could not be read, and since when the first of them. */
  readonly mailboxes: { readonly failing: number; readonly firstAt: Instant | null };
  /** Reports by e-mail whose time came, and since when. */
  readonly reports: { readonly due: number; readonly firstAt: Instant | null };
  /** Evidence that asked for a move which no message makes: it was noted and left out. */
  readonly illegalEvidence: number;
}

export interface Counted {
  readonly what: string;
  readonly n: number;
}

export interface AdminStore {
  waiting(args: { readonly now: Instant }): Promise<Waiting>;
  /**
   * Compares the database with the mark that was kept beside it (null: there was none) and raises
   * its tick. Where the database is an older copy, it begins another history in the same transaction.
   */
  adopt(args: {
    readonly beside: HistoryMark | null;
    /** Somebody says that it is a copy, whatever the mark says. */
    readonly isCopy: boolean;
    readonly now: Instant;
  }): Promise<Adopted>;
  /** Raises the tick, to be kept beside the database after that. */
  tick(args: Record<string, never>): Promise<HistoryMark>;
  /** Writes the whole run of a campaign in one transaction: no engine ever sees it halfway. */
  playCampaign(args: PlayedCampaign): Promise<void>;
  /** Checks feeds, documents, verdicts, access and counters; empty when all is well. */
  doctor(args: Record<string, never>): Promise<readonly Finding[]>;
  /** Whether the database answers, for /health. */
  ping(args: Record<string, never>): Promise<true>;
}
