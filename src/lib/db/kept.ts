/**
 * Notices when the browser deleted what this device kept. A record in the person's database and a
 * note outside of it name the same keeping; a note without its record tells of a deletion, and of
 * how much had not left the device by then.
 */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { ClientDb, KeptRecord } from "./client-db.ts";

/** What is noted outside of IndexedDB, about one database. */
export interface KeptNote {
  readonly keeping: Id;
  /** Commands that the server had not answered when it was noted. */
  readonly unsent: number;
  readonly at: Instant;
}

/** Somewhere that a browser clears by other rules than its databases. */
export interface NotePlace {
  read(database: string): KeptNote | null;
  write(database: string, note: KeptNote): void;
  remove(database: string): void;
}

interface Circumstances {
  readonly place: NotePlace;
  readonly newId: () => Id;
  readonly now: Instant;
  /** Commands that the server has not answered. */
  readonly unsent: number;
}

/** Compares the record with the note, and makes both agree. Call it once for each start. */
export async function checkKept(
  db: ClientDb,
  { place, newId, now, unsent }: Circumstances,
): Promise<KeptRecord> {
  const note = place.read(db.name);
  const record = await db.transaction("rw", db.kept, async () => {
    const known = await db.kept.get("kept");
    if (known !== undefined) return known;
    const fresh: KeptRecord = {
      key: "kept",
      keeping: newId(),
      eviction: note === null ? null : { at: now, lastKeptAt: note.at, lostUnsent: note.unsent },
      isRead: false,
    };
    await db.kept.put(fresh);
    return fresh;
  });
  place.write(db.name, { keeping: record.keeping, unsent, at: now });
  return record;
}

export async function loadKept(db: ClientDb): Promise<KeptRecord | null> {
  return (await db.kept.get("kept")) ?? null;
}

/** The person has read that something was deleted: it is not told again. */
export async function markEvictionRead(db: ClientDb): Promise<void> {
  await db.kept.update("kept", { isRead: true });
}
