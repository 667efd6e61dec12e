/**
 * Values that follow the device's database. IndexedDB is the one source of what a screen shows:
 * a change by this tab, another tab or the server wakes the query, and the query wakes the page.
 */
import type { ClientDb } from "../db/client-db.ts";
import { observe } from "../db/observe.ts";

export class Live<T> {
  #value: T;
  #isLoaded = $state(false);
  #stop: (() => void) | null = null;
  readonly #initial: T;
  readonly #query: (db: ClientDb) => Promise<T>;

  constructor(initial: T, query: (db: ClientDb) => Promise<T>) {
    this.#initial = initial;
    this.#value = $state.raw(initial);
    this.#query = query;
  }

  /** The last result; the initial value before the first one. */
  get value(): T {
    return this.#value;
  }

  /** False until the database answered once: only then does "nothing" mean nothing. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Follows another database; null: nobody is signed in, back to the initial value. */
  follow(db: ClientDb | null): void {
    this.#stop?.();
    this.#stop = null;
    this.#value = this.#initial;
    this.#isLoaded = false;
    if (db === null) return;
    this.#stop = observe(
      db,
      () => this.#query(db),
      (value) => {
        this.#value = value;
        this.#isLoaded = true;
      },
    );
  }
}
