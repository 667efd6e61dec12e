/** The part of storage that keeps unique codes: their pools, who has which, and their use. */
import type { CodeCounts } from "#domain/codes/pool.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Happening } from "./live-store.ts";

interface OfPool {
  readonly workspace: Id;
  readonly poolId: Id;
}

/** What became of a code. */
export type CodeState = "left" | "reserved" | "published";

export interface CodeRow {
  /** Its number in the pool, from 1. */
  readonly seq: number;
  readonly code: string;
  readonly state: CodeState;
  /** Whose message carries it; null: none does. */
  readonly campaignId: Id | null;
  readonly redemptions: number;
}

/** Whoever uses the code, where the caller knows it; `message`: the recipient of its message. */
export type Redeemer = Happening["contact"] | "message";

export interface Redemption {
  readonly code: string;
  /** Which campaign's message carries it; null: it was used before any did. */
  readonly campaignId: Id | null;
  /** How often it was redeemed, this time counted. */
  readonly redemptions: number;
  /** Live campaigns that its recipient entered for it. */
  readonly entered: readonly Id[];
}

export type RedeemAnswer =
  /** `repeated`: it was redeemed under this key before, and nothing happened now. */
  | ({ readonly outcome: "redeemed" | "repeated" } & Redemption)
  | { readonly outcome: "no_pool" | "unknown" }
  /** It was redeemed as often as it may be. */
  | { readonly outcome: "used_up"; readonly redemptions: number }
  | { readonly outcome: "nobody" | "several" };

export interface CodeStore {
  /** Makes an empty pool and publishes its document. `exists`: there is one with the id. */
  addPool(
    args: OfPool & {
      readonly name: string;
      readonly perCode: number | null;
      readonly now: Instant;
    },
  ): Promise<"done" | "exists">;
  /**
   * Puts codes into a pool, in their order. Answers the places in the list of those that it had
   * already (compared without case), and its size; null: there is no such pool.
   */
  addCodes(
    args: OfPool & { readonly codes: readonly string[]; readonly now: Instant },
  ): Promise<{ readonly duplicates: readonly number[]; readonly size: number } | null>;
  counts(args: OfPool): Promise<CodeCounts | null>;
  /** The next codes of a pool, in their order. */
  codes(
    args: OfPool & { readonly after: number; readonly limit: number },
  ): Promise<readonly CodeRow[]>;
  /**
   * Uses a code, once for each key. One that nobody has is published by that: no campaign gets it
   * any more (S0-D3). What waits for codes hears of it in the same transaction.
   */
  redeem(
    args: OfPool & {
      readonly code: string;
      readonly key: string;
      readonly by: Redeemer;
      readonly at: Instant;
      /** What messages may say of it, beside the code. */
      readonly properties: Happening["properties"];
      readonly now: Instant;
    },
  ): Promise<RedeemAnswer>;
}
