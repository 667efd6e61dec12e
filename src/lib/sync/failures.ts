/** How exchanges with the server fail, and what each failure says of the way to it. */
import type { LostActs } from "../db/identity.ts";
import type { FailureKind } from "./api.ts";
import type { Reach } from "./status.ts";

export interface TransportFailure {
  readonly kind: FailureKind;
  readonly retryAfterMs: number | null;
  /** The server's own words. */
  readonly detail?: string;
}

/** This device was revoked, and holds nothing of the workspace any more. */
export interface Ending {
  /** The server's words; null: another tab was told them. */
  readonly why: string | null;
  /** What had not been sent, by the names of the acts. */
  readonly lost: LostActs;
}

export const ended: TransportFailure = { kind: "revoked", retryAfterMs: null };
/** What was answered belongs to another history than ours. */
export const otherHistory: TransportFailure = { kind: "aborted", retryAfterMs: null };
/** Told nothing new. */
export const nothingSaid: TransportFailure = { kind: "server-error", retryAfterMs: null };

export const reachOfBye = {
  signed_out: "signed-out",
  revoked: "signed-out",
  upgrade_required: "update-required",
  // Under its new id the next hello is answered.
  fork: "unknown",
} as const satisfies Record<string, Reach>;

/** What a failure says of the way to the server; null: nothing new (we gave up, or it asked for patience). */
export const reachOf = {
  unreachable: "unreachable",
  timeout: "slow",
  captive: "captive",
  "signed-out": "signed-out",
  revoked: "signed-out",
  fork: null,
  "update-required": "update-required",
  "server-behind": "server-error",
  busy: "server-error",
  refused: "server-error",
  "server-error": "server-error",
  aborted: null,
} as const satisfies Record<FailureKind, Reach | null>;
