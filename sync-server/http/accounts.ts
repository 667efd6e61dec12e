/** Provider accounts. Secrets go in and are never answered. */
import type { Price } from "#domain/campaign/price.ts";
import { may } from "#domain/access/permission.ts";
import {
  guardsOf,
  limitsOf,
  resolveWindowOf,
  windowBasisOf,
  type Account,
  type Standing,
} from "#domain/campaign/account.ts";
import { minuteMs, secondMs } from "#domain/core/time.ts";
import type { ReceiptDelay } from "#domain/message/receipt-delay.ts";
import {
  accountAnswer,
  accountCreate,
  accountPage,
  accountPatch,
  accountTest,
  type AccountAnswer,
} from "#protocol/rest/account.ts";
import { listQuery } from "#protocol/rest/page.ts";
import { providerList } from "#protocol/rest/provider.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { AccountRefusal, Accounts } from "../delivery/accounts.ts";
import type { Store } from "../store/store.ts";
import { pageOf } from "./paging.ts";
import { HttpProblem } from "./problem.ts";
import { route, type Caller } from "./route.ts";

export interface AccountRoutesDeps {
  readonly store: Pick<Store, "sync">;
  readonly accounts: Accounts;
}

const base = "/api/v1/accounts";
const providersUrl = "/api/v1/providers";
const oneParams = v.object({ id });

export function registerAccounts(
  app: FastifyInstance,
  { store, accounts }: AccountRoutesDeps,
): void {
  route(app, {
    method: "GET",
    url: base,
    summary: "Provider accounts, oldest first",
    permission: "account.read",
    query: listQuery,
    answers: { 200: accountPage },
    handle: async ({ caller, query }) => {
      const { workspace } = caller;
      const all = await store.sync.list({ workspace, kind: "account" });
      const { items, next } = pageOf(all, query, (each) => [each.createdAt, each.id]);
      return {
        items: await Promise.all(items.map((each) => answerFor(accounts, caller, each))),
        next,
      };
    },
  });
  route(app, {
    method: "POST",
    url: base,
    summary: "Make a provider account; secrets among its settings are never answered",
    permission: "account.edit",
    body: accountCreate,
    answers: { 201: accountAnswer },
    handle: async ({ caller, body }) => {
      const made = await accounts.create(by(caller), withWindow(body));
      if (!made.ok) throw toProblem(made.error);
      return await answerFor(accounts, caller, made.value);
    },
  });
  route(app, {
    method: "GET",
    url: providersUrl,
    summary: "The providers that accounts can be made with, and the settings of each",
    permission: "account.read",
    answers: { 200: providerList },
    handle: async () => ({ items: accounts.providers() }),
  });
  registerOne(app, accounts);
}

function registerOne(app: FastifyInstance, accounts: Accounts): void {
  route(app, {
    method: "GET",
    url: `${base}/:id`,
    summary: "One provider account",
    permission: "account.read",
    params: oneParams,
    answers: { 200: accountAnswer },
    handle: async ({ caller, params }) => {
      const found = await accounts.find(caller.workspace, params.id);
      if (found === null) throw new HttpProblem("not_found");
      return await answerFor(accounts, caller, found);
    },
  });
  route(app, {
    method: "PATCH",
    url: `${base}/:id`,
    summary: "Change a provider account; settings that are left out stay",
    permission: "account.edit",
    params: oneParams,
    body: accountPatch,
    answers: { 200: accountAnswer },
    handle: async ({ caller, params, body }) => {
      const changed = await accounts.change(by(caller), params.id, withWindow(body));
      if (!changed.ok) throw toProblem(changed.error);
      return await answerFor(accounts, caller, changed.value);
    },
  });
  route(app, {
    method: "DELETE",
    url: `${base}/:id`,
    summary: "Remove a provider account that no running campaign uses",
    permission: "account.edit",
    params: oneParams,
    answers: { 204: "none" },
    handle: async ({ caller, params }) => {
      const removed = await accounts.remove(by(caller), params.id);
      if (!removed.ok) throw toProblem(removed.error);
    },
  });
  route(app, {
    method: "POST",
    url: `${base}/:id/test`,
    summary: "Try the account's credentials without sending anything",
    permission: "account.edit",
    params: oneParams,
    answers: { 200: accountTest },
    handle: async ({ caller, params }) => {
      const tested = await accounts.test(caller.workspace, params.id);
      if (tested.ok) return { ok: true, detail: tested.value };
      if (tested.error.type !== "settings") throw toProblem(tested.error);
      return { ok: false, detail: tested.error.detail };
    },
  });
}

function by({ workspace, user }: Caller): { readonly workspace: string; readonly user: string } {
  return { workspace, user };
}

function toProblem(refusal: AccountRefusal): HttpProblem {
  switch (refusal.type) {
    case "gone":
      return new HttpProblem("not_found");
    case "in_use":
      return new HttpProblem("in_use", "A campaign that is scheduled or running uses it.");
    case "provider":
      return new HttpProblem("invalid", `provider: ${refusal.detail}.`, "provider");
    case "channel":
      return new HttpProblem("channel_mismatch", `${refusal.detail}.`, "channel");
    case "settings": {
      const field = refusal.field === null ? "settings" : `settings.${refusal.field}`;
      const type = refusal.forbidden === true ? "target_not_allowed" : "invalid";
      return new HttpProblem(type, `${field}: ${refusal.detail}.`, field);
    }
  }
}

/** Minutes over REST, as people choose them. */
function withWindow<T extends { readonly resolveMinutes?: number | null | undefined }>(
  body: T,
): T & { readonly resolveWindowMs?: number | null } {
  const { resolveMinutes } = body;
  if (resolveMinutes === undefined) return body;
  return { ...body, resolveWindowMs: resolveMinutes === null ? null : resolveMinutes * minuteMs };
}

/** How an account stands, as it is told. */
export function toStanding(standing: Standing | null): AccountAnswer["standing"] {
  if (standing === null) return null;
  const { since, retryAt } = standing;
  return {
    ...standing,
    since: new Date(since).toISOString(),
    retryAt: retryAt === null ? null : new Date(retryAt).toISOString(),
  };
}

/** Who may change an account sees its settings whole; secrets nobody does. */
async function answerFor(
  accounts: Pick<Accounts, "settings">,
  { workspace, role, access }: Caller,
  account: Account,
): Promise<AccountAnswer> {
  if (!may(role, "account.edit", access)) return toAnswer(account, account.summary);
  return toAnswer(account, await accounts.settings(workspace, account.id));
}

function toAnswer(account: Account, settings: Account["summary"]): AccountAnswer {
  const { id: accountId, rev, name, channel, provider, onUnknown = "hold" } = account;
  return {
    id: accountId,
    rev,
    name,
    channel: channel === "sms" ? "sms" : "email",
    provider,
    settings,
    limits: limitsOf(account),
    guards: guardsOf(account),
    standing: toStanding(account.standing ?? null),
    onUnknown,
    resolveMinutes: resolveWindowOf(account) / minuteMs,
    resolveBasis: windowBasisOf(account),
    receiptDelay: toDelayAnswer(account.receiptDelay ?? null),
    price: toPriceAnswer(account.price ?? null),
    createdAt: new Date(account.createdAt).toISOString(),
    updatedAt: new Date(account.updatedAt).toISOString(),
  };
}

function toDelayAnswer(delay: ReceiptDelay | null): AccountAnswer["receiptDelay"] {
  return delay === null ? null : { p99Seconds: delay.p99Ms / secondMs, receipts: delay.receipts };
}

function toPriceAnswer(price: Price | null): AccountAnswer["price"] {
  if (price === null) return null;
  const { rates, ...usual } = price;
  return rates === undefined ? usual : { ...usual, rates: rates.map((rate) => ({ ...rate })) };
}
