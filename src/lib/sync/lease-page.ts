/** The lease of whoever is signed in on a page: looked at in time, and when the page wakes up. */
import type { Instant } from "#domain/core/time.ts";
import type { Registry, SignedIn } from "../db/registry.ts";
import { keepLease } from "./lease-keeper.ts";
import { judgeOthers } from "./lease-lock.ts";

interface PageLease {
  /** The server said so; both by its time. */
  renewed(until: Instant, now: Instant): void;
  /** `forget`: what it was for is removed. */
  close(how: { readonly forget: boolean }): Promise<void>;
}

export const pageClock = { wall: () => Date.now(), monotonic: () => performance.now() };

const lookEveryMs = 30_000;

export function openLease(
  database: string,
  { user }: SignedIn,
  { registry, onLeaseOver }: { readonly registry: Registry; readonly onLeaseOver: () => void },
): PageLease {
  // What others keep here is looked after by whoever is in.
  judgeOthers(database, { registry, wall: pageClock.wall() }).catch(() => undefined);
  const lease = keepLease({
    registry,
    database,
    user: user.id,
    name: user.name,
    clock: pageClock,
    onNoted: noteForLook,
    onOver: onLeaseOver,
  });
  const unwatch = watch(() => void lease.look().catch(() => undefined));
  return {
    renewed: (until, now) => lease.renewed(until, now),
    async close({ forget }) {
      unwatch();
      lease.stop();
      if (forget) await lease.forget();
    },
  };
}

/** How the clocks were compared last, by whichever tab or start; null: nobody knows. */
export async function keptComparison({ lease }: Registry, database: string) {
  const { offset, comparedAt, seen } = (await lease.get(database)) ?? {};
  if (offset === undefined || comparedAt === undefined || seen === undefined) return null;
  return { offset, comparedAt, seen };
}

/** For the page itself, which shows the last look before any of this runs (app.html). */
function noteForLook(untilByClock: Instant): void {
  try {
    localStorage.setItem("fieldcast.lease", String(untilByClock));
  } catch {
    // Full, or forbidden: then there is no last look either.
  }
}

/** A tablet that slept wakes up with its timers where they were: it is looked at once. */
function watch(look: () => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const timer = setInterval(look, lookEveryMs);
  document.addEventListener("visibilitychange", look, { signal });
  window.addEventListener("pageshow", look, { signal });
  window.addEventListener("focus", look, { signal });
  return () => {
    clearInterval(timer);
    stop.abort();
  };
}
