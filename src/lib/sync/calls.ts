/** What screens ask of the server beside syncing: accounts, counts, contacts, people and keys. */
import type { AccessSettings } from "#domain/access/permission.ts";
import type { Role } from "#domain/access/role.ts";
import type { AudienceRule } from "#domain/audience/audience.ts";
import type { ConsentChannel } from "#domain/audience/contact.ts";
import type { Limits, ProviderName } from "#domain/campaign/account.ts";
import type { Channel } from "#domain/campaign/channel.ts";
import type { Id } from "#domain/core/id.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import type { Instant } from "#domain/core/time.ts";
import {
  keyCreated,
  keyPage,
  memberAnswer,
  memberPage,
  sessionAnswer,
  sessionWorkspace,
} from "#protocol/rest/access.ts";
import { accountAnswer, accountTest } from "#protocol/rest/account.ts";
import { audienceCount, consentPage, contactPage } from "#protocol/rest/contacts.ts";
import * as v from "valibot";
import { failure, type Api, type Failure } from "./api.ts";

type Answer<T> = Promise<Result<T, Failure>>;

export interface AccountInput {
  readonly name: string;
  readonly channel: Channel;
  readonly provider: ProviderName;
  /** Includes secrets; a secret left out of an update stays as it is. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly limits: Limits;
}

/** A provider may take its time to answer a trial. */
const testTimeoutMs = 30_000;

export function accountCalls(api: Api) {
  const base = "/api/v1/accounts";
  return {
    async create(input: AccountInput): Answer<Id> {
      const answer = await api.request(accountAnswer, "POST", base, input);
      return answer.ok ? ok(answer.value.id) : answer;
    },
    async update(id: Id, input: Partial<Omit<AccountInput, "channel" | "provider">>): Answer<null> {
      return silent(await api.request(accountAnswer, "PATCH", `${base}/${id}`, input));
    },
    async remove(id: Id): Answer<null> {
      return silent(await api.request(v.unknown(), "DELETE", `${base}/${id}`));
    },
    async test(id: Id): Answer<string> {
      const options = { timeoutMs: testTimeoutMs };
      const path = `${base}/${id}/test`;
      const answer = await api.request(accountTest, "POST", path, {}, options);
      if (!answer.ok) return answer;
      const { ok: isFine, detail } = answer.value;
      if (isFine) return ok(detail);
      return err({ ...failure("refused"), title: "The provider does not accept this", detail });
    },
  };
}

export interface AudienceCount {
  readonly count: number;
  /** How many have the address and the consent that each channel needs. */
  readonly reachable: Readonly<Record<ConsentChannel, number>>;
}

/** How many contacts the rule means now. */
export async function countAudience(api: Api, rule: AudienceRule): Answer<AudienceCount> {
  return api.request(audienceCount, "POST", "/api/v1/audiences/count", { rule });
}

export interface ContactRow {
  readonly id: Id;
  readonly email: string | null;
  readonly phone: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly country: string;
  readonly city: string;
  /** The channels that they consented to. */
  readonly consents: readonly ConsentChannel[];
}

export interface ContactPage {
  readonly items: readonly ContactRow[];
  /** For the next page; null at the end. */
  readonly next: string | null;
}

export async function searchContacts(
  api: Api,
  q: string,
  cursor: string | null,
): Answer<ContactPage> {
  const query = new URLSearchParams({ q, ...(cursor === null ? {} : { cursor }) });
  const answer = await api.request(contactPage, "GET", `/api/v1/contacts?${query.toString()}`);
  if (!answer.ok) return answer;
  const { items, next } = answer.value;
  return ok({ items: items.map(toContactRow), next });
}

function toContactRow(contact: v.InferOutput<typeof contactPage>["items"][number]): ContactRow {
  const { id, email, phone, firstName, lastName, country, city, consents } = contact;
  const given = consents.filter(({ granted }) => granted).map(({ channel }) => channel);
  return { id, email, phone, firstName, lastName, country, city, consents: given };
}

/** One thing that a contact said about being written to. */
export interface ConsentWord {
  readonly channel: ConsentChannel;
  readonly granted: boolean;
  readonly at: Instant;
  readonly source: string;
}

/** Everything that a contact ever said, newest first. */
export async function consentsOf(api: Api, id: Id): Answer<readonly ConsentWord[]> {
  const answer = await api.request(consentPage, "GET", `/api/v1/contacts/${id}/consents`);
  if (!answer.ok) return answer;
  return ok(answer.value.items.map((word) => ({ ...word, at: Date.parse(word.at) })));
}

export interface MemberInput {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly password: string;
}

export interface Person {
  readonly id: Id;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
}

export interface ApiKey {
  readonly id: Id;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

export function adminCalls(api: Api) {
  return {
    async members(): Answer<readonly Person[]> {
      return itemsOf(await api.request(memberPage, "GET", "/api/v1/members"));
    },
    async addMember(input: MemberInput): Answer<Person> {
      return api.request(memberAnswer, "POST", "/api/v1/members", input);
    },
    async setRole(id: Id, role: Role): Answer<null> {
      return silent(await api.request(memberAnswer, "PATCH", `/api/v1/members/${id}`, { role }));
    },
    async removeMember(id: Id): Answer<null> {
      return silent(await api.request(v.unknown(), "DELETE", `/api/v1/members/${id}`));
    },
    async changeWorkspace(change: { name?: string; access?: AccessSettings }): Answer<null> {
      return silent(await api.request(sessionWorkspace, "PATCH", "/api/v1/workspace", change));
    },
    async changePassword(was: string, set: string): Answer<null> {
      const path = "/api/v1/session/password";
      return silent(await api.request(sessionAnswer, "POST", path, { was, set }));
    },
    async keys(): Answer<readonly ApiKey[]> {
      return itemsOf(await api.request(keyPage, "GET", "/api/v1/keys"));
    },
    /** The answer is the only one that holds the key itself. */
    async createKey(input: { name: string; role: Role }): Answer<ApiKey & { key: string }> {
      return api.request(keyCreated, "POST", "/api/v1/keys", input);
    },
    async revokeKey(id: Id): Answer<null> {
      return silent(await api.request(v.unknown(), "DELETE", `/api/v1/keys/${id}`));
    },
  };
}

export type AdminCalls = ReturnType<typeof adminCalls>;

function silent<T>(answer: Result<T, Failure>): Result<null, Failure> {
  return answer.ok ? ok(null) : answer;
}

function itemsOf<T>(
  answer: Result<{ readonly items: readonly T[] }, Failure>,
): Result<readonly T[], Failure> {
  return answer.ok ? ok(answer.value.items) : answer;
}
