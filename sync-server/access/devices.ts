/**
 * Devices as calls meet them. Every call of a device is a contact; storage hears of it at most
 * once a minute, unless the contact changes something that must not be lost (a first one, a new
 * nonce). What is believed here is exact, as one process serves a database.
 */
import { leaseMs, shakeHands } from "#domain/access/device.ts";
import { guessDeviceName } from "#domain/access/device-name.ts";
import type { AccessSettings } from "#domain/access/permission.ts";
import type { Id } from "#domain/core/id.ts";
import { minuteMs, type Instant } from "#domain/core/time.ts";
import type { Device, RevocationReason } from "../store/device-store.ts";
import type { Store } from "../store/store.ts";

/** What a message says of its sender, beside who is signed in. */
export interface Sender {
  readonly client: Id;
  readonly instance: Id;
  readonly next?: Id;
  readonly unsent?: number;
  readonly app?: string;
}

/** Who is signed in on the device. */
export interface Holder {
  readonly workspace: Id;
  readonly user: Id;
  readonly access: AccessSettings;
  /** The login session; left out for an API key. */
  readonly session?: Id;
}

export type Meeting =
  | { readonly outcome: "known"; readonly leaseUntil: Instant }
  | { readonly outcome: "fork" }
  | { readonly outcome: "revoked"; readonly why: string };

export interface Devices {
  meet(holder: Holder, sender: Sender, userAgent: string): Promise<Meeting>;
  /** A sign of life of a device that was met: its lease is renewed. Null: it is not known, or revoked. */
  renew(holder: Holder, client: Id): Promise<Instant | null>;
  /** Why a device must remove everything; null: it need not. */
  endOf(client: Id): Promise<string | null>;
  list(workspace: Id, user: Id | null): Promise<readonly Device[]>;
  /** Null: no such device. */
  revoke(args: {
    readonly workspace: Id;
    readonly id: Id;
    readonly by: Id;
  }): Promise<Device | null>;
  /** Revoked by somebody else in the same transaction: who left a workspace. Answers their ids. */
  forgetOf(workspace: Id, user: Id): Promise<readonly Id[]>;
}

export interface DevicesDeps {
  readonly store: Pick<Store, "devices">;
  readonly clock: () => Instant;
  /** Ends the login session that a revoked device had. */
  readonly endSession: (user: Id, session: Id) => Promise<void>;
  /** Devices were revoked: for whoever keeps that outside of the database too. */
  readonly onRevoked?: () => Promise<void>;
}

interface Known {
  readonly user: Id;
  readonly session: Id | null;
  readonly instance: Id | null;
  readonly past: Id | null;
  readonly unsent: number;
  readonly app: string | null;
  readonly writtenAt: Instant;
}

/** Storage hears of a device that only says that it is there no more often than this. */
const writeEveryMs = minuteMs;
const maxKept = 20_000;

export const endWords = {
  revoked: "This device was signed out in Fieldcast, so its data was removed from it.",
  left: "You are no longer in this workspace, so its data was removed from this device.",
} as const satisfies Record<RevocationReason, string>;

export function createDevices(deps: DevicesDeps): Devices {
  return new KnownDevices(deps);
}

class KnownDevices implements Devices {
  readonly #deps: DevicesDeps;
  readonly #known = new Map<string, Known>();
  /** Revoked devices by id; ids are unguessable and of one workspace. */
  #ended: Promise<Map<Id, RevocationReason>> | null = null;

  constructor(deps: DevicesDeps) {
    this.#deps = deps;
  }

  async meet(holder: Holder, sender: Sender, userAgent: string): Promise<Meeting> {
    const now = this.#deps.clock();
    const leaseUntil = now + leaseMs(holder.access);
    const place = placeOf(holder.workspace, sender.client);
    const known = this.#known.get(place);
    if (known !== undefined && isNothingNew(known, { holder, sender, now })) {
      this.#known.set(place, { ...known, unsent: sender.unsent ?? known.unsent });
      return { outcome: "known", leaseUntil };
    }
    const contact = { ...contactOf(holder, sender), leaseUntil, now };
    const name = guessDeviceName(userAgent);
    const met = await this.#deps.store.devices.meet({ ...contact, name });
    if (met.outcome === "fork") return met;
    if (met.outcome === "revoked") {
      this.#known.delete(place);
      return { outcome: "revoked", why: (await this.endOf(sender.client)) ?? endWords.revoked };
    }
    if (this.#known.size >= maxKept) this.#known.clear();
    const { user, session, app } = contact;
    const unsent = contact.unsent ?? known?.unsent ?? 0;
    const { instance, past } = met;
    this.#known.set(place, { user, session, app, unsent, instance, past, writtenAt: now });
    return { outcome: "known", leaseUntil };
  }

  async renew(holder: Holder, client: Id): Promise<Instant | null> {
    const { workspace, access } = holder;
    const known = this.#known.get(placeOf(workspace, client));
    if (known === undefined || known.instance === null) return null;
    const { instance, unsent } = known;
    const met = await this.meet(holder, { client, instance, unsent }, "");
    return met.outcome === "known" ? this.#deps.clock() + leaseMs(access) : null;
  }

  async endOf(client: Id): Promise<string | null> {
    const reason = (await this.#endedDevices()).get(client);
    return reason === undefined ? null : endWords[reason];
  }

  async list(workspace: Id, user: Id | null): Promise<readonly Device[]> {
    const devices = await this.#deps.store.devices.devices({ workspace, user });
    return devices.map((device) => {
      const known = this.#known.get(placeOf(workspace, device.id));
      const isNewer = known !== undefined && device.revoked === null;
      return isNewer ? { ...device, unsent: known.unsent } : device;
    });
  }

  async revoke(args: Parameters<Devices["revoke"]>[0]): Promise<Device | null> {
    const { store, clock, endSession } = this.#deps;
    const { workspace, id } = args;
    const place = placeOf(workspace, id);
    const unsent = this.#known.get(place)?.unsent ?? null;
    const done = await store.devices.revoke({ ...args, unsent, now: clock() });
    if (done === null) return null;
    this.#known.delete(place);
    (await this.#endedDevices()).set(id, done.device.revoked?.reason ?? "revoked");
    if (done.session !== null) await endSession(done.device.user, done.session);
    await this.#deps.onRevoked?.();
    return done.device;
  }

  async forgetOf(workspace: Id, user: Id): Promise<readonly Id[]> {
    const ended = await this.#endedDevices();
    const gone = await this.#deps.store.devices.devices({ workspace, user });
    for (const { id, revoked } of gone) {
      this.#known.delete(placeOf(workspace, id));
      if (revoked !== null) ended.set(id, revoked.reason);
    }
    await this.#deps.onRevoked?.();
    return gone.map(({ id }) => id);
  }

  #endedDevices(): Promise<Map<Id, RevocationReason>> {
    this.#ended ??= this.#deps.store.devices
      .revoked({})
      .then((list) => new Map(list.map(({ id, revoked }) => [id, revoked?.reason ?? "revoked"])))
      .catch((error: unknown) => {
        this.#ended = null;
        throw error;
      });
    return this.#ended;
  }
}

function contactOf(holder: Holder, sender: Sender) {
  const { workspace, user, session = null } = holder;
  const { client: device, instance, next = null, unsent = null, app = null } = sender;
  return { workspace, device, user, session, instance, next, unsent, app };
}

/** Whether storage need not hear of a contact. */
function isNothingNew(
  known: Known,
  contact: { readonly holder: Holder; readonly sender: Sender; readonly now: Instant },
): boolean {
  const { holder, sender, now } = contact;
  if (known.user !== holder.user || known.session !== (holder.session ?? null)) return false;
  if (now - known.writtenAt >= writeEveryMs) return false;
  if (sender.app !== undefined && sender.app !== known.app) return false;
  const after = shakeHands(known, { instance: sender.instance, next: sender.next ?? null });
  return after !== "stale" && after.instance === known.instance;
}

function placeOf(workspace: Id, client: Id): string {
  return `${workspace}:${client}`;
}
