/** The part of storage that keeps unique codes: their pools, who has which, and their use. */
import type { CodeCounts } from "#domain/codes/pool.ts";
import type { PoolTimes, UseRefusal, UseResult } from "#domain/codes/use.ts";
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
  /** Who got it, or will; null: nobody. */
  readonly recipient: { readonly name: string; readonly address: string } | null;
  /** When it was redeemed last; null: it was not. */
  readonly redeemedAt: Instant | null;
}

/** Which codes: those that begin so. */
export interface CodeFilter {
  readonly q?: string | undefined;
}

/** A use of a code that was asked for, whatever became of it. */
export interface UseRow {
  /** Its number; a later one is larger. */
  readonly n: number;
  readonly poolId: Id;
  /** As it was asked for. */
  readonly code: string;
  readonly key: string;
  readonly at: Instant;
  readonly result: UseResult;
  /** Of what was refused. */
  readonly reason: UseRefusal | null;
  /** Whose message carried it. */
  readonly campaignId: Id | null;
  /** The user who asked. */
  readonly by: Id | null;
  /** Who used it, where that is known and they are still there. */
  readonly contact: {
    readonly id: Id;
    readonly name: string;
    readonly email: string | null;
    readonly phone: string | null;
  } | null;
  readonly rolledBackAt: Instant | null;
  readonly rolledBackBy: Id | null;
}

export interface UseFilter {
  readonly poolId?: Id | undefined;
  readonly campaignId?: Id | undefined;
  /** A part of the customer's name, or of an address where these may be seen. */
  readonly customer?: string | undefined;
  readonly seesAddresses: boolean;
  readonly result?: UseResult | undefined;
  readonly reason?: UseRefusal | undefined;
  /** From then on, and before. */
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
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
  /** Live campaigns for which it was told too late; left out: none. */
  readonly tooLate?: readonly Id[];
}

export type RedeemAnswer =
  /** `repeated`: it was redeemed under this key before, and nothing happened now. */
  | ({ readonly outcome: "redeemed" | "repeated" } & Redemption)
  | { readonly outcome: "no_pool" }
  | { readonly outcome: Exclude<UseRefusal, "used_up"> }
  /** It was redeemed as often as it may be. */
  | { readonly outcome: "used_up"; readonly redemptions: number };

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
  counts(args: OfPool): Promise<(CodeCounts & PoolTimes) | null>;
  /** Renames a pool, or changes when its codes may be redeemed. False: there is no such pool. */
  editPool(
    args: OfPool & {
      readonly name?: string | undefined;
      readonly times: Partial<PoolTimes>;
      readonly by: Id;
      readonly now: Instant;
    },
  ): Promise<boolean>;
  /** The next codes of a pool, in their order. */
  codes(
    args: OfPool & CodeFilter & { readonly after: number; readonly limit: number },
  ): Promise<readonly CodeRow[]>;
  /** Uses that were asked for, newest first, before a number. */
  uses(
    args: UseFilter & {
      readonly workspace: Id;
      readonly before: number | null;
      readonly limit: number;
    },
  ): Promise<readonly UseRow[]>;
  /**
   * Takes a redemption back, once: its code may be redeemed again, and every counter stands as if
   * it had not been. What followed from it stays: the code is published, and who entered a
   * campaign for it is in it. `not_redeemed`: it was refused, or rolled back before.
   */
  rollBack(
    args: OfPool & { readonly n: number; readonly by: Id; readonly now: Instant },
  ): Promise<"done" | "not_redeemed" | "unknown">;
  /**
   * Uses a code, once for each key. One that nobody has is published by that: no campaign gets it
   * any more (S0-D3). What waits for codes hears of it in the same transaction.
   */
  redeem(
    args: OfPool & {
      readonly code: string;
      readonly key: string;
      readonly by: Redeemer;
      /** Who asks; left out: nobody knows. */
      readonly user?: Id;
      readonly at: Instant;
      /** What messages may say of it, beside the code. */
      readonly properties: Happening["properties"];
      readonly now: Instant;
    },
  ): Promise<RedeemAnswer>;
}
