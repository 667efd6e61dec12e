/**
 * The breaker of one sending account: stops everything that goes through it when the way itself
 * is broken, before everybody's message fails on it, and finds out by itself when it is mended.
 *
 *   closed --5 failures in a row, or one of the account itself--> open
 *   open --its rest is over, or a person resumes--> half open: one message at a time
 *   half open --accepted, or refused for its recipient alone--> closed
 *   half open --fails again--> open, for longer
 *
 * Results count in the order in which calls end. Pure: moments come in.
 */
import type { PauseReason } from "../campaign/lifecycle.ts";
import { hourMs, minuteMs, type Instant } from "../core/time.ts";
import { reasonClass, type Reason } from "./reason.ts";

/** So many in a row open the breaker. */
export const breakerLimit = 5;

/**
 * Which failures count: those of the way to the provider, or also those of a single recipient. The
 * sources say "5 consecutive failures" without exception, so all is what an account starts with
 * (AMB-13); whose lists are old, and knows it, leaves the recipients' own out.
 */
export const breakerCounts = ["provider", "all"] as const;

export type BreakerCounts = (typeof breakerCounts)[number];

/** What is resumed without a person: nothing; after errors and limits; also after refused credentials. */
export const autoResumes = ["never", "errors", "always"] as const;

export type AutoResume = (typeof autoResumes)[number];

/** How an account guards its campaigns. */
export interface Guards {
  readonly breaker: BreakerCounts;
  readonly autoResume: AutoResume;
  /** Percent of a campaign's last results that may fail before it is paused; null: any. */
  readonly failurePercent: number | null;
}

export const defaultGuards: Guards = {
  breaker: "all",
  autoResume: "errors",
  failurePercent: 30,
};

export const breakerStates = ["closed", "open", "half_open"] as const;

export type BreakerState = (typeof breakerStates)[number];

export interface Breaker {
  readonly state: BreakerState;
  /** Failures in a row that count. */
  readonly failures: number;
  /** What opened it, with the provider's own words; null and "" while closed. */
  readonly reason: Reason | null;
  readonly detail: string;
  /** When it opened first; null while closed. */
  readonly since: Instant | null;
  /** When a message is tried again without a person; null: never, or closed. */
  readonly retryAt: Instant | null;
  /** Messages that were tried in vain since it opened. */
  readonly probes: number;
}

export const closedBreaker: Breaker = {
  state: "closed",
  failures: 0,
  reason: null,
  detail: "",
  since: null,
  retryAt: null,
  probes: 0,
};

/** How one call ended. */
export interface Ended {
  /** null: the provider took the message. */
  readonly reason: Reason | null;
  readonly detail: string;
  readonly at: Instant;
  /** A repeat for somebody whose message failed before: that they fail again says nothing new. */
  readonly isRepeat?: boolean;
}

const opening: ReadonlySet<Reason> = new Set<Reason>([
  "auth_failed",
  "account_suspended",
  "payment_required",
]);

const counting: ReadonlySet<Reason> = new Set<Reason>([
  "spam_filtered",
  "content_rejected",
  "template_invalid",
  "template_paused",
  "media_error",
  "too_long",
  "sender_invalid",
  "region_not_permitted",
  "rate_limited",
  "provider_error",
  "provider_timeout",
  "network_error",
  "config_error",
]);

/** `opens`: one is enough. `counts`: towards the limit. `ignored`: about the recipient, or our own rule. */
export function breakerWeight(
  reason: Reason,
  counts: BreakerCounts,
): "opens" | "counts" | "ignored" {
  if (opening.has(reason) || reason === "quota_reached") return "opens";
  if (counting.has(reason)) return "counts";
  return counts === "all" && reasonClass(reason) !== "policy" ? "counts" : "ignored";
}

/** The breaker after a call has ended. */
export function afterCall(breaker: Breaker, ended: Ended, guards: Guards): Breaker {
  if (ended.reason === null) {
    // What was in flight when it opened may still be taken: that alone does not close it.
    if (breaker.state === "open") return breaker;
    return closedBreaker;
  }
  const weight = breakerWeight(ended.reason, ended.isRepeat === true ? "provider" : guards.breaker);
  if (weight === "ignored" || breaker.state === "open") return breaker;
  if (breaker.state === "half_open") {
    // The provider answered about this one recipient: the way is open, and the count begins anew.
    if (breakerWeight(ended.reason, "provider") === "ignored") {
      return { ...closedBreaker, failures: 1 };
    }
    return opened(breaker, ended, { guards, probes: breaker.probes + 1 });
  }
  const failures = breaker.failures + 1;
  if (weight === "counts" && failures < breakerLimit) return { ...breaker, failures };
  return opened({ ...breaker, failures }, ended, { guards, probes: 0 });
}

/** The rest is over, or a person asks for it: one message may be tried. */
export function halfOpened(breaker: Breaker): Breaker {
  return breaker.state === "open" ? { ...breaker, state: "half_open", retryAt: null } : breaker;
}

/** Whether a message is to be tried without a person now. */
export function isRetryDue({ state, retryAt }: Breaker, now: Instant): boolean {
  return state === "open" && retryAt !== null && retryAt <= now;
}

/** What stands on a campaign that this stopped. */
export function pauseReasonOf(reason: Reason | null): PauseReason {
  if (reason === "quota_reached") return "quota";
  return reason !== null && opening.has(reason) ? "provider_auth" : "breaker";
}

/** Whether campaigns go on by themselves once a message was taken again. */
export function resumesItself(reason: Reason | null, { autoResume }: Guards): boolean {
  if (autoResume === "errors") return reason === null || !opening.has(reason);
  return autoResume === "always";
}

const firstRestMs = minuteMs;
const longestRestMs = 15 * minuteMs;

/** How long it rests before a message is tried: longer each time that one is tried in vain. */
export function restMs(reason: Reason, probes: number): number {
  if (reason === "quota_reached") return hourMs;
  return Math.min(longestRestMs, firstRestMs * 2 ** Math.min(probes, 10));
}

function opened(
  breaker: Breaker,
  { reason, detail, at }: Ended,
  { guards, probes }: { readonly guards: Guards; readonly probes: number },
): Breaker {
  const why = reason ?? "unknown";
  return {
    state: "open",
    failures: breaker.failures,
    reason: why,
    detail,
    since: breaker.since ?? at,
    retryAt: resumesItself(why, guards) ? at + restMs(why, probes) : null,
    probes,
  };
}
