/**
 * The part of storage that keeps receipts as they came, where more come than can be merged at once:
 * a row for each call, so that whoever reports is answered long before it is their receipts' turn.
 */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";

export interface KeptReceipts {
  /** Later ones have higher numbers. */
  readonly seq: number;
  readonly workspace: Id;
  readonly accountId: Id;
  /** JSON of the receipts, as the engine takes them. */
  readonly receipts: string;
  readonly at: Instant;
}

export interface InboxStore {
  /** `full`: they were not kept, as more bytes than allowed wait. */
  keepReceipts(args: {
    readonly workspace: Id;
    readonly accountId: Id;
    /** JSON of them. */
    readonly receipts: string;
    /** How many they are. */
    readonly n: number;
    readonly mostBytes: number;
    readonly now: Instant;
  }): Promise<"kept" | "full">;
  /** The first that came, at least one part, and no more parts once there are so many receipts. */
  keptReceipts(args: { readonly limit: number }): Promise<readonly KeptReceipts[]>;
  /** They are merged: they and all before them go. */
  dropReceipts(args: { readonly upTo: number }): Promise<void>;
}
