/** What is typed and not saved yet, by form: it survives a crash, a reload and an update. */
import { loadOnline } from "../sync/late.ts";
import type { Device } from "./device.svelte.ts";

export class DraftsState {
  readonly #device: Device;
  /** One after the other: sealing takes its time, and what was typed last must be what stays. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(device: Device) {
    this.#device = device;
  }

  /** The value that was last kept under the key (`campaign:<id>`), or null. Plain JSON values only. */
  async get(key: string): Promise<unknown> {
    return this.#inTurn(async () => {
      const { db } = this.#device;
      return db === null ? null : (await loadOnline()).loadDraft(db, key);
    });
  }

  async set(key: string, value: unknown): Promise<void> {
    const { db } = this.#device;
    const now: unknown = $state.snapshot(value);
    if (db === null) return;
    await this.#inTurn(async () => (await loadOnline()).saveDraft(db, key, now));
  }

  async remove(key: string): Promise<void> {
    await this.set(key, null);
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(run);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
