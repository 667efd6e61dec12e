/** Saved sets of contacts: everyone, a list, or a filter. */
import type { Audience, AudienceRule, Filter } from "#domain/audience/audience.ts";
import { parseCountry } from "#domain/audience/country.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Act } from "#domain/sync/command.ts";
import {
  audienceAnswer,
  audienceAsked,
  audienceCount,
  audienceCreate,
  audiencePage,
  audiencePatch,
  type AudiencePatch,
  type PlainRule,
} from "#protocol/rest/contacts.ts";
import { listQuery } from "#protocol/rest/page.ts";
import { id } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { Commands } from "../commands/apply.ts";
import type { Recount } from "../commands/recount.ts";
import type { Store } from "../store/store.ts";
import { pageOf } from "./paging.ts";
import { HttpProblem, refused } from "./problem.ts";
import { route, type Caller } from "./route.ts";

export interface AudienceDeps {
  readonly store: Pick<Store, "contacts" | "sync">;
  readonly clock: () => Instant;
  readonly newId: () => Id;
  readonly commands: Pick<Commands, "act">;
  readonly recount: Pick<Recount, "recountAudiences">;
}

const byId = v.strictObject({ id });
const url = "/api/v1/audiences";

export function registerAudiences(app: FastifyInstance, deps: AudienceDeps): void {
  registerReading(app, deps);
  registerCounting(app, deps);
  registerChanging(app, deps);
}

function registerReading(app: FastifyInstance, { store }: AudienceDeps): void {
  route(app, {
    method: "GET",
    url,
    summary: "Audiences, by name",
    permission: "audience.read",
    query: listQuery,
    answers: { 200: audiencePage },
    handle: async ({ caller: { workspace }, query }) => {
      const all = await store.sync.list({ workspace, kind: "audience" });
      const { items, next } = pageOf(all, query, (each) => [each.name, each.id]);
      return { items: items.map(toAnswer), next };
    },
  });
  route(app, {
    method: "GET",
    url: `${url}/:id`,
    summary: "One audience with its last count",
    permission: "audience.read",
    params: byId,
    answers: { 200: audienceAnswer },
    handle: async ({ caller, params }) =>
      toAnswer(await audienceOf(store, caller.workspace, params.id)),
  });
}

function registerCounting(app: FastifyInstance, { store, clock }: AudienceDeps): void {
  route(app, {
    method: "GET",
    url: `${url}/:id/count`,
    summary: "How many contacts it means now, and how many of them each channel reaches",
    permission: "audience.read",
    params: byId,
    answers: { 200: audienceCount },
    handle: async ({ caller: { workspace }, params }) => {
      const { rule } = await audienceOf(store, workspace, params.id);
      return store.contacts.countAudience({ workspace, rule, now: clock() });
    },
  });
  route(app, {
    method: "POST",
    url: `${url}/count`,
    summary: "How many contacts a rule would mean, before it is saved",
    permission: "audience.read",
    body: audienceAsked,
    answers: { 200: audienceCount },
    handle: async ({ caller: { workspace }, body }) => {
      const rule = ruleOf(body);
      if (rule === null) throw noRule();
      return store.contacts.countAudience({ workspace, rule, now: clock() });
    },
  });
}

function registerChanging(app: FastifyInstance, deps: AudienceDeps): void {
  const { store, newId } = deps;
  route(app, {
    method: "POST",
    url,
    summary: "Save an audience: everyone, a list, or a filter",
    permission: "audience.edit",
    body: audienceCreate,
    answers: { 201: audienceAnswer },
    handle: async ({ caller, body }) => {
      const rule = ruleOf(body);
      if (rule === null) throw noRule();
      await checkList(store, caller.workspace, rule);
      const args = { id: newId(), name: body.name, rule };
      return act(deps, caller, { name: "audience.create", args });
    },
  });
  route(app, {
    method: "PATCH",
    url: `${url}/:id`,
    summary: "Change an audience; what is left out stays",
    permission: "audience.edit",
    params: byId,
    body: audiencePatch,
    answers: { 200: audienceAnswer },
    handle: async ({ caller, params, body }) => {
      const known = await audienceOf(store, caller.workspace, params.id);
      const rule = ruleOf(body);
      if (rule !== null) await checkList(store, caller.workspace, rule);
      const args = {
        id: known.id,
        ...(body.name === undefined ? {} : { name: { was: known.name, set: body.name } }),
        ...(rule === null ? {} : { rule: { was: known.rule, set: rule } }),
      };
      return act(deps, caller, { name: "audience.edit", args });
    },
  });
  route(app, {
    method: "DELETE",
    url: `${url}/:id`,
    summary: "Delete an audience; its contacts stay",
    permission: "audience.edit",
    params: byId,
    answers: { 204: "none" },
    handle: async ({ caller, params }) => {
      await audienceOf(store, caller.workspace, params.id);
      await decide(deps, caller, { name: "audience.delete", args: { id: params.id } });
    },
  });
}

/** Changes the audience, counts it, and answers it. */
async function act(
  deps: AudienceDeps,
  caller: Caller,
  change: Extract<Act, { readonly name: "audience.create" | "audience.edit" }>,
): Promise<v.InferOutput<typeof audienceAnswer>> {
  await decide(deps, caller, change);
  const { workspace } = caller;
  await deps.recount.recountAudiences({ workspace, ids: [change.args.id] });
  return toAnswer(await audienceOf(deps.store, workspace, change.args.id));
}

async function decide({ commands }: AudienceDeps, caller: Caller, change: Act): Promise<void> {
  const { workspace, user, role, access } = caller;
  const outcome = await commands.act({ workspace, user, role, access, act: change });
  if (outcome.outcome === "rejected") throw refused(outcome.refusal);
}

async function audienceOf(
  store: AudienceDeps["store"],
  workspace: Id,
  audienceId: Id,
): Promise<Audience> {
  const [found] = await store.sync.read({ workspace, keys: [["audience", audienceId]] });
  if (found?.kind !== "audience") throw new HttpProblem("not_found");
  return found.doc;
}

async function checkList(
  store: AudienceDeps["store"],
  workspace: Id,
  rule: AudienceRule,
): Promise<void> {
  const lists = listsOf(rule);
  if (lists.length === 0) return;
  const keys = [...new Set(lists)].map((list) => ["list", list] as const);
  const found = await store.sync.read({ workspace, keys });
  if (found.length === keys.length) return;
  const field = rule.kind === "list" ? "rule.list" : "rule.filter.lists";
  throw new HttpProblem("invalid", "There is no such list.", field);
}

function listsOf(rule: AudienceRule): readonly Id[] {
  if (rule.kind === "list") return [rule.listId];
  return rule.kind === "filter" ? (rule.filter.lists ?? []) : [];
}

function noRule(): HttpProblem {
  const words = 'Say whom it means: {"all":true}, {"list":ID} or {"filter":{…}}.';
  return new HttpProblem("invalid", words, "rule");
}

/** The rule that was written, in `rule` or beside the name; null when none was. */
function ruleOf({ rule, all, list, filter }: Omit<AudiencePatch, "name">): AudienceRule | null {
  const written: readonly PlainRule[] = [
    ...(rule === undefined ? [] : [rule]),
    ...(all === undefined ? [] : [{ all }]),
    ...(list === undefined ? [] : [{ list }]),
    ...(filter === undefined ? [] : [{ filter }]),
  ];
  const [first, second] = written;
  if (second !== undefined) throw new HttpProblem("invalid", "Give one rule only.", "rule");
  return first === undefined ? null : toRule(first);
}

function toRule(rule: PlainRule): AudienceRule {
  if ("all" in rule) return { kind: "all" };
  if ("list" in rule) return { kind: "list", listId: rule.list };
  if ("kind" in rule) return rule.kind === "filter" ? toRule({ filter: rule.filter }) : rule;
  const { country, countries, city, cities, lists = [], consent } = rule.filter;
  const wanted = [...asList(country), ...asList(countries)].map(toCode);
  const towns = [...asList(city), ...asList(cities)];
  const filter: Filter = {
    ...(wanted.length === 0 ? {} : { countries: wanted }),
    ...(towns.length === 0 ? {} : { cities: towns }),
    ...(lists.length === 0 ? {} : { lists: [...lists] }),
    ...(consent === undefined ? {} : { consent }),
  };
  return { kind: "filter", filter };
}

function toCode(text: string): string {
  const code = parseCountry(text);
  if (code === null)
    throw new HttpProblem("invalid", `${text} is not a country.`, "filter.country");
  return code;
}

function asList(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}

function toAnswer(audience: Audience): v.InferOutput<typeof audienceAnswer> {
  const { rule, countedAt, createdAt, updatedAt, ...rest } = audience;
  return {
    ...rest,
    rule: toPlain(rule),
    reachable: audience.reachable === null ? null : { ...audience.reachable },
    countedAt: countedAt === null ? null : new Date(countedAt).toISOString(),
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
  };
}

function toPlain(rule: AudienceRule): v.InferOutput<typeof audienceAnswer>["rule"] {
  if (rule.kind === "all") return { all: true };
  if (rule.kind === "list") return { list: rule.listId };
  if (rule.kind === "recipients") return { ...rule, picks: [...rule.picks] };
  const { countries, cities, lists, consent } = rule.filter;
  return {
    filter: {
      ...(countries === undefined ? {} : { countries: [...countries] }),
      ...(cities === undefined ? {} : { cities: [...cities] }),
      ...(lists === undefined ? {} : { lists: [...lists] }),
      ...(consent === undefined ? {} : { consent }),
    },
  };
}
