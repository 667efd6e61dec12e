/** What this browser remembers beside the databases of people: who was signed in last. */
import { Dexie, type EntityTable } from "dexie";
import type { AccessSettings } from "#domain/access/permission.ts";
import type { Role } from "#domain/access/role.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import { databaseName } from "./client-db.ts";

export interface SignedIn {
  readonly user: { readonly id: Id; readonly name: string; readonly email: string };
  readonly workspace: { readonly id: Id; readonly name: string };
  readonly role: Role;
  readonly access: AccessSettings;
}

export interface LastSession {
  /** Null: nobody; the app opens at its door. */
  readonly signedIn: SignedIn | null;
  /** Somebody signed out while the server could not be told: it must be, before anything else. */
  readonly mustSignOut: boolean;
}

/** Until when this browser may keep a person's data; read before their database is opened. */
export interface LeaseRecord {
  readonly database: string;
  readonly user: Id;
  readonly name: string;
  /** Server time, like `seen`. */
  readonly until: Instant;
  /** The latest time that is known to have passed. */
  readonly seen: Instant;
  /** Server minus device in ms, when it was measured last. */
  readonly offset: number;
  /** When that was; left out: nobody knows. */
  readonly comparedAt?: Instant;
  /** When it was found to be over; left out: it is not. */
  readonly lockedAt?: Instant;
}

interface SessionRecord extends LastSession {
  readonly key: "last";
}

export class Registry extends Dexie {
  declare session: EntityTable<SessionRecord, "key">;
  declare lease: EntityTable<LeaseRecord, "database">;

  constructor(name = "fieldcast") {
    super(name, { chromeTransactionDurability: "strict", cache: "disabled" });
    this.version(1).stores({ session: "key" });
    this.version(2).stores({ lease: "database" });
  }
}

export async function loadLast(registry: Registry): Promise<LastSession> {
  const { signedIn, mustSignOut } = (await registry.session.get("last")) ?? nobody;
  return { signedIn, mustSignOut };
}

export async function saveLast(registry: Registry, last: LastSession): Promise<void> {
  await registry.session.put({ key: "last", ...last });
}

/** The lease of who is signed in where it may be over; null: it is not, or nobody gave one yet. */
export async function doubtfulLease(
  { lease }: Registry,
  { user, workspace }: SignedIn,
  wall: Instant,
): Promise<LeaseRecord | null> {
  const known = await lease.get(databaseName(workspace.id, user.id));
  if (known === undefined) return null;
  const { until, seen, offset } = known;
  return Math.max(seen, wall, wall + offset) < until ? null : known;
}

export const nobody: LastSession = { signedIn: null, mustSignOut: false };
