// What a device holds at one moment. It is read out of the engine in memory, inside a transaction
// over every store: nothing of a half-done one is seen, and nothing needs to be copied.
import type { SignUp } from "#domain/audience/sign-up.ts";
import type { Id } from "#domain/core/id.ts";
import { kinds, type Documents, type Kind } from "#domain/sync/document.ts";
import type {
  Card,
  ClientDb,
  MetaRecord,
  OutboxCommand,
  Shadow,
  StoredDocument,
  SyncMeta,
} from "#lib/db/client-db.ts";
import { loadMeta } from "#lib/db/sync-meta.ts";

export interface Seen {
  readonly meta: SyncMeta;
  /** What screens show. */
  readonly shown: ReadonlyMap<string, Documents[Kind]>;
  /** What the server said. */
  readonly base: ReadonlyMap<string, Documents[Kind]>;
  readonly outbox: readonly OutboxCommand[];
  readonly cards: readonly Card[];
  /** Contacts that were added here: no feed brings them. */
  readonly people: readonly SignUp[];
  /** The mark that a revoked device keeps, and all that it keeps. */
  readonly hasEnded: boolean;
  /** Records in all stores but that of the device's own place. */
  readonly kept: number;
}

/** The engine's own tables; fake-indexeddb keeps them in sight. */
interface Engine {
  readonly _rawDatabase: {
    readonly rawObjectStores: ReadonlyMap<
      string,
      { readonly records: { values(): Iterable<{ readonly value: unknown }> } }
    >;
  };
}

export async function look(db: ClientDb, newId: () => Id): Promise<Seen> {
  if (!db.isOpen()) await db.open();
  const seen = await inTurn(db);
  if (seen !== null) return seen;
  // Nothing was ever done here: the device gets its identity now.
  await db.transaction("rw", db.meta, () => loadMeta(db, newId));
  return look(db, newId);
}

function inTurn(db: ClientDb): Promise<Seen | null> {
  const engine = db.backendDB();
  return new Promise((resolve, reject) => {
    const stores = [...engine.objectStoreNames];
    const request = engine.transaction(stores, "readonly").objectStore("meta").get("sync");
    request.addEventListener("success", () => resolve(read(engine)));
    request.addEventListener("error", () => reject(new Error("a look at the device failed")));
  });
}

function read(engine: IDBDatabase): Seen | null {
  const [meta] = rowsOf<MetaRecord>(engine, "meta");
  if (meta === undefined) return null;
  const shown = new Map<string, Documents[Kind]>();
  for (const kind of kinds) {
    for (const { id, doc } of rowsOf<StoredDocument<Kind>>(engine, kind)) {
      shown.set(`${kind}:${id}`, doc);
    }
  }
  const base = new Map(shown);
  for (const { kind, id, doc } of rowsOf<Shadow>(engine, "shadow")) {
    if (kind === "signUp") continue;
    if (doc === null) base.delete(`${kind}:${id}`);
    else base.set(`${kind}:${id}`, doc);
  }
  const outbox = rowsOf<OutboxCommand>(engine, "outbox");
  const people = rowsOf<StoredDocument<"signUp">>(engine, "signUp").map(({ doc }) => doc);
  const cards = rowsOf<Card>(engine, "inbox");
  const hasEnded = meta.value.hasEnded === true;
  const kept = [...engine.objectStoreNames]
    .filter((store) => store !== "meta")
    .reduce((sum, store) => sum + rowsOf<unknown>(engine, store).length, 0);
  return { meta: meta.value, shown, base, outbox, cards, people, hasEnded, kept };
}

/** In the order of their keys, not copied: what is stored is replaced, never changed. */
function rowsOf<T>(engine: IDBDatabase, store: string): T[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion, no-underscore-dangle -- the engine is fake-indexeddb, whose own tables are named so
  const table = (engine as unknown as Engine)._rawDatabase.rawObjectStores.get(store);
  if (table === undefined) throw new Error(`the device has no store ${store}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return [...table.records.values()].map(({ value }) => value as T);
}
