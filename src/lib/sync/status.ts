/**
 * The nine words for how syncing goes, derived from facts. `live` is a promise: the screen shows
 * what the server has, and nothing of this device is still unsent.
 */
import { dayMs } from "#domain/core/time.ts";

export const syncStatuses = [
  "live",
  "syncing",
  "offline",
  "captive",
  "degraded",
  "server-error",
  "signed-out",
  "update-required",
  "storage-risk",
] as const;

export type SyncStatus = (typeof syncStatuses)[number];

/** What the last exchange with the server taught us. */
export type Reach =
  /** Nobody answered yet since the start or the last sign of a change. */
  | "unknown"
  | "reached"
  /** The network gave no answer. */
  | "unreachable"
  /** Somebody answered who is not our server: a network that wants a login first. */
  | "captive"
  /** An answer did not come in time. */
  | "slow"
  | "server-error"
  | "signed-out"
  | "update-required";

export interface SyncFacts {
  readonly reach: Reach;
  /** The browser says that there is no network. Its "there is one" proves nothing. */
  readonly isOffline: boolean;
  /** All feeds are at the server's heads, as of the last answer. */
  readonly isCaughtUp: boolean;
  /** Commands that the server has not answered yet. */
  readonly unsent: number;
  /** Of these, how many wait for the server's update: it does not know them yet. */
  readonly held?: number;
  /** Acts whose storing on this device has begun and not ended. */
  readonly saving?: number;
  /** Commands that the server took and whose effect has not come back yet. */
  readonly unseen?: number;
  /** The device's storage refused to keep something. */
  readonly isStorageFailing: boolean;
  /** What is unsent may be lost where it lies: see `isAtRisk`. */
  readonly isAtRisk?: boolean;
}

export const firstFacts: SyncFacts = {
  reach: "unknown",
  isOffline: false,
  isCaughtUp: false,
  unsent: 0,
  isStorageFailing: false,
};

/** What of the device's storage bears on what is unsent. */
export interface Storing {
  readonly unsent: number;
  /** Since when the oldest of it waits, in ms. */
  readonly oldestMs: number;
  /** How full the outbox is, from 0 to 1. */
  readonly outboxFill: number;
  /** Whether the browser promised not to clear it; null: it was not asked yet. */
  readonly isProtected: boolean | null;
  /** How full the browser's storage is, from 0 to 1; null: it does not tell. */
  readonly diskFill: number | null;
}

/** Browsers that clear what is not protected do it after days; a shift at the stand is shorter than this. */
const unprotectedForMs = dayMs;
const nearlyFull = 0.8;
const diskNearlyFull = 0.95;

/** Whether a person should save their unsent work elsewhere, or meet the server, before long. */
export function isAtRisk({ unsent, oldestMs, ...storing }: Storing): boolean {
  if (unsent === 0) return false;
  if (storing.outboxFill >= nearlyFull || (storing.diskFill ?? 0) >= diskNearlyFull) return true;
  return storing.isProtected === false && oldestMs > unprotectedForMs;
}

export function statusOf(facts: SyncFacts): SyncStatus {
  const { saving = 0, unseen = 0 } = facts;
  if (facts.isStorageFailing || facts.isAtRisk === true) return "storage-risk";
  if (facts.reach === "update-required") return "update-required";
  if (facts.isOffline) return "offline";
  switch (facts.reach) {
    case "signed-out":
      return "signed-out";
    case "captive":
      return "captive";
    case "unreachable":
      return "offline";
    case "server-error":
      return "server-error";
    case "slow":
      return "degraded";
    case "unknown":
      return "syncing";
    case "reached":
      return facts.isCaughtUp && facts.unsent + saving + unseen === 0 ? "live" : "syncing";
  }
}
