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

/** Tokens gather for a quarter of a second at most: a pause is felt at once, and starts never burst. */
const burstMs = secondMs / 4;

export function createGate(first: Limits): Gate {
  let limits = first;
  let inFlight = 0;
  // Calls in flight start at one and double, so that a dead account costs few of them.
  let ramp = 1;
  let wasLimited = false;
  let slowed = 0;
  let blockedUntil = 0;
  let failures = 0;
  let tokens = 1;
  let filledAt: Instant | null = null;

  const fill = (now: Instant): void => {
    if (limits.perSecond === null) return;
    const passed = filledAt === null ? 0 : Math.max(0, now - filledAt);
    filledAt = now;
    const most = Math.max(1, (limits.perSecond * burstMs) / secondMs);
    tokens = Math.min(most, tokens + (passed * limits.perSecond) / secondMs);
  };

  return {
    setLimits: (next) => {
      limits = next;
    },
    free: (now) => {
      if (now < blockedUntil) return 0;
      const width = Math.max(0, Math.floor(Math.min(ramp, limits.concurrency)) - inFlight);
      if (limits.perSecond === null) return width;
      fill(now);
      return Math.min(width, Math.floor(tokens));
    },
    freeAt: (now) => {
      if (now < blockedUntil) return blockedUntil;
      if (limits.perSecond === null) return null;
      fill(now);
      return tokens >= 1 ? null : now + Math.ceil(((1 - tokens) * secondMs) / limits.perSecond);
    },
    began: (now) => {
      fill(now);
      inFlight += 1;
      if (limits.perSecond !== null) tokens -= 1;
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
