/** People and API keys as a page shows them: asked of the server each time, never kept on the device. */
import type { Account } from "#domain/campaign/account.ts";
import type { Role } from "#domain/access/role.ts";
import type { Id } from "#domain/core/id.ts";
import type { Result } from "#domain/core/result.ts";
import type { AccessSettings } from "#domain/access/permission.ts";
import {
  adminCalls,
  type AdminCalls,
  type ApiKey,
  type DeadLetterName,
  type DeadLetters,
  type MemberInput,
  type Person,
} from "../sync/admin-calls.ts";
import type { Api, Failure } from "../sync/api.ts";
import { accountCalls, type BounceAnswer } from "../sync/calls.ts";

export type { BounceAnswer } from "../sync/calls.ts";
export type { ApiKey, DeadLetter, MemberInput, Person } from "../sync/admin-calls.ts";

export class AdministrationState {
  /** Null until the server answered. */
  keys: readonly ApiKey[] | null = $state.raw(null);
  people: readonly Person[] | null = $state.raw(null);
  deadLetters: DeadLetters | null = $state.raw(null);
  /** Why the last list could not be loaded; null when it could. */
  trouble: Failure | null = $state.raw(null);
  readonly #calls: AdminCalls;
  readonly #accounts: ReturnType<typeof accountCalls>;

  constructor(api: Api) {
    this.#calls = adminCalls(api);
    this.#accounts = accountCalls(api);
  }

  changeWorkspace(change: {
    name?: string;
    access?: AccessSettings;
  }): Promise<Result<null, Failure>> {
    return this.#calls.changeWorkspace(change);
  }

  async loadKeys(): Promise<void> {
    const answer = await this.#calls.keys();
    this.trouble = answer.ok ? null : answer.error;
    if (answer.ok) this.keys = answer.value;
  }

  /** An account's settings without secrets, whole: what the device has shows only a part of some. */
  settingsOf(accountId: Id): Promise<Result<Account["summary"], Failure>> {
    return this.#accounts.settings(accountId);
  }

  /** How reading the mails that came back to an account goes. */
  bounces(accountId: Id): Promise<Result<BounceAnswer, Failure>> {
    return this.#accounts.bounces(accountId);
  }

  /** Whether the mailbox of mails that came back can be read, in words. */
  testBounces(accountId: Id): Promise<Result<string, Failure>> {
    return this.#accounts.testBounces(accountId);
  }

  async loadDeadLetters(): Promise<void> {
    const answer = await this.#calls.deadLetters();
    this.trouble = answer.ok ? null : answer.error;
    if (answer.ok) this.deadLetters = answer.value;
  }

  /** Has receipts tried again, or takes them from the list; answers how many. */
  async decideDeadLetters(
    act: "retry" | "discard",
    letters: readonly DeadLetterName[],
  ): Promise<Result<number, Failure>> {
    const chosen = letters.map(({ accountId, key, said }) => ({ accountId, key, said }));
    const done = await this.#calls.decideDeadLetters(act, chosen);
    if (done.ok) await this.loadDeadLetters();
    return done;
  }

  async loadPeople(): Promise<void> {
    const answer = await this.#calls.members();
    this.trouble = answer.ok ? null : answer.error;
    if (answer.ok) this.people = answer.value;
  }

  /** Answers the key itself: the only time that anybody sees it. */
  async createKey(name: string, role: Role): Promise<Result<string, Failure>> {
    const made = await this.#calls.createKey({ name, role });
    if (!made.ok) return made;
    await this.loadKeys();
    return { ok: true, value: made.value.key };
  }

  async revokeKey(id: Id): Promise<Result<null, Failure>> {
    const revoked = await this.#calls.revokeKey(id);
    if (revoked.ok) await this.loadKeys();
    return revoked;
  }

  async addPerson(person: MemberInput): Promise<Result<Person, Failure>> {
    const added = await this.#calls.addMember(person);
    if (added.ok) await this.loadPeople();
    return added;
  }

  /** Their sessions end; what they made stays. */
  async removePerson(id: Id): Promise<Result<null, Failure>> {
    const removed = await this.#calls.removeMember(id);
    if (removed.ok) await this.loadPeople();
    return removed;
  }

  /** One's own. Every other session of the person ends. */
  changePassword(was: string, set: string): Promise<Result<null, Failure>> {
    return this.#calls.changePassword(was, set);
  }

  /** Oneself, for good: what one made stays. */
  leave(password: string): Promise<Result<null, Failure>> {
    return this.#calls.leave(password);
  }

  async setRole(id: Id, role: Role): Promise<Result<null, Failure>> {
    const changed = await this.#calls.setRole(id, role);
    await this.loadPeople();
    return changed;
  }
}
