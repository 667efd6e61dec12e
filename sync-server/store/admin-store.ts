/** The part of storage that operators need. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
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

export interface AdminStore {
  /** Writes the whole run of a campaign in one transaction: no engine ever sees it halfway. */
  playCampaign(args: PlayedCampaign): Promise<void>;
  /** Checks feeds, documents, verdicts, access and counters; empty when all is well. */
  doctor(args: Record<string, never>): Promise<readonly Finding[]>;
  /** Whether the database answers, for /health. */
  ping(args: Record<string, never>): Promise<true>;
}
