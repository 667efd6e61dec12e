/** A code pool as it syncs: what a marketer chooses. The codes themselves never leave the server. */
import type { Id } from "../core/id.ts";
import type { Instant } from "../core/time.ts";

export interface CodePool {
  readonly id: Id;
  readonly rev: number;
  readonly name: string;
  /** How often one code may be redeemed; null: as often as people like. */
  readonly perCode: number | null;
  /** Codes in it, whatever became of them. */
  readonly size: number;
  /** Codes that nobody has and no campaign keeps for somebody. */
  readonly left: number;
  readonly createdAt: Instant;
}

/** The codes of a pool by what became of them. size = left + reserved + published. */
export interface CodeCounts {
  readonly size: number;
  readonly left: number;
  /** A campaign keeps them for recipients that no provider has taken yet. */
  readonly reserved: number;
  /** They were handed to a provider for somebody, or used before anybody sent them. */
  readonly published: number;
  /** Redeemed at least once. Never more than are published. */
  readonly redeemed: number;
  /** How often codes were redeemed, every time counted. */
  readonly redemptions: number;
}

/** What happens to a campaign whose pool has fewer codes than it needs. */
export const codePolicies = ["refuse", "skip"] as const;

export type CodePolicy = (typeof codePolicies)[number];

/** At most this many codes in one pool. */
export const maxPoolSize = 10_000_000;

/** Published codes that were redeemed at least once, as a part of 1; null when none is published (AMB-01). */
export function redemptionRate(counts: Pick<CodeCounts, "published" | "redeemed">): number | null {
  return counts.published === 0 ? null : Math.min(1, counts.redeemed / counts.published);
}
