/** The database of whoever is signed in on this device; every live value follows it. */
import type { ClientDb } from "../db/client-db.ts";
import { Live } from "./live.svelte.ts";

export class Device {
  #db: ClientDb | null = $state.raw(null);
  readonly #lives = new Set<{ follow(db: ClientDb | null): void }>();

  /** Null while nobody is signed in. */
  get db(): ClientDb | null {
    return this.#db;
  }

  open(db: ClientDb | null): void {
    this.#db = db;
    for (const live of this.#lives) live.follow(db);
  }

  /** A live value for as long as the app runs. */
  live<T>(initial: T, query: (db: ClientDb) => Promise<T>): Live<T> {
    return this.attach(new Live(initial, query));
  }

  attach<L extends { follow(db: ClientDb | null): void }>(live: L): L {
    this.#lives.add(live);
    live.follow(this.#db);
    return live;
  }

  /** For values that live as long as a page. */
  detach(live: { follow(db: ClientDb | null): void }): void {
    this.#lives.delete(live);
    live.follow(null);
  }
}
