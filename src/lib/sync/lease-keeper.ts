/**
 * Keeps the lease of whoever is signed in: what the server renews is noted, the time that passes
 * without it too, so that a clock set back gives none of it again; and its end is told at once.
 */
import { believedTime, leaseState } from "#domain/access/device.ts";
import { minuteMs, type Instant } from "#domain/core/time.ts";
import type { LeaseRecord, Registry } from "../db/registry.ts";
import type { DeviceClock } from "./clock.ts";

export interface LeaseKeeperDeps {
  readonly registry: Registry;
  readonly database: string;
  readonly user: LeaseRecord["user"];
  /** The person's name, for whoever holds the device. */
  readonly name: string;
  readonly clock: DeviceClock;
  /** Until when, by the device's own clock as it goes now. */
  readonly onNoted?: (untilByClock: Instant) => void;
  readonly onOver: () => void;
}

export interface LeaseKeeper {
  /** The server said so; both by its time. */
  renewed(until: Instant, now: Instant): void;
  /** Looks whether it is over: now and then, and when the page comes back into sight. */
  look(): Promise<void>;
  stop(): void;
  /** The data is removed: there is nothing to lock any more. */
  forget(): Promise<void>;
}

/** Time that passed is noted no more often than this. */
const noteEveryMs = minuteMs;

export function keepLease(deps: LeaseKeeperDeps): LeaseKeeper {
  return new Keeper(deps);
}

class Keeper implements LeaseKeeper {
  readonly #deps: LeaseKeeperDeps;
  #isStopped = false;
  /** What was noted last, and when by the monotonic clock: no clock that is set moves that. */
  #noted: { readonly lease: LeaseRecord; readonly at: number } | null = null;

  constructor(deps: LeaseKeeperDeps) {
    this.#deps = deps;
  }

  renewed(until: Instant, now: Instant): void {
    const { registry, database, user, name, clock, onNoted } = this.#deps;
    const offset = now - clock.wall();
    const last = this.#noted?.lease;
    const isNothingNew =
      last !== undefined &&
      now >= last.seen &&
      now - last.seen < noteEveryMs &&
      Math.abs(until - last.until) < noteEveryMs &&
      Math.abs(offset - last.offset) < noteEveryMs;
    if (isNothingNew || this.#isStopped) return;
    const lease = { database, user, name, until, seen: now, offset, comparedAt: now };
    this.#noted = { lease, at: clock.monotonic() };
    onNoted?.(until - offset);
    // A storage that fails is met by the next write, which says so.
    registry.lease.put(lease).catch(() => undefined);
  }

  async look(): Promise<void> {
    const { registry, database, clock, onOver } = this.#deps;
    const lease = await registry.lease.get(database);
    if (lease === undefined || this.#isStopped) return;
    const now = this.#timeBy(lease);
    if (leaseState(lease.until, lease.seen, now) !== "open") {
      this.#isStopped = true;
      onOver();
      return;
    }
    this.#noted ??= { lease, at: clock.monotonic() };
    if (now - lease.seen < noteEveryMs) return;
    const noted = { ...lease, seen: now, offset: this.#offsetAt(lease, now) };
    this.#noted = { lease: noted, at: clock.monotonic() };
    await registry.lease.put(noted);
  }

  stop(): void {
    this.#isStopped = true;
  }

  async forget(): Promise<void> {
    this.#isStopped = true;
    await this.#deps.registry.lease.delete(this.#deps.database);
  }

  /** A clock that was set back while this page was open is compared anew, by what went by meanwhile. */
  #offsetAt({ offset }: LeaseRecord, now: Instant): number {
    const wall = this.#deps.clock.wall();
    return wall + offset < now - noteEveryMs ? now - Math.round(wall) : offset;
  }

  /** By the clock, and at least what went by while this page was open. */
  #timeBy({ seen, offset }: LeaseRecord): Instant {
    const { clock } = this.#deps;
    const byClock = believedTime(seen, clock.wall(), offset);
    if (this.#noted === null) return byClock;
    const { lease, at } = this.#noted;
    return Math.max(byClock, Math.round(lease.seen + (clock.monotonic() - at)));
  }
}
