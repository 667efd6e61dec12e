/** Storage of the accounts through which messages go. */
import type { Account } from "#domain/campaign/account.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";

export interface AccountStore {
  /** Stores an account and, unless null, its sealed settings. */
  saveAccount(args: {
    readonly workspace: Id;
    readonly account: Account;
    /** The revision it must still have; null: it is new. */
    readonly rev: number | null;
    readonly sealed: string | null;
    readonly by: Id | null;
    readonly now: Instant;
  }): Promise<"saved" | "conflict">;
  account(args: { readonly workspace: Id; readonly accountId: Id }): Promise<StoredAccount | null>;
  /** The workspace of an account, for a receipt that names only the account. */
  workspaceOfAccount(args: { readonly accountId: Id }): Promise<Id | null>;
  /**
   * How long proof is usually waited for, by provider, told to accounts that were made before it
   * was: a time of theirs that is none but the provider's was nobody's choice.
   */
  tellUsualWindows(args: {
    readonly windowMs: Readonly<Record<string, number>>;
    readonly now: Instant;
  }): Promise<void>;
  /** Refused while a running campaign uses it. */
  removeAccount(args: {
    readonly workspace: Id;
    readonly accountId: Id;
    readonly by: Id | null;
    readonly now: Instant;
  }): Promise<"removed" | "gone" | "in_use">;
}

export interface StoredAccount {
  readonly account: Account;
  readonly sealed: string;
}
