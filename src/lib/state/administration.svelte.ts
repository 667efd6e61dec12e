/** People, API keys and the workspace: asked of the server each time, never kept on the device. */
import type { AccessSettings } from "#domain/access/permission.ts";
import type { Role } from "#domain/access/role.ts";
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import {
  createAdministrationCalls,
  type AdministrationCalls,
  type Key,
  type NewPerson,
  type Person,
} from "../sync/administration-calls.ts";
import type { Api, Failure } from "../sync/api.ts";

export type { Key, NewPerson, Person } from "../sync/administration-calls.ts";

export class AdministrationState {
  /** Null until the server answered. */
  keys: readonly Key[] | null = $state.raw(null);
  people: readonly Person[] | null = $state.raw(null);
  /** Why the last list could not be loaded; null when it could. */
  trouble: Failure | null = $state.raw(null);
  readonly #calls: AdministrationCalls;

  constructor(api: Api) {
    this.#calls = createAdministrationCalls(api);
  }

  async loadKeys(): Promise<void> {
    const answer = await this.#calls.keys();
    this.trouble = answer.ok ? null : answer.error;
    if (answer.ok) this.keys = answer.value;
  }

  async loadPeople(): Promise<void> {
    const answer = await this.#calls.people();
    this.trouble = answer.ok ? null : answer.error;
    if (answer.ok) this.people = answer.value;
  }

  /** Answers the key itself: the only time that anybody sees it. */
  async createKey(name: string, role: Role): Promise<Result<string, Failure>> {
    const made = await this.#calls.createKey(name, role);
    if (made.ok) await this.loadKeys();
    return made;
  }

  async revokeKey(id: Id): Promise<Result<null, Failure>> {
    const revoked = await this.#calls.revokeKey(id);
    if (revoked.ok) await this.loadKeys();
    return revoked;
  }

  async addPerson(person: NewPerson): Promise<Result<Person, Failure>> {
    const added = await this.#calls.addPerson(person);
    if (added.ok) await this.loadPeople();
    return added;
  }

  async setRole(id: Id, role: Role): Promise<Result<Person, Failure>> {
    const changed = await this.#calls.setRole(id, role);
    await this.loadPeople();
    return changed;
  }

  async removePerson(id: Id): Promise<Result<null, Failure>> {
    const removed = await this.#calls.removePerson(id);
    if (removed.ok) await this.loadPeople();
    return removed;
  }

  changeWorkspace(change: {
    name?: string;
    access?: AccessSettings;
  }): Promise<Result<null, Failure>> {
    return this.#calls.changeWorkspace(change);
  }
}
