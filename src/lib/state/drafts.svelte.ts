/** What is typed and not saved yet, by form: it survives a crash, a reload and an update. */
import type { Device } from "./device.svelte.ts";
import { loadDraft, saveDraft } from "../db/draft.ts";

export class DraftsState {
  readonly #device: Device;

  constructor(device: Device) {
    this.#device = device;
  }

  /** The value that was last kept under the key (`campaign:<id>`), or null. Plain JSON values only. */
  async get(key: string): Promise<unknown> {
    const { db } = this.#device;
    return db === null ? null : loadDraft(db, key);
  }

  async set(key: string, value: unknown): Promise<void> {
    const { db } = this.#device;
    if (db !== null) await saveDraft(db, key, $state.snapshot(value));
  }

  async remove(key: string): Promise<void> {
    await this.set(key, null);
  }
}
