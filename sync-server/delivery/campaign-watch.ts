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
  let recent = stored;
  let inVain = 0;
  return {
    get recent() {
      return recent;
    },
    ended: (hasFailed, failurePercent) => {
      recent = withResult(recent, hasFailed);
      if (!hasFailed || !hasTooMany(recent, failurePercent)) return null;
      // Who resumes has looked: the count begins anew.
      recent = emptyWindow;
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
