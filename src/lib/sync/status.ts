/**
 * The nine words for how syncing goes, derived from facts. `live` is a promise: the screen shows
 * what the server has, and nothing of this device is still unsent.
 */
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
  /** The device's storage refused to keep something. */
  readonly isStorageFailing: boolean;
}

export const firstFacts: SyncFacts = {
  reach: "unknown",
  isOffline: false,
  isCaughtUp: false,
  unsent: 0,
  isStorageFailing: false,
};

export function statusOf(facts: SyncFacts): SyncStatus {
  if (facts.isStorageFailing) return "storage-risk";
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
      return facts.isCaughtUp && facts.unsent === 0 ? "live" : "syncing";
  }
}
