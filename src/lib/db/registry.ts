/** What this browser remembers beside the databases of people: who was signed in last. */
import { Dexie, type EntityTable } from "dexie";
import type { AccessSettings } from "#domain/access/permission.ts";
import type { Role } from "#domain/access/role.ts";
import type { Id } from "#domain/core/id.ts";

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

interface SessionRecord extends LastSession {
  readonly key: "last";
}

export class Registry extends Dexie {
  declare session: EntityTable<SessionRecord, "key">;

  constructor(name = "fieldcast") {
    super(name, { chromeTransactionDurability: "strict" });
    this.version(1).stores({ session: "key" });
  }
}

export async function loadLast(registry: Registry): Promise<LastSession> {
  const { signedIn, mustSignOut } = (await registry.session.get("last")) ?? nobody;
  return { signedIn, mustSignOut };
}

export async function saveLast(registry: Registry, last: LastSession): Promise<void> {
  await registry.session.put({ key: "last", ...last });
}

export const nobody: LastSession = { signedIn: null, mustSignOut: false };
