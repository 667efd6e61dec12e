/**
 * How fast an account may be used: calls in flight, messages a second, and what the provider
 * asked for. Shared by every campaign that goes through the account. Pure: the moment comes in.
 */
import type { Limits } from "#domain/campaign/account.ts";
import { secondMs, type Instant } from "#domain/core/time.ts";
import { breakerLimit, breakerWeight } from "#domain/message/breaker.ts";
import type { Reason } from "#domain/message/reason.ts";

export interface Gate {
  setLimits(limits: Limits): void;
  /** How many calls may begin now. */
  free(now: Instant): number;
  /** The provider asked for rest. */
  isBlocked(now: Instant): boolean;
  /** When a call may begin that may not now; null when only the end of another call helps. */
  freeAt(now: Instant): Instant | null;
  began(now: Instant): void;
  ended(): void;
  /** The provider took it: speed up, and forget failures. */
  succeeded(): void;
  /** Tells whether the campaign has to stop. */
  failed(reason: Reason): "go on" | "stop" | "stop at once";
  /** The provider asked to slow down. */
  slowDown(now: Instant, afterMs: number | null): void;
}

export function createGate(first: Limits): Gate {
  let limits = first;
  let inFlight = 0;
  // Calls in flight start at one and double, so that a dead account costs few of them.
  let ramp = 1;
  let wasLimited = false;
  let slowed = 0;
  let blockedUntil = 0;
  let failures = 0;
  const bucket = createBucket();
  const width = (): number =>
    Math.max(0, Math.floor(Math.min(ramp, limits.concurrency)) - inFlight);

  return {
    setLimits: (next) => {
      limits = next;
    },
    free: (now) => (now < blockedUntil ? 0 : Math.min(width(), bucket.tokens(limits, now))),
    isBlocked: (now) => now < blockedUntil,
    freeAt: (now) => (now < blockedUntil ? blockedUntil : bucket.nextAt(limits, now)),
    began: (now) => {
      inFlight += 1;
      bucket.take(limits, now);
    },
    ended: () => {
      inFlight -= 1;
    },
    succeeded: () => {
      failures = 0;
      slowed = 0;
      ramp = Math.min(limits.concurrency, wasLimited ? ramp + 0.1 : ramp * 2);
    },
    failed: (reason) => {
      const weight = breakerWeight(reason);
      if (weight === "ignored") return "go on";
      failures += 1;
      if (weight === "counts" && failures < breakerLimit) return "go on";
      failures = 0;
      ramp = 1;
      return weight === "opens" ? "stop at once" : "stop";
    },
    slowDown: (now, afterMs) => {
      wasLimited = true;
      // Answers of one burst come together: they are one request to slow down.
      if (now < blockedUntil) return;
      slowed = Math.min(slowed + 1, 6);
      ramp = Math.max(1, ramp / 2);
      blockedUntil = now + (afterMs ?? secondMs * 2 ** (slowed - 1));
    },
  };
}

/** Tokens gather for a quarter of a second at most: a pause is felt at once, and starts never burst. */
const burstMs = secondMs / 4;

interface Bucket {
  /** Messages that may go now. */
  tokens(limits: Limits, now: Instant): number;
  take(limits: Limits, now: Instant): void;
  /** When the next one may go that may not now; null when it may, or nothing limits it. */
  nextAt(limits: Limits, now: Instant): Instant | null;
}

function createBucket(): Bucket {
  let held = 1;
  let filledAt: Instant | null = null;
  const fill = (perSecond: number, now: Instant): void => {
    const passed = filledAt === null ? 0 : Math.max(0, now - filledAt);
    filledAt = now;
    const most = Math.max(1, (perSecond * burstMs) / secondMs);
    held = Math.min(most, held + (passed * perSecond) / secondMs);
  };
  return {
    tokens: ({ perSecond }, now) => {
      if (perSecond === null) return Infinity;
      fill(perSecond, now);
      return Math.floor(held);
    },
    take: ({ perSecond }, now) => {
      if (perSecond === null) return;
      fill(perSecond, now);
      held -= 1;
    },
    nextAt: ({ perSecond }, now) => {
      if (perSecond === null) return null;
      fill(perSecond, now);
      return held >= 1 ? null : now + Math.ceil(((1 - held) * secondMs) / perSecond);
    },
  };
}
