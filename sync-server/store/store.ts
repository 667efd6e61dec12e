/**
 * The promise of storage, kept by SQLite today and by PostgreSQL when users outgrow one
 * machine. Each method is one transaction: when its promise resolves, its effect is durable
 * (fsync), and when it rejects, nothing happened. No method hands out a transaction, so the
 * rules of gap-free feeds and exact counters are kept in one place.
 *
 * It is cut by who uses it; each part is promised in a file of its own.
 */
import type { Feed } from "#domain/sync/document.ts";
import type { AccessStore } from "./access-store.ts";
import type { AdminStore } from "./admin-store.ts";
import type { BounceStore } from "./bounce-store.ts";
import type { BudgetStore } from "./budget-store.ts";
import type { CodeStore } from "./code-store.ts";
import type { ContactStore } from "./contact-store.ts";
import type { DeliveryStore } from "./delivery-store.ts";
import type { DeviceStore } from "./device-store.ts";
import type { LimitsStore } from "./limits-store.ts";
import type { LinkStore } from "./link-store.ts";
import type { NoticeStore } from "./notice-store.ts";
import type { PreflightStore } from "./preflight-store.ts";
import type { ReportStore } from "./report-store.ts";
import type { SignUpStore } from "./sign-up-store.ts";
import type { SubscriptionStore } from "./subscription-store.ts";
import type { SyncStore } from "./sync-store.ts";

export interface Store {
  readonly access: AccessStore;
  readonly admin: AdminStore;
  readonly bounces: BounceStore;
  readonly budgets: BudgetStore;
  readonly codes: CodeStore;
  readonly contacts: ContactStore;
  readonly delivery: DeliveryStore;
  readonly devices: DeviceStore;
  readonly limits: LimitsStore;
  readonly links: LinkStore;
  readonly notices: NoticeStore;
  readonly preflight: PreflightStore;
  readonly reports: ReportStore;
  readonly signUps: SignUpStore;
  readonly subscriptions: SubscriptionStore;
  readonly sync: SyncStore;
  /** Reads that all see the present moment, for what takes many calls, as a file does. */
  hold(): Promise<HeldReads>;
  /** Calls back after each commit that moved a feed's head; answers its undo. A wake-up, no payload. */
  onMove(listener: (moved: readonly Moved[]) => void): () => void;
  /** Calls that wait for the database now. */
  load(): StoreLoad;
  close(): Promise<void>;
}

/** Whoever opens it closes it, and soon: what others write meanwhile cannot be tidied up. */
export interface HeldReads {
  readonly reports: Pick<
    ReportStore,
    "campaign" | "counted" | "report" | "rows" | "runRows" | "countRows" | "stopped"
  >;
  close(): Promise<void>;
}

export interface StoreLoad {
  readonly writes: number;
  readonly reads: number;
}

/** A feed whose head moved. */
export interface Moved {
  readonly workspace: string;
  readonly feed: Feed;
  /** Whose own feed it is; null for those of the whole workspace. */
  readonly user: string | null;
}

/** Why storage refused: the disk is full, the file cannot be used, or another error of the engine. */
export type StoreFailure = "full" | "busy" | "newer" | "readonly" | "corrupt" | "other";

/** Thrown (as a rejection) for every failure of storage itself. Nothing of the transaction was kept. */
export class StoreError extends Error {
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure, message: string) {
    super(message);
    this.name = "StoreError";
    this.failure = failure;
  }
}
