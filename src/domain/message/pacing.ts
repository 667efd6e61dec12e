/**
 * How fast messages may go: token buckets for limits that people set, and a rate that halves when
 * a provider asks to slow down and recovers after it. Pure: moments come in, states go out.
 */
import { secondMs, type Instant } from "../core/time.ts";

/** Tokens gather for a quarter of a second at most: a pause is felt at once, and starts never burst. */
const burstMs = secondMs / 4;

/** Calls that may begin, as they were counted at a moment. */
export interface Bucket {
  readonly tokens: number;
  readonly at: Instant;
}

/** Empty: nobody knows what was sent just before, so a restart never adds a burst to it. */
export function emptyBucket(now: Instant): Bucket {
  return { tokens: 0, at: now };
}

/** Whoever was claimed is called for within this time, or claimed anew. */
export const calledWithinMs = 15 * secondMs;

/**
 * The bucket after a start. null: nobody was ever sent to, and nobody is owed a wait. 0: it is not
 * known when messages were claimed last. Otherwise calls may have begun for a while after that:
 * what has gathered since is there.
 */
export function bucketAtStart(claimedAt: Instant | null, now: Instant): Bucket {
  if (claimedAt === null) return { tokens: 1, at: now };
  return emptyBucket(claimedAt === 0 ? now : Math.min(now, claimedAt + calledWithinMs));
}

/** The most tokens that a bucket of this rate holds: one at least. */
export function burstOf(perSecond: number): number {
  return Math.max(1, (perSecond * burstMs) / secondMs);
}

/**
 * The later of two moments: whoever asks with one that they read a while ago must not turn the
 * count back, or the time between would count twice. Only a clock that was set back counts anew.
 */
function notBefore(at: Instant, now: Instant): Instant {
  return at - now > calledWithinMs ? now : Math.max(at, now);
}

/** The bucket at this moment. A clock that was set back adds nothing. */
export function filled({ tokens, at }: Bucket, perSecond: number, now: Instant): Bucket {
  const passedMs = Math.max(0, now - at);
  return {
    tokens: Math.min(burstOf(perSecond), tokens + (passedMs * perSecond) / secondMs),
    at: notBefore(at, now),
  };
}

export function withoutOne({ tokens, at }: Bucket): Bucket {
  return { tokens: tokens - 1, at };
}

/** Rounding must not make a whole token of a moment too little. */
const nearlyOne = 1 - 1e-9;

/** How many calls may begin. */
export function wholeTokens({ tokens }: Bucket): number {
  return Math.max(0, Math.floor(tokens + 1 - nearlyOne));
}

/** When the next call may begin that may not begin now; null: it may. */
export function nextTokenAt({ tokens, at }: Bucket, perSecond: number): Instant | null {
  if (tokens >= nearlyOne) return null;
  return at + Math.max(1, Math.ceil(((1 - tokens) * secondMs) / perSecond));
}

/** The rate that a provider's requests to slow down have left; null: it asked for nothing of late. */
export interface Learned {
  readonly rate: number | null;
  /** The rate at which it asked last: recovery is measured by it. */
  readonly from: number;
  readonly at: Instant;
}

export const nothingLearned: Learned = { rate: null, from: 0, at: 0 };

const recoveryPerSecond = 0.05;
/** Messages a second that come back each second at least: a slow account must not stay slow for minutes. */
const leastRecovery = 0.5;
/** After this many times the rate at which it asked, the request is history. */
const forgottenAt = 4;
/** However often it asks, one message a second still goes. */
const slowest = 1;

/** The learned rate at this moment: 5 % of the rate at which it was asked for comes back each second. */
export function recovered(learned: Learned, now: Instant): Learned {
  const { rate, from, at } = learned;
  if (rate === null) return learned;
  const seconds = Math.max(0, now - at) / secondMs;
  const next = rate + Math.max(from * recoveryPerSecond, leastRecovery) * seconds;
  return next >= from * forgottenAt ? nothingLearned : { rate: next, from, at: notBefore(at, now) };
}

/** The provider asked to slow down: half of what was sent, of late or by the rate it left. */
export function slowed(learned: Learned, achieved: number, now: Instant): Learned {
  const { rate } = recovered(learned, now);
  const current = Math.max(slowest, rate === null ? achieved : Math.min(rate, achieved));
  return { rate: Math.max(slowest, current / 2), from: current, at: now };
}

/** The lower of the two; null where neither limits. */
export function lowerRate(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}
