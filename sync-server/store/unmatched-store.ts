/** The part of storage that keeps receipts which match no message. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";

/**
 * Why a receipt, or a part of it, says nothing of any message of its account. `unknown_value`:
 * the provider's word for a state or a reason is in no table of ours.
 */
export const unmatchedWhys = ["unknown_key", "malformed", "unknown_value"] as const;

export type UnmatchedWhy = (typeof unmatchedWhys)[number];

export interface NewUnmatched {
  readonly key: string;
  /** The state that it tells, or what is wrong with it: the same is kept once. */
  readonly said: string;
  readonly why: UnmatchedWhy;
  /** The provider's words, without addresses. */
  readonly words: string;
  /** JSON of what to try again; null: nothing can be tried. */
  readonly receipt: string | null;
}

export interface DueReceipt {
  readonly workspace: Id;
  readonly accountId: Id;
  readonly key: string;
  readonly said: string;
  readonly receipt: string;
  readonly firstAt: Instant;
}

/** What tells one from all others of its workspace. */
export interface UnmatchedName {
  readonly accountId: Id;
  readonly key: string;
  readonly said: string;
}

export interface UnmatchedCounts {
  readonly waiting: number;
  readonly givenUp: number;
}

export interface UnmatchedReceipt extends NewUnmatched {
  readonly workspace: Id;
  readonly accountId: Id;
  /** How often the same was heard. */
  readonly n: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** null: it was given up. */
  readonly retryAt: Instant | null;
}

export interface UnmatchedStore {
  /** Keeps receipts that match nothing, at most a thousand of an account; the rest is counted. Answers how many are new. */
  keepUnmatched(args: {
    readonly workspace: Id;
    readonly accountId: Id;
    readonly receipts: readonly NewUnmatched[];
    readonly retryAt: Instant;
    readonly now: Instant;
  }): Promise<number>;
  dueUnmatched(args: {
    readonly now: Instant;
    readonly limit: number;
  }): Promise<readonly DueReceipt[]>;
  retriedUnmatched(args: {
    readonly workspace: Id;
    readonly accountId: Id;
    readonly key: string;
    readonly said: string;
    readonly outcome: "matched" | "missed" | "given up";
    readonly retryAt: Instant;
  }): Promise<void>;
  /**
   * A person has what was given up tried again for another quarter of an hour, as far as there is
   * something to try. Answers how many it is.
   */
  tryUnmatchedAgain(args: {
    readonly workspace: Id;
    readonly chosen: readonly UnmatchedName[];
    readonly now: Instant;
  }): Promise<number>;
  /** A person has looked at them: they go from the list, and stay in the counts. Answers how many. */
  discardUnmatched(args: {
    readonly workspace: Id;
    readonly chosen: readonly UnmatchedName[];
  }): Promise<number>;
  /** What is still tried again, and all that were ever given up. */
  unmatchedCounts(args: { readonly workspace: Id }): Promise<UnmatchedCounts>;
  /** Newest first; of one workspace, or (null) of all. */
  unmatched(args: {
    readonly workspace: Id | null;
    readonly limit: number;
  }): Promise<readonly UnmatchedReceipt[]>;
}
