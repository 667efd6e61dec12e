// The thread that a tab's life hangs on. Every call that a tab makes to its database or to the
// network is a step; a tab that was told to die does so at one of them: the transaction that is
// open is undone by the browser, and nothing that the tab still does has any effect.
import type { DBCore, DBCoreTable, DBCoreTransaction, Dexie } from "dexie";

export class Lifeline {
  /** Steps taken so far. */
  taken = 0;
  readonly died: Promise<void>;
  #left: number | null = null;
  #isDead = false;
  #tellDied: () => void = () => undefined;
  readonly #open = new Set<DBCoreTransaction>();

  constructor() {
    this.died = new Promise((resolve) => {
      this.#tellDied = resolve;
    });
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Dies at the step that comes after so many others; null: lives on. */
  dieAfter(steps: number | null): void {
    this.#left = steps;
  }

  /** Dies now. */
  die(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    for (const transaction of this.#open) undo(transaction);
    this.#open.clear();
    this.#tellDied();
  }

  /** One more step; for who is dead it never ends. */
  async step<T>(work: () => Promise<T>): Promise<T> {
    this.#count();
    if (this.#isDead) return never();
    const done = await work();
    return this.#isDead ? never() : done;
  }

  /** Makes each call of a database a step. */
  watch(db: Dexie): void {
    db.use({
      stack: "dbcore",
      name: "lifeline",
      create: (core) => ({ ...core, ...this.#watched(core) }),
    });
  }

  #watched(core: DBCore): Pick<DBCore, "transaction" | "table"> {
    return {
      transaction: (...args) => {
        this.#count();
        const transaction = core.transaction(...args);
        if (this.#isDead) undo(transaction);
        else this.#keep(transaction);
        return transaction;
      },
      table: (name) => this.#watchedTable(core.table(name)),
    };
  }

  #keep(transaction: DBCoreTransaction): void {
    this.#open.add(transaction);
    // Dexie's type tells less of it than it is.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const whole = transaction as IDBTransaction;
    whole.addEventListener("complete", () => this.#open.delete(transaction));
  }

  #watchedTable(table: DBCoreTable): DBCoreTable {
    return {
      ...table,
      mutate: (request) => this.#within(() => table.mutate(request)),
      get: (request) => this.#within(() => table.get(request)),
      getMany: (request) => this.#within(() => table.getMany(request)),
      query: (request) => this.#within(() => table.query(request)),
      openCursor: (request) => this.#within(() => table.openCursor(request)),
      count: (request) => this.#within(() => table.count(request)),
    };
  }

  /** Inside a transaction, whose promises are Dexie's own: another `then` would lose it. */
  #within<T>(call: () => Promise<T>): Promise<T> {
    this.#count();
    return this.#isDead ? never() : call();
  }

  #count(): void {
    this.taken += 1;
    if (this.#left === null || this.#isDead) return;
    this.#left -= 1;
    if (this.#left < 0) this.die();
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

/** As a browser does with what a tab left open. */
function undo(transaction: DBCoreTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It had come to its end: what it did stays.
  }
}
