/** What screens ask of the server beside syncing: accounts, counts and contacts. */
import type { AudienceRule } from "#domain/audience/audience.ts";
import type { ConsentChannel } from "#domain/audience/contact.ts";
import type { Account, Limits, UnknownPolicy } from "#domain/campaign/account.ts";
import type { ProviderName } from "#domain/campaign/provider.ts";
import type { Price } from "#domain/campaign/price.ts";
import type { Channel } from "#domain/campaign/channel.ts";
import type { Id } from "#domain/core/id.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Guards } from "#domain/message/breaker.ts";
import { bounceAnswer, type BounceAnswer } from "#protocol/rest/receipt.ts";
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
  readonly guards: Guards;
  /** What becomes of a message of unknown outcome where no key is honoured. */
  readonly onUnknown: UnknownPolicy;
  /** Minutes in which proof of it may come; null: as the account's receipts teach. Left out, it stays. */
  readonly resolveMinutes?: number | null;
  /** What the provider charges; left out of an update, it stays. */
  readonly price?: Price | null;
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
    /** As who may change the account sees it. */
    async settings(id: Id): Answer<Account["summary"]> {
      const answer = await api.request(accountAnswer, "GET", `${base}/${id}`);
      return answer.ok ? ok(answer.value.settings) : answer;
    },
    async remove(id: Id): Answer<null> {
      return silent(await api.request(v.unknown(), "DELETE", `${base}/${id}`));
    },
    async test(id: Id): Answer<string> {
      return tried(api, `${base}/${id}/test`, "The provider does not accept this");
    },
    async bounces(id: Id): Answer<BounceAnswer> {
      return api.request(bounceAnswer, "GET", `${base}/${id}/bounces`);
    },
    async testBounces(id: Id): Answer<string> {
      return tried(api, `${base}/${id}/bounces/test`, "It cannot be read");
    },
  };
}

/** The words of a trial; those of one that failed under the title. */
async function tried(api: Api, path: string, title: string): Answer<string> {
  const answer = await api.request(accountTest, "POST", path, {}, { timeoutMs: testTimeoutMs });
  if (!answer.ok) return answer;
  const { ok: isFine, detail } = answer.value;
  return isFine ? ok(detail) : err({ ...failure("refused"), title, detail });
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

/** A deleted campaign comes back, with its results; this device hears of it like of any change. */
export async function restoreCampaign(api: Api, id: Id): Answer<null> {
  return silent(await api.request(v.unknown(), "POST", `/api/v1/campaigns/${id}/restore`));
}

function silent<T>(answer: Result<T, Failure>): Result<null, Failure> {
  return answer.ok ? ok(null) : answer;
}

export type { BounceAnswer } from "#protocol/rest/receipt.ts";
