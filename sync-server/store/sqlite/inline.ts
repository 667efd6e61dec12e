/** The SQLite store in the caller's own thread: for tests, simulations and the command line. */
import type { Store } from "../store.ts";
import { assemble, createListeners } from "./assemble.ts";
import { isEngineError, openDatabase, toStoreError, type Connection } from "./database.ts";
import { perform } from "./parts.ts";

/** Opens a file of this version's shape for reading alone, beside whoever writes it. */
export function openReadOnlyStore(path: string): Store {
  const db = openDatabase({ path, readOnly: true });
  return reading(db);
}

/** Beside a connection that writes: every read sees the moment of its opening. */
function openHeldStore(path: string): Store {
  const db = openDatabase({ path, readOnly: true });
  db.hold();
  return reading(db);
}

function reading(db: Connection): Store {
  return assemble({
    run: async (call) => {
      const attempt = db.snapshot(() => perform(db, call));
      if (attempt.ok) return attempt.value;
      throw isEngineError(attempt.error)
        ? toStoreError(attempt.error, `${call.part}.${call.method}`)
        : attempt.error;
    },
    onMove: () => () => false,
    close: async () => {
      db.close();
    },
  });
}

/** Opens the file (or ":memory:"), migrating it to this version's shape. */
export function openInlineStore(path: string): Store {
  const db = openDatabase({ path, readOnly: false });
  const { onMove, tell } = createListeners();
  return assemble({
    run: async (call) => {
      const [attempt] = db.transact([() => perform(db, call)]);
      if (attempt === undefined) throw new Error("a transaction answered nothing");
      if (!attempt.ok)
        throw isEngineError(attempt.error)
          ? toStoreError(attempt.error, `${call.part}.${call.method}`)
          : attempt.error;
      tell(db.takeMoved());
      return attempt.value;
    },
    onMove,
    ...(path === ":memory:" ? {} : { hold: async () => openHeldStore(path) }),
    close: async () => {
      db.close();
    },
  });
}
