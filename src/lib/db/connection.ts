/**
 * Browsers close the connection to IndexedDB of tabs in the background, and some never say so.
 * Such errors are no loss: open again and repeat.
 */
import type { Dexie } from "dexie";

const lostNames = new Set(["UnknownError", "InvalidStateError", "DatabaseClosedError"]);

export function isLostConnection(error: unknown): boolean {
  return (
    error instanceof Error &&
    (lostNames.has(error.name) ||
      ("inner" in error && error.inner instanceof Error && lostNames.has(error.inner.name)))
  );
}

/** Opens a lost database again; false when even that failed. */
export async function reopen(db: Dexie): Promise<boolean> {
  try {
    db.close({ disableAutoOpen: false });
    await db.open();
    return true;
  } catch {
    return false;
  }
}

/** Runs what must reach the disk; after a lost connection it opens the database and tries again. */
export async function withReopen<T>(db: Dexie, run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt === 3 || !isLostConnection(error) || !(await reopen(db))) throw error;
    }
  }
}
