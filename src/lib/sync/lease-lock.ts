/**
 * What becomes of a person's data whose lease is over: locked, what can be read of people made
 * unreadable, and a week later removed. Loaded only when a lease may be over.
 */
import { believedTime, leaseState, wipeAfterLeaseMs } from "#domain/access/device.ts";
import { dayMs, type Instant } from "#domain/core/time.ts";
import { ClientDb } from "../db/client-db.ts";
import type { NotePlace } from "../db/kept.ts";
import { countUnsent } from "../db/outbox.ts";
import { saveLast, type LeaseRecord, type Registry } from "../db/registry.ts";
import { openSeal } from "../db/seal.ts";
import type { Failure } from "./api.ts";
import { pageNotePlace } from "./kept-place.ts";

/** Why nobody may see what this device keeps of somebody, and what that is. */
export interface Lock {
  /** `unsure`: the clock went on by so much that it may be wrong; nothing was made unreadable. */
  readonly why: "over" | "unsure";
  /** What the device's clock shows. */
  readonly wall: Instant;
  readonly until: Instant;
  /** The latest time that the device knows to have passed. */
  readonly seen: Instant;
  /** From when on everything is removed at a start. */
  readonly wipeAt: Instant;
  /** Commands that the server has not answered; they are kept. */
  readonly unsent: number;
}

export type Judgement =
  | { readonly state: "open" }
  | { readonly state: "locked"; readonly lock: Lock }
  /** Everything was removed, with so many commands that had not been sent. */
  | { readonly state: "gone"; readonly lost: number };

export interface LockDeps {
  readonly registry: Registry;
  /** That of the page when left out. */
  readonly place?: NotePlace | undefined;
  /** What the device's clock shows. */
  readonly wall: Instant;
}

interface Shutting extends LockDeps {
  readonly onLocked: (lock: Lock) => void;
  readonly onGone: (notice: Failure) => void;
}

/** At the start of whoever is signed in: false, where the lease is open after all. */
export async function shut(lease: LeaseRecord, deps: Shutting): Promise<boolean> {
  const judgement = await judgeLease(lease, deps);
  if (judgement.state === "locked") deps.onLocked(judgement.lock);
  if (judgement.state === "gone") {
    // Their session ends too, as soon as the server can be told.
    await saveLast(deps.registry, { signedIn: null, mustSignOut: true });
    deps.onGone(goneNotice(judgement.lost));
  }
  return judgement.state !== "open";
}

/** What stands at the door afterwards. */
function goneNotice(lost: number): Failure {
  const unsent =
    lost === 0
      ? "Everything had been sent."
      : lost === 1
        ? "One change that had not been sent is lost."
        : `${lost} changes that had not been sent are lost.`;
  return {
    kind: "revoked",
    retryAfterMs: null,
    type: "about:blank#lease",
    title: "This device was without a contact for too long",
    status: 410,
    detail: `Its data was removed. ${unsent}`,
  };
}

/** Looks at one lease, and does what its state asks for. */
export async function judgeLease(lease: LeaseRecord, deps: LockDeps): Promise<Judgement> {
  const { until, seen, offset } = lease;
  const now = believedTime(seen, deps.wall, offset);
  const state = leaseState(until, seen, now);
  if (state === "open") return { state };
  const db = new ClientDb(lease.database);
  try {
    const unsent = await countUnsent(db);
    const lockedAt = lease.lockedAt ?? now;
    // A clock that was wrong for a moment must cost nobody their work: it was locked a day before.
    const wipeAt = Math.max(until + wipeAfterLeaseMs, lockedAt + dayMs);
    if (state !== "unsure" && now >= wipeAt) {
      await remove(db, lease, deps);
      return { state: "gone", lost: unsent };
    }
    const why = state === "unsure" ? state : "over";
    if (why === "over") {
      await openSeal(db, "cache").shred();
      // What was over stays over: the clock may be set back afterwards.
      await deps.registry.lease.update(lease.database, { lockedAt, seen: now });
    }
    return { state: "locked", lock: { why, wall: deps.wall, until, seen, wipeAt, unsent } };
  } finally {
    db.close();
  }
}

/**
 * The server just told who is signed in: the lease is open again for as long as the sync needs to
 * be told the true one.
 */
export async function reprieve(registry: Registry, lease: LeaseRecord, wall: Instant) {
  const { database, user, name } = lease;
  const until = wall + dayMs;
  await registry.lease.put({ database, user, name, until, seen: wall, offset: 0 });
}

/** What others keep in this browser: their leases end whoever is signed in. */
export async function judgeOthers(current: string | null, deps: LockDeps): Promise<void> {
  for (const lease of await deps.registry.lease.toArray()) {
    if (lease.database !== current) await judgeLease(lease, deps);
  }
}

async function remove(db: ClientDb, { database }: LeaseRecord, deps: LockDeps): Promise<void> {
  await db.delete();
  await deps.registry.lease.delete(database);
  (deps.place ?? pageNotePlace()).remove(database);
}
