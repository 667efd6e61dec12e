/** Where this device stands with the server: one record, read and written inside every transaction that moves it. */
import type { Id } from "#domain/core/id.ts";
import { feeds, type Feed } from "#domain/sync/document.ts";
import type { ClientDb, SyncMeta } from "./client-db.ts";
import { metaKey as key } from "./ended.ts";

export const atZero = { org: 0, team: 0, roll: 0, user: 0 } as const satisfies Record<Feed, number>;

/** Thrown by whatever would write to the database of a device that was revoked. */
export class DeviceEnded extends Error {
  constructor() {
    super("this device was signed out, and keeps nothing any more");
    this.name = "DeviceEnded";
  }
}

/** Reads the record; a new database gets a new identity. Inside a read-write transaction over `meta`. */
export async function loadMeta(db: ClientDb, newId: () => Id): Promise<SyncMeta> {
  const record = await db.meta.get(key);
  if (record === undefined) {
    const meta = freshMeta(newId);
    await saveMeta(db, meta);
    return meta;
  }
  if (record.value.hasEnded === true) throw new DeviceEnded();
  return record.value;
}

export function freshMeta(newId: () => Id): SyncMeta {
  return {
    client: newId(),
    instance: newId(),
    epoch: null,
    ch: newId(),
    cursors: atZero,
    staging: null,
    refill: {},
    mustProbe: false,
    lastMid: 0,
    n: 0,
  };
}

export async function saveMeta(db: ClientDb, meta: SyncMeta): Promise<void> {
  await db.meta.put({ key, value: meta });
}

/** What the next page of a feed must begin with. */
export function positionOf(meta: SyncMeta, feed: Feed): number {
  // A database of before a feed was new has no cursor of it.
  const cursors: Readonly<Partial<Record<Feed, number>>> = meta.cursors;
  return meta.staging?.feeds[feed]?.at ?? (feed in meta.refill ? 0 : (cursors[feed] ?? 0));
}

/** What this device has of every feed, revealed or not: what it acknowledges. */
export function reachedOf({ staging, cursors }: SyncMeta): Record<Feed, number> {
  const reached: Record<Feed, number> = { ...atZero, ...cursors };
  for (const feed of feeds) reached[feed] = staging?.feeds[feed]?.at ?? reached[feed];
  return reached;
}

/** Where to go on in every feed, as a pull or a hello asks. */
export function cursorsOf(meta: SyncMeta): Record<Feed, { from: number; h0?: number }> {
  const cursors = { org: { from: 0 }, team: { from: 0 }, roll: { from: 0 }, user: { from: 0 } };
  for (const feed of feeds) {
    const h0 = meta.refill[feed]?.h0;
    cursors[feed] = { from: positionOf(meta, feed), ...(h0 === undefined ? {} : { h0 }) };
  }
  return cursors;
}
