// The door of a simulated server: who is known there, who was copied, and who was sent away for
// good (S34–S36), by the product's own record of devices.
import { defaultAccessSettings } from "#domain/access/permission.ts";
import type { Id } from "#domain/core/id.ts";
import { createDevices, type Devices, type Sender } from "#server/access/devices.ts";
import type { Store } from "#server/store/store.ts";
import type { Bug } from "./bugs.ts";

/** A message was not taken, and why: its device must change its name, or remove everything. */
export class TurnedAway extends Error {
  readonly why: "fork" | "revoked";

  constructor(why: "fork" | "revoked") {
    super(`the server turned a device away: ${why}`);
    this.why = why;
  }
}

export interface GateOptions {
  readonly store: Pick<Store, "devices">;
  readonly clock: () => number;
  readonly workspace: Id;
  readonly bug: Bug | null;
}

export class Gate {
  readonly #devices: Devices;
  readonly #options: GateOptions;

  constructor(options: GateOptions) {
    const { store, clock } = options;
    this.#options = options;
    this.#devices = createDevices({ store, clock, endSession: async () => undefined });
  }

  /** Throws TurnedAway unless the device may go on. */
  async admit(user: Id, sender: Sender): Promise<void> {
    const { workspace, bug } = this.#options;
    const holder = { workspace, user, access: defaultAccessSettings };
    const met = await this.#devices.meet(holder, sender, "");
    if (met.outcome === "revoked" && bug === "answers-the-revoked") return;
    if (met.outcome !== "known") throw new TurnedAway(met.outcome);
  }

  /** Whether a device that was admitted may hear no more. */
  async isRevoked(client: Id): Promise<boolean> {
    if (this.#options.bug === "answers-the-revoked") return false;
    return (await this.#devices.endOf(client)) !== null;
  }

  /** Whether there was such a device. */
  async revoke(id: Id, by: Id): Promise<boolean> {
    const { workspace } = this.#options;
    return (await this.#devices.revoke({ workspace, id, by })) !== null;
  }
}
