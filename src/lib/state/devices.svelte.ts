/** The devices of a person, or of everybody, as a page shows them: asked of the server, never kept here. */
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { Instant } from "#domain/core/time.ts";
import { deviceCalls, type DeviceAnswer, type DeviceCalls } from "../sync/device-calls.ts";
import type { Api, Failure } from "../sync/api.ts";
import type { Device } from "./device.svelte.ts";

/** A browser profile of one person that holds the workspace's data. */
export interface KnownDevice {
  readonly id: Id;
  readonly name: string;
  /** Whose it is. */
  readonly user: Id;
  /** The app's version; `""`: it did not say. */
  readonly app: string;
  readonly seenAt: Instant;
  /** Until when it may keep its data without another contact. */
  readonly leaseUntil: Instant;
  /** Changes that had not left it at its last contact; of one that was signed out: what is lost. */
  readonly unsent: number;
  /** Null: it may sync. */
  readonly revokedAt: Instant | null;
  /** When it heard of that and removed its data; null: not yet. */
  readonly wipedAt: Instant | null;
  /** The one that the person looks at. */
  readonly isThis: boolean;
}

export interface DevicesDeps {
  readonly api: Api;
  readonly device: Device;
}

export class DevicesState {
  /** This one first, then those heard of last; null until the server answered. */
  all: readonly KnownDevice[] | null = $state.raw(null);
  /** Why the list could not be asked for; null when it could. */
  trouble: Failure | null = $state.raw(null);
  readonly #calls: DeviceCalls;
  readonly #device: Device;

  constructor({ api, device }: DevicesDeps) {
    this.#calls = deviceCalls(api);
    this.#device = device;
  }

  async load(): Promise<void> {
    const own = await this.#ownId();
    const answer = await this.#calls.list();
    this.trouble = answer.ok ? null : answer.error;
    if (answer.ok) this.all = sorted(answer.value.map((each) => toKnown(each, own)));
  }

  async rename(id: Id, name: string): Promise<Result<null, Failure>> {
    return this.#keep(await this.#calls.rename(id, name));
  }

  /** It is signed out and removes its data when it hears of it; what it had not sent is lost. */
  async revoke(id: Id): Promise<Result<null, Failure>> {
    return this.#keep(await this.#calls.revoke(id));
  }

  async #keep(answer: Result<DeviceAnswer, Failure>): Promise<Result<null, Failure>> {
    if (!answer.ok) return answer;
    const changed = toKnown(answer.value, await this.#ownId());
    this.all = this.all?.map((each) => (each.id === changed.id ? changed : each)) ?? null;
    return { ok: true, value: null };
  }

  /** The name of this database to the server; null: nobody is signed in. */
  async #ownId(): Promise<Id | null> {
    return (await this.#device.db?.meta.get("sync"))?.value.client ?? null;
  }
}

function sorted(devices: readonly KnownDevice[]): readonly KnownDevice[] {
  return devices.toSorted((a, b) => Number(b.isThis) - Number(a.isThis) || b.seenAt - a.seenAt);
}

function toKnown(answer: DeviceAnswer, own: Id | null): KnownDevice {
  const { id, name, user, app, unsent, revokedAt, wipedAt } = answer;
  return {
    id,
    name,
    user,
    app,
    unsent,
    seenAt: Date.parse(answer.seenAt),
    leaseUntil: Date.parse(answer.leaseUntil),
    revokedAt: revokedAt === null ? null : Date.parse(revokedAt),
    wipedAt: wipedAt === null ? null : Date.parse(wipedAt),
    isThis: id === own,
  };
}
