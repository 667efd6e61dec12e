/**
 * What storage keeps for the engine's guards: how each account stands, and the pauses that the
 * system made. Part of DeliveryStore; every method is one transaction.
 */
import type { PauseReason } from "#domain/campaign/lifecycle.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Breaker } from "#domain/message/breaker.ts";
import type { Learned } from "#domain/message/pacing.ts";
import type { Warmth } from "#domain/message/warm-up.ts";

/** What the engine remembers of an account, so that a restart neither forgets nor doubles. */
export interface AccountState {
  readonly breaker: Breaker;
  /** The rate that requests to slow down have left. */
  readonly learned: Learned;
  /** The provider asked for rest until then. */
  readonly blockedUntil: Instant;
  /** Calls in flight that the slow start had reached. */
  readonly ramp: number;
  /** Calls that could begin when messages were claimed last, and when that was. */
  readonly tokens: number;
  readonly claimedAt: Instant;
  /** How far its sender's warm-up has come, when that is news; read by `warmth`. */
  readonly sender?: SenderState | null;
  /** Mail domains that put messages off and took none since; when written, only those that changed. */
  readonly domains?: readonly DomainRest[];
}

/** A mail domain that is left in peace, because its mail hosts put a message off. */
export interface DomainRest {
  readonly domain: string;
  /** How often in a row; 0: it took one since. */
  readonly asked: number;
  readonly until: Instant;
  /** Messages a second before it did. */
  readonly achieved: number;
}

/** As whom messages go out, and what that sender may have today. */
export type SenderState = Warmth & { readonly sender: string };

export interface AccountRef {
  readonly workspace: Id;
  readonly accountId: Id;
}

export interface GuardStore {
  /** null: nothing is remembered of it. */
  accountState(args: AccountRef): Promise<AccountState | null>;
  /** How far a sender's warm-up has come; null: nothing was sent while it was warmed up. */
  warmth(args: { readonly workspace: Id; readonly sender: string }): Promise<Warmth | null>;
  /**
   * Remembers how an account stands when no result says so. Like those that come with results:
   * once the breaker is open, every active campaign through the account is paused, and once it
   * is closed again those are resumed that go on by themselves.
   */
  keepAccount(
    args: AccountRef & { readonly state: AccountState; readonly now: Instant },
  ): Promise<void>;
  /**
   * Warns of pauses by the system that end within `warnMs`, and cancels the campaigns of those
   * that have ended (domain/campaign/pause.ts). Answers when the next one is to be looked at.
   */
  endPauses(args: { readonly warnMs: number; readonly now: Instant }): Promise<Instant | null>;
  /** Pauses every active campaign of every workspace. Answers how many. */
  standStill(args: { readonly reason: PauseReason; readonly now: Instant }): Promise<number>;
  /** Writes and takes back so much that a disk which was full must have space again. */
  proveSpace(args: { readonly now: Instant }): Promise<void>;
  /** Resumes what `standStill` paused for this reason. Answers how many. */
  goOn(args: { readonly reason: PauseReason; readonly now: Instant }): Promise<number>;
}
