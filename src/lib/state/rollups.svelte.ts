/**
 * Live counters of every campaign. Four times a second a few of them change: only rows newer
 * than what is already here are read, never all of them.
 */
import type { Id } from "#domain/core/id.ts";
import type { Rollup } from "#domain/report/rollup.ts";
import type { ClientDb, StoredDocument } from "../db/client-db.ts";
import { observe } from "../db/observe.ts";

export class Rollups {
  #byId: ReadonlyMap<Id, Rollup> = $state.raw(new Map());
  #isLoaded = $state(false);
  #seen = 0;
  #stop: (() => void) | null = null;

  get byId(): ReadonlyMap<Id, Rollup> {
    return this.#byId;
  }

  /** False until the database answered once. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  follow(db: ClientDb | null): void {
    this.#stop?.();
    this.#stop = null;
    this.#isLoaded = false;
    this.#byId = new Map();
    this.#seen = 0;
    if (db === null) return;
    this.#stop = observe(
      db,
      () => db.rollup.where("n").above(this.#seen).toArray(),
      (rows) => this.#add(rows),
    );
  }

  #add(rows: readonly StoredDocument<"rollup">[]): void {
    this.#isLoaded = true;
    if (rows.length === 0) return;
    const next = new Map(this.#byId);
    for (const row of rows) {
      next.set(row.id, row.doc);
      this.#seen = Math.max(this.#seen, row.n);
    }
    this.#byId = next;
  }
}
