/** `/api/v1/campaigns`: the same commands that devices send, for scripts. */
import {
  codesOf,
  contentHash,
  emptyContent,
  type Campaign,
  type Content,
} from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Refusal } from "#domain/sync/refusal.ts";
import { permissionOf, type Act, type Review } from "#domain/sync/command.ts";
import {
  campaignAnswer,
  campaignCreate,
  campaignDuplicate,
  campaignLive,
  campaignPage,
  campaignPatch,
  campaignQuery,
  campaignSchedule,
  campaignSend,
  nothing,
  runsQuery,
  toCampaignAnswer,
  type CampaignAnswer,
} from "#protocol/rest/campaign.ts";
import { id as idSchema } from "#protocol/value.ts";
import type { FastifyInstance } from "fastify";
import * as v from "valibot";
import type { Commands } from "../commands/apply.ts";
import type { Store } from "../store/store.ts";
import { editOf, fallbackIn } from "./campaign-edit.ts";
import { checkNamed } from "./campaign-named.ts";
import { toSchedule } from "./campaign-schedule.ts";
import { registerApproval } from "./campaign-approval.ts";
import { registerRemarks } from "./campaign-remarks.ts";
import { registerRetry } from "./campaign-retry.ts";
import { HttpProblem, refused } from "./problem.ts";
import { route, type Caller } from "./route.ts";

export interface CampaignDeps {
  readonly store: Pick<Store, "sync" | "preflight">;
  readonly commands: Commands;
  readonly newId: () => Id;
  readonly clock: () => Instant;
}

const base = "/api/v1/campaigns";
const one = v.strictObject({ id: idSchema });

export function registerCampaigns(app: FastifyInstance, deps: CampaignDeps): void {
  registerReading(app, deps);
  registerWriting(app, deps);
  registerOthers(app, deps);
  registerLaunching(app, deps);
  registerRetry(app, {
    ...deps,
    act: (caller, id, picks) =>
      actOn(deps, caller, id, () => ({ name: "campaign.retry", args: { id, picks } })),
    find: (caller, id) => find(deps.store, caller, id),
  });
  registerApproval(app, {
    approve: (caller, id, seen) =>
      actOn(deps, caller, id, async (known) => ({
        name: "campaign.approve",
        args: { id, review: { ...(await reviewOf(deps.store, caller, known)), ...seen } },
      })),
    reject: (caller, id, reason) =>
      actOn(deps, caller, id, () => ({ name: "campaign.reject", args: { id, reason } })),
  });
  registerRemarks(app, {
    newId: deps.newId,
    find: (caller, id) => find(deps.store, caller, id),
    perform: (caller, wanted) => perform(deps, caller, wanted),
  });
  for (const name of ["unschedule", "pause", "resume", "end", "cancel"] as const) {
    route(app, {
      method: "POST",
      url: `${base}/:id/${name}`,
      summary: moves[name],
      permission: permissionOf[`campaign.${name}`],
      params: one,
      body: nothing,
      answers: { 200: campaignAnswer },
      handle: ({ caller, params: { id } }) =>
        actOn(deps, caller, id, () => ({ name: `campaign.${name}`, args: { id } })),
    });
  }
}

const moves = {
  unschedule: "Take the date back, or the request that it be approved",
  pause: "Pause between chunks",
  resume: "Go on after a pause",
  end: "Begin nothing new: a recurring campaign is complete once its last run is",
  cancel: "Stop for good; what was handed over stays handed over",
} as const;

function registerReading(app: FastifyInstance, { store }: CampaignDeps): void {
  route(app, {
    method: "GET",
    url: base,
    summary: "Campaigns, newest first",
    permission: "campaign.read",
    query: campaignQuery,
    answers: { 200: campaignPage },
    handle: async ({ caller: { workspace }, query }) => {
      const { phase, type, limit, cursor } = query;
      const all = await store.sync.list({ workspace, kind: "campaign" });
      const wanted = all
        // Runs stand under the campaign that makes them.
        .filter(({ firing }) => firing === undefined)
        .filter((each) => phase === undefined || each.phase === phase)
        .filter((each) => type === undefined || each.type === type);
      return pageOf(wanted, limit, cursor);
    },
  });
  route(app, {
    method: "GET",
    url: `${base}/:id/runs`,
    summary:
      "The runs of a recurring campaign, newest first; each is a campaign with its own report",
    permission: "campaign.read",
    params: one,
    query: runsQuery,
    answers: { 200: campaignPage },
    handle: async ({ caller, params, query: { limit, cursor } }) => {
      const { id: of } = await find(store, caller, params.id);
      const all = await store.sync.list({ workspace: caller.workspace, kind: "campaign" });
      return pageOf(
        all.filter(({ firing }) => firing?.of === of),
        limit,
        cursor,
      );
    },
  });
  route(app, {
    method: "GET",
    url: `${base}/:id`,
    summary: "One campaign",
    permission: "campaign.read",
    params: one,
    answers: { 200: campaignAnswer },
    handle: async ({ caller, params }) => toCampaignAnswer(await find(store, caller, params.id)),
  });
}

/** The newest first, those after the cursor. */
function pageOf(
  campaigns: readonly Campaign[],
  limit: number,
  cursor: string | undefined,
): v.InferOutput<typeof campaignPage> {
  const wanted = campaigns
    .toSorted((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1))
    .filter((each) => cursor === undefined || placeOf(each) < cursor);
  const items = wanted.slice(0, limit);
  const last = wanted.length > limit ? items.at(-1) : undefined;
  return { items: items.map(toCampaignAnswer), next: last === undefined ? null : placeOf(last) };
}

/** Where a campaign stands in the list: by its making, then by id. */
function placeOf({ createdAt, id }: Campaign): string {
  return `${createdAt.toString(36).padStart(9, "0")}-${id}`;
}

function registerWriting(app: FastifyInstance, deps: CampaignDeps): void {
  route(app, {
    method: "POST",
    url: base,
    summary: "Make a draft",
    permission: "campaign.create",
    body: campaignCreate,
    bodyLimit: 2 * 1024 * 1024,
    answers: { 201: campaignAnswer },
    handle: async ({ caller, body }) => {
      await checkNamed(deps.store, caller, body);
      const { name, type, audienceId = null, accountId = null } = body;
      const codes = codesOf(body);
      const content: Content = { ...emptyContent, ...body.content };
      const id = deps.newId();
      const { trackLinks = true } = body;
      const beside = { ...codes, trackLinks, ...fallbackIn(body) };
      const args = { id, name, type, content, audienceId, accountId, ...beside };
      return act(deps, caller, { name: "campaign.create", args });
    },
  });
  route(app, {
    method: "PATCH",
    url: `${base}/:id`,
    summary: "Change a campaign that has not gone out, or the text of one that is paused",
    permission: "campaign.edit",
    params: one,
    body: campaignPatch,
    bodyLimit: 2 * 1024 * 1024,
    answers: { 200: campaignAnswer },
    handle: ({ caller, params, body }) =>
      actOn(deps, caller, params.id, async (known) => {
        await checkNamed(deps.store, caller, body);
        return editOf(known, body);
      }),
  });
}

/** Copying and removing. */
function registerOthers(app: FastifyInstance, deps: CampaignDeps): void {
  route(app, {
    method: "DELETE",
    url: `${base}/:id`,
    summary: "Take a campaign and its results off every list; restore brings them back",
    permission: "campaign.delete",
    params: one,
    answers: { 204: "none" },
    handle: async ({ caller, params: { id } }) => {
      await find(deps.store, caller, id);
      await perform(deps, caller, { name: "campaign.delete", args: { id } });
    },
  });
  route(app, {
    method: "POST",
    url: `${base}/:id/duplicate`,
    summary: "Make a draft that says the same",
    permission: "campaign.create",
    params: one,
    body: campaignDuplicate,
    answers: { 201: campaignAnswer },
    handle: ({ caller, params, body }) =>
      actOn(deps, caller, params.id, (from) => ({
        name: "campaign.duplicate",
        args: {
          id: deps.newId(),
          from: from.id,
          name: body.name ?? `Copy of ${from.name}`.slice(0, 200),
        },
      })),
  });
}

function registerLaunching(app: FastifyInstance, deps: CampaignDeps): void {
  const { store } = deps;
  route(app, {
    method: "POST",
    url: `${base}/:id/send`,
    summary: "Send it now, as it is",
    permission: "campaign.ask",
    params: one,
    body: campaignSend,
    answers: { 200: campaignAnswer },
    handle: ({ caller, params: { id }, body }) =>
      actOn(deps, caller, id, async (known) => ({
        name: "campaign.send",
        args: { id, review: await reviewOf(store, caller, known), ...body },
      })),
  });
  route(app, {
    method: "POST",
    url: `${base}/:id/schedule`,
    summary: "Send it at a moment, as it is",
    permission: "campaign.ask",
    params: one,
    body: campaignSchedule,
    answers: { 200: campaignAnswer },
    handle: ({ caller, params: { id }, body }) =>
      actOn(deps, caller, id, async (known) => ({
        name: "campaign.schedule",
        args: {
          id,
          schedule: toSchedule(body),
          review: await reviewOf(store, caller, known),
        },
      })),
  });
  route(app, {
    method: "POST",
    url: `${base}/:id/live`,
    summary:
      "Set it live: from now on it goes to each person in its audience for whom this happens",
    permission: "campaign.ask",
    params: one,
    body: campaignLive,
    answers: { 200: campaignAnswer },
    handle: ({ caller, params: { id }, body: { trigger } }) =>
      actOn(deps, caller, id, async (known) => ({
        name: "campaign.setLive",
        args: { id, trigger, review: await reviewOf(store, caller, known) },
      })),
  });
}

/** Does the act that fits the campaign as it is; answers the campaign that the act was about, as it became. */
async function actOn(
  deps: CampaignDeps,
  caller: Caller,
  id: Id,
  toAct: (known: Campaign) => Act | Promise<Act>,
): Promise<CampaignAnswer> {
  const known = await find(deps.store, caller, id);
  return act(deps, caller, await toAct(known));
}

async function act(deps: CampaignDeps, caller: Caller, wanted: Act): Promise<CampaignAnswer> {
  await perform(deps, caller, wanted);
  return toCampaignAnswer(await find(deps.store, caller, wanted.args.id));
}

async function perform(deps: CampaignDeps, caller: Caller, wanted: Act): Promise<void> {
  const { workspace, user, role, access } = caller;
  const done = await deps.commands.act({ workspace, user, role, access, act: wanted });
  if (done.outcome === "rejected") throw refused(asSent(done.refusal));
}

/** The field as the caller of the API named it: a schedule's parts stand at the top of its body. */
function asSent(refusal: Refusal): Refusal {
  const field = refusal.field?.replace(/^schedule\./, "") ?? null;
  return { ...refusal, field: field === "wall" || field === "repeat.from" ? "at" : field };
}

async function find(
  store: CampaignDeps["store"],
  { workspace }: Caller,
  id: Id,
): Promise<Campaign> {
  const [found] = await store.sync.read({ workspace, keys: [["campaign", id]] });
  if (found?.kind !== "campaign") throw new HttpProblem("not_found");
  return found.doc;
}

/** A script reviews what is there when it asks; without an audience or account the rules say what misses. */
async function reviewOf(
  store: CampaignDeps["store"],
  { workspace }: Caller,
  known: Campaign,
): Promise<Review> {
  const audienceId = known.audienceId ?? known.id;
  const [audience] = await store.sync.read({ workspace, keys: [["audience", audienceId]] });
  return {
    rev: known.rev,
    contentHash: contentHash(known),
    audienceId,
    audienceRev: audience?.kind === "audience" ? audience.doc.rev : 1,
    accountId: known.accountId ?? known.id,
  };
}
