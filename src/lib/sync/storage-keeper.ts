/** Keeps the note of what this device holds true for as long as somebody is signed in. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { ClientDb } from "../db/client-db.ts";
import { checkKept, type NotePlace } from "../db/kept.ts";
import { observe } from "../db/observe.ts";
import { countUnsent } from "../db/outbox.ts";

export interface StorageKeeperDeps {
  readonly place: NotePlace;
  readonly newId: () => Id;
  readonly now: () => Instant;
}

export interface StorageKeeper {
  /** `forget`: this device gives the data up by itself, so its absence later means nothing. */
  stop(how: { readonly forget: boolean }): void;
}

/** Looks whether the browser deleted anything since the last start, and notes from then on how much is unsent. */
export function keepStorage(db: ClientDb, { place, newId, now }: StorageKeeperDeps): StorageKeeper {
  let isStopped = false;
  let unwatch: (() => void) | null = null;
  async function begin(): Promise<void> {
    const { keeping } = await checkKept(db, {
      place,
      newId,
      now: now(),
      unsent: await countUnsent(db),
    });
    if (isStopped) return;
    unwatch = observe(
      db,
      () => countUnsent(db),
      (unsent) => place.write(db.name, { keeping, unsent, at: now() }),
    );
  }
  // A storage that fails is met by the next write, which says so.
  void begin().catch(() => undefined);
  return {
    stop: ({ forget }) => {
      isStopped = true;
      unwatch?.();
      if (forget) place.remove(db.name);
    },
  };
}
