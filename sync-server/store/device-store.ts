/** What storage keeps of devices: who holds data where, until when, and what was taken back. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";

export interface Device {
  readonly workspace: Id;
  /** The `client` of its messages. */
  readonly id: Id;
  readonly user: Id;
  readonly name: string;
  /** The app's version as it last said; `""`: it did not. */
  readonly app: string;
  readonly firstAt: Instant;
  readonly seenAt: Instant;
  readonly leaseUntil: Instant;
  /** Changes that had not left it, as it last said. */
  readonly unsent: number;
  /** Null: it may sync. */
  readonly revoked: Revocation | null;
}

/** `left`: its person is no longer in the workspace. `revoked`: somebody signed it out. */
export const revocationReasons = ["revoked", "left"] as const;

export type RevocationReason = (typeof revocationReasons)[number];

export interface Revocation {
  readonly at: Instant;
  /** Null: by the command line. */
  readonly by: Id | null;
  readonly reason: RevocationReason;
  /** When the device heard of it, and so removed its data; null: not yet. */
  readonly toldAt: Instant | null;
}

/** A contact of a device, with what it says of itself. */
export interface Contact {
  readonly workspace: Id;
  readonly device: Id;
  readonly user: Id;
  /** The session that it came with, so that it can be ended; null: by an API key. */
  readonly session: Id | null;
  readonly instance: Id;
  readonly next: Id | null;
  /** Null: it did not say. */
  readonly unsent: number | null;
  readonly app: string | null;
  /** For a device that is met the first time. */
  readonly name: string;
  readonly leaseUntil: Instant;
  readonly now: Instant;
}

export type Met =
  | { readonly outcome: "known"; readonly instance: Id; readonly past: Id | null }
  /** Its nonce is stale, or its id belongs to another person: it must take an id of its own. */
  | { readonly outcome: "fork" }
  | { readonly outcome: "revoked" };

/** What a revocation leaves to do: the device, and the login session that it had. */
export interface Revoked {
  readonly device: Device;
  readonly session: Id | null;
}

/** A revocation as it is known beside the database. */
export interface KnownRevocation extends Omit<Revocation, "toldAt"> {
  readonly workspace: Id;
  readonly id: Id;
  readonly user: Id;
  readonly name: string;
  readonly unsent: number;
}

export interface DeviceStore {
  /**
   * A device makes contact: known from now on, its lease renewed, its nonce moved on. One that is
   * revoked stays as it is, but for what it says of its unsent changes, which are lost.
   */
  meet(contact: Contact): Promise<Met>;
  /** Of one person, or of everybody (`null`), those heard of last first. */
  devices(args: { readonly workspace: Id; readonly user: Id | null }): Promise<readonly Device[]>;
  device(args: { readonly workspace: Id; readonly id: Id }): Promise<Device | null>;
  rename(args: {
    readonly workspace: Id;
    readonly id: Id;
    readonly name: string;
    readonly by: Id;
    readonly now: Instant;
  }): Promise<Device | null>;
  /** Null: no such device. One that is revoked already stays so; the first time and person count. */
  revoke(args: {
    readonly workspace: Id;
    readonly id: Id;
    readonly by: Id;
    /** The newest that it said, where that was not written yet. */
    readonly unsent: number | null;
    readonly now: Instant;
  }): Promise<Revoked | null>;
  /** Every revoked device of every workspace. */
  revoked(args: Record<string, never>): Promise<readonly Device[]>;
  /**
   * In a restored database: revokes what was revoked since it was copied, also devices that it
   * never knew. Those of workspaces that it does not have are left out. Answers how many it was.
   */
  revokeAgain(args: { readonly devices: readonly KnownRevocation[] }): Promise<number>;
}
