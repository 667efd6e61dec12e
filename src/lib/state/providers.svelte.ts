/** Through whom messages can leave: what the server says of each provider, kept for times without it. */
import type { ProviderDescription, ProviderName } from "#domain/campaign/provider.ts";
import type { Api, Failure } from "../sync/api.ts";
import { askProviders, keptProviders } from "../sync/provider-calls.ts";
import type { Device } from "./device.svelte.ts";

export class ProvidersState {
  /** Null while neither this device nor the server answered. */
  all: readonly ProviderDescription[] | null = $state.raw(null);
  /** Why the server could not be asked; null when it could. */
  trouble: Failure | null = $state.raw(null);
  readonly #api: Api;
  readonly #device: Device;

  constructor(api: Api, device: Device) {
    this.#api = api;
    this.#device = device;
  }

  /** What this device has, at once; then what the server says. */
  async load(): Promise<void> {
    const { db } = this.#device;
    if (db === null) return;
    this.all ??= await keptProviders(db);
    const answer = await askProviders(this.#api, db);
    this.trouble = answer.ok ? null : answer.error;
    if (answer.ok) this.all = answer.value;
  }

  byName(name: ProviderName): ProviderDescription | undefined {
    return this.all?.find((each) => each.name === name);
  }
}
