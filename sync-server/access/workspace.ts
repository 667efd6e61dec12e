/** Makes a workspace with its first admin, for the set-up page and for the command line. */
import { randomUUIDv7 } from "node:crypto";
import { defaultAccessSettings } from "#domain/access/permission.ts";
import { passwordProblem } from "#domain/access/password.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import type { Workspace } from "#domain/sync/document.ts";
import type { Store } from "../store/store.ts";
import type { NewPerson, People, Person } from "./people.ts";

export interface NewWorkspace extends NewPerson {
  readonly workspace: string;
  /** Refuse when there is a workspace already: the set-up page is for an empty server alone. */
  readonly onlyFirst: boolean;
}

export interface MadeWorkspace {
  readonly workspace: Workspace;
  readonly admin: Person;
}

export type WorkspaceRefusal =
  | { readonly why: "set_up_already" }
  | { readonly why: "exists"; readonly email: string }
  | { readonly why: "password"; readonly words: string };

export interface WorkspaceDeps {
  readonly people: Pick<People, "create" | "remove" | "byEmail" | "setPassword">;
  readonly store: Pick<Store, "access">;
  readonly clock: () => number;
}

export async function createWorkspace(
  deps: WorkspaceDeps,
  wish: NewWorkspace,
): Promise<Result<MadeWorkspace, WorkspaceRefusal>> {
  const { people, store, clock } = deps;
  const words = passwordProblem(wish.password, wish);
  if (words !== null) return err({ why: "password", words });
  if (wish.onlyFirst && (await store.access.workspaces({})).length > 0) {
    return err({ why: "set_up_already" });
  }
  const admin = await personFor(deps, wish);
  if (admin === null) return err({ why: "exists", email: wish.email });
  const now = clock();
  const workspace: Workspace = {
    id: randomUUIDv7(),
    rev: 1,
    name: wish.workspace,
    access: defaultAccessSettings,
    createdAt: now,
  };
  const { id: user, name, email } = admin;
  const made = await store.access.createWorkspace({
    workspace,
    admin: { user, name, email },
    onlyFirst: wish.onlyFirst,
    now,
  });
  if (made) return ok({ workspace, admin });
  await people.remove(user);
  return err({ why: "set_up_already" });
}

/**
 * A new person, or one whom a crash left without a workspace: users and workspaces live in two
 * files, and a person without a workspace can do nothing until this is repeated.
 */
export async function personFor(
  { people, store }: Pick<WorkspaceDeps, "people" | "store">,
  wish: NewPerson,
): Promise<Person | null> {
  const created = await people.create(wish);
  if (created.ok) return created.value;
  const known = await people.byEmail(wish.email);
  if (known === null || (await store.access.standingOf({ user: known.id })) !== null) return null;
  await people.setPassword(known.id, wish.password);
  return known;
}
