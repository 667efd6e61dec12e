/**
 * What stops one campaign whatever its account does: too many of its last messages failed, or its
 * template cannot be written. Pure.
 */
import type { PauseReason } from "#domain/campaign/lifecycle.ts";
import { breakerLimit } from "#domain/message/breaker.ts";
import {
  emptyWindow,
  hasTooMany,
  withResult,
  withSuccesses,
  type FailureWindow,
} from "#domain/message/failure-window.ts";

export interface Stop {
  readonly reason: PauseReason;
  readonly detail: string;
}

export interface CampaignWatch {
  /** The last results, for storing. */
  readonly recent: FailureWindow;
  /** A call ended; answers why the campaign has to stop, or null. */
  ended(hasFailed: boolean, failurePercent: number | null): Stop | null;
  /** A message could not be written from the template. */
  unwritten(words: string): Stop | null;
  written(): void;
}

export function createCampaignWatch(stored: FailureWindow): CampaignWatch {
  let known = stored;
  // Noted together: nearly every message is one.
  let successes = 0;
  let inVain = 0;
  const recent = (): FailureWindow => {
    known = withSuccesses(known, successes);
    successes = 0;
    return known;
  };
  return {
    get recent() {
      return recent();
    },
    ended: (hasFailed, failurePercent) => {
      if (!hasFailed) {
        successes += 1;
        return null;
      }
      known = withResult(recent(), true);
      if (!hasTooMany(known, failurePercent)) return null;
      // Who resumes has looked: the count begins anew.
      known = emptyWindow;
      return { reason: "failure_ratio", detail: "" };
    },
    unwritten: (words) => {
      inVain += 1;
      if (inVain < breakerLimit) return null;
      inVain = 0;
      return { reason: "breaker", detail: words };
    },
    written: () => {
      inVain = 0;
    },
  };
}
