/** All documents of one kind, live. */
import type { Id } from "#domain/core/id.ts";
import type { Documents, Kind } from "#domain/sync/document.ts";
import type { Device } from "./device.svelte.ts";
import type { Live } from "./live.svelte.ts";

export class DocumentsState<K extends Kind> {
  readonly #live: Live<readonly Documents[K][]>;
  readonly #byId: ReadonlyMap<Id, Documents[K]> = $derived.by(
    () => new Map(this.all.map((doc) => [doc.id, doc])),
  );

  constructor(device: Device, kind: K, order: (a: Documents[K], b: Documents[K]) => number) {
    this.#live = device.live<readonly Documents[K][]>([], async (db) =>
      (await db.documents(kind).toArray()).map(({ doc }) => doc).toSorted(order),
    );
  }

  get all(): readonly Documents[K][] {
    return this.#live.value;
  }

  /** False until the device's storage answered. */
  get isLoaded(): boolean {
    return this.#live.isLoaded;
  }

  byId(id: Id): Documents[K] | undefined {
    return this.#byId.get(id);
  }
}
