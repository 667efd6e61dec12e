/**
 * Rows as one transaction changes them: read many at a time, changed in memory, and written once
 * at its end, those alone that became different. A thousand waiting commands with requests of
 * their own for each row would take the database a minute.
 */
import type { Id } from "#domain/core/id.ts";
import type { View } from "#domain/sync/decision.ts";
import type { Documents, Key, Kind } from "#domain/sync/document.ts";
import type { ClientDb } from "./client-db.ts";
import { isSame } from "./same.ts";

export type AnyDocument = Documents[Kind];

/** A row as it shall be; `doc` null: it is gone. */
export interface AnyWrite {
  readonly kind: Kind;
  readonly id: Id;
  readonly doc: AnyDocument | null;
}

/** So many at a time: the page answers its person between two. */
const writtenAtOnce = 500;

export class Rows implements View {
  readonly #db: ClientDb;
  /** What the stores hold, as far as it was read. */
  readonly #stored = new Map<string, AnyDocument | null>();
  readonly #changed = new Map<string, AnyWrite>();

  constructor(db: ClientDb) {
    this.#db = db;
  }

  /** Reads what was not read yet: `get` answers for these from now on. */
  async load(keys: readonly Key[]): Promise<void> {
    const unread = new Map<string, Key>();
    for (const key of keys) {
      const place = placeOf(key);
      if (!this.#stored.has(place)) unread.set(place, key);
    }
    for (const [kind, list] of Map.groupBy(unread.values(), (key) => key[0])) {
      const ids = list.map(([, id]) => id);
      const found = await this.#db.documents(kind).bulkGet(ids);
      ids.forEach((id, i) => this.#stored.set(placeOf([kind, id]), found[i]?.doc ?? null));
    }
  }

  get<K extends Kind>(kind: K, id: Id): Documents[K] | undefined {
    const place = placeOf([kind, id]);
    const changed = this.#changed.get(place);
    const doc = changed === undefined ? this.#stored.get(place) : changed.doc;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the store of a kind holds documents of that kind alone
    return (doc ?? undefined) as Documents[K] | undefined;
  }

  put({ kind, id, doc }: AnyWrite): void {
    this.#changed.set(placeOf([kind, id]), { kind, id, doc });
  }

  /** Every row of a kind is gone, whatever a command made of it. */
  async clear(kind: Kind): Promise<void> {
    await this.#db.documents(kind).clear();
    const isOf = (place: string): boolean => place.startsWith(`${kind}:`);
    for (const place of [...this.#stored.keys()].filter(isOf)) this.#stored.set(place, null);
    for (const place of [...this.#changed.keys()].filter(isOf)) this.#changed.delete(place);
  }

  /** Writes what became different. `n`: the change of this device that it came with. */
  async flush(n: number): Promise<void> {
    const different = [...this.#changed].flatMap(([place, write]) =>
      isSame(this.#stored.get(place), write.doc) ? [] : [write],
    );
    for (const [kind, writes] of Map.groupBy(different, (write) => write.kind)) {
      const store = this.#db.documents(kind);
      await store.bulkDelete(writes.filter(({ doc }) => doc === null).map(({ id }) => id));
      const living = writes.flatMap(({ id, doc }) => (doc === null ? [] : [{ id, doc, n }]));
      for (let at = 0; at < living.length; at += writtenAtOnce) {
        await store.bulkPut(living.slice(at, at + writtenAtOnce));
      }
    }
  }
}

function placeOf([kind, id]: Key): string {
  return `${kind}:${id}`;
}
