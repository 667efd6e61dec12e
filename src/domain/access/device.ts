/**
 * A device: one browser profile of one person that syncs with one workspace. It may hold data for
 * as long as its lease runs, which each contact renews; it may be revoked at any time.
 */
import type { Id } from "../core/id.ts";
import { dayMs, type Instant } from "../core/time.ts";
import type { AccessSettings } from "./permission.ts";

export const defaultLeaseDays = 14;
export const leaseDaysRange = { least: 1, most: 90 } as const;

/** After the lease the app is locked; after this much more its data is removed at the next start. */
export const wipeAfterLeaseMs = 7 * dayMs;

/** How long a device may keep its data without a contact, in a workspace with these settings. */
export function leaseMs({ leaseDays }: AccessSettings): number {
  return (leaseDays ?? defaultLeaseDays) * dayMs;
}

/**
 * `open`: all is well. `over`: locked until the server answers. `gone`: long enough over to be
 * removed. `unsure`: the clock says that the lease is over, and says it by so much that the clock
 * may be what is wrong: locked, and nothing that was typed is removed.
 */
export type LeaseState = "open" | "over" | "gone" | "unsure";

/** A clock that went on by more than this since it was last known to be right may be wrong. */
const believableMs = 366 * dayMs;

/**
 * `seen`: the latest server time that the device knows to have passed. `now`: what its clock says,
 * corrected by the last known offset; where that is before `seen`, the clock was set back and does
 * not count.
 */
export function leaseState(until: Instant, seen: Instant, now: Instant): LeaseState {
  const time = Math.max(seen, now);
  if (time < until) return "open";
  if (time - seen > believableMs) return "unsure";
  return time < until + wipeAfterLeaseMs ? "over" : "gone";
}

/** Up to so much a clock is off without being wrong. */
const usualOffsetMs = dayMs;

/**
 * The time on a device that has not met the server since `seen`. `wall`: what its clock shows;
 * `offset`: server minus device, when it was last measured. A clock that was far off may have been
 * set right since, so then it is believed with and without the offset; what lies before `seen`
 * counts nothing.
 */
export function believedTime(seen: Instant, wall: Instant, offset: number): Instant {
  const corrected = wall + offset;
  if (Math.abs(offset) <= usualOffsetMs) return Math.max(seen, corrected);
  const claims = [wall, corrected].filter((at) => at >= seen);
  return claims.length === 0 ? seen : Math.min(...claims);
}

/** The nonces of a device as the server knows them. `null`: none yet, or forgotten by a restore. */
export interface Nonces {
  readonly instance: Id | null;
  /** The one before, while the device may not have heard that the next one counts. */
  readonly past: Id | null;
}

export interface Handshake {
  readonly instance: Id;
  /** The nonce that shall count from now on; null: no change. */
  readonly next: Id | null;
}

/**
 * The nonces after a handshake. `stale`: somebody else went on with this device's nonce, so this
 * profile is a copy, or is the original of one that went on first. The same handshake said again
 * (its answer was lost) is no copy.
 */
export function shakeHands(known: Nonces, said: Handshake): Nonces | "stale" {
  const { instance, next } = said;
  if (known.instance === null || known.instance === instance) {
    return next === null ? { instance, past: known.past } : { instance: next, past: instance };
  }
  const isRepeated = known.past === instance && known.instance === next;
  return isRepeated ? known : "stale";
}
