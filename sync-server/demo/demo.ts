/**
 * Fills a workspace with made-up contacts and campaigns, so that a person who tries Fieldcast
 * sees it at work: three months of results, one campaign that sends now, and plans. The past is
 * written on a clock of its own by the same operations that write the present.
 */
import { contentHash, type Campaign, type Schedule } from "#domain/campaign/campaign.ts";
import type { Id } from "#domain/core/id.ts";
import { dayMs, hourMs, type Instant } from "#domain/core/time.ts";
import { smsLength } from "#domain/message/sms-segments.ts";
import type { Act } from "#domain/sync/command.ts";
import type { AudienceRule } from "#domain/audience/audience.ts";
import type { MadeWorkspace } from "../access/workspace.ts";
import { createServices, type ServiceDeps, type Services } from "../services.ts";
import { clickOn } from "./clicks.ts";
import { makePool, redeemSome } from "./codes.ts";
import { makePeople } from "./people.ts";
import {
  drafts,
  endsOf,
  pastPlans,
  scheduled,
  sendingNow,
  type PastPlan,
  type Plan,
} from "./plans.ts";

const people = 2_000;
/** So many of them are regular customers, and in a list of their own. */
const regulars = 700;

interface World {
  readonly deps: ServiceDeps;
  readonly services: Services;
  readonly workspace: Id;
  readonly admin: Id;
  /** Sets the clock of the services. */
  readonly turnTo: (at: Instant) => void;
}

interface Cast {
  readonly audiences: Readonly<Record<Plan["audience"], Id>>;
  readonly accounts: Readonly<Record<Plan["type"] | "slow", Id>>;
}

export async function fillDemo(deps: ServiceDeps, made: MadeWorkspace): Promise<void> {
  const now = deps.clock();
  let at = now;
  const services = createServices({ ...deps, clock: () => at });
  const world: World = {
    deps,
    services,
    workspace: made.workspace.id,
    admin: made.admin.id,
    turnTo: (moment) => {
      at = moment;
    },
  };
  try {
    world.turnTo(now - 95 * dayMs);
    const lists = await importPeople(world, at);
    const cast: Cast = {
      audiences: await makeAudiences(world, lists),
      accounts: await makeAccounts(world),
    };
    for (const plan of pastPlans) await playPast(world, cast, { plan, now });
    world.turnTo(now);
    await services.recount.recountAudiences({ workspace: world.workspace, ids: null });
    for (const plan of drafts) await create(world, cast, plan);
    await planAhead(world, cast, now);
    await sendNow(world, cast);
  } finally {
    await services.stop(0);
  }
}

interface Lists {
  readonly members: Id;
  readonly regulars: Id;
}

async function importPeople(world: World, now: Instant): Promise<Lists> {
  const all = makePeople(people, now);
  const members = await importList(world, { name: "Members", contacts: all, now });
  const few = { name: "Regular customers", contacts: all.slice(0, regulars), now: now + hourMs };
  return { members, regulars: await importList(world, few) };
}

async function importList(
  { deps: { store, newId }, workspace, admin }: World,
  list: {
    readonly name: string;
    readonly contacts: ReturnType<typeof makePeople>;
    readonly now: Instant;
  },
): Promise<Id> {
  const { now } = list;
  const [id, listId] = [newId(), newId()];
  const fileName = `${list.name.toLowerCase().replaceAll(" ", "-")}.csv`;
  const heading = ["email", "phone", "first_name", "last_name", "country", "city"];
  const names = { fileName, listId, listName: list.name, heading };
  await store.contacts.startImport({ workspace, id, ...names, now });
  const contacts = list.contacts.map((contact) => ({ ...contact, id: newId() }));
  const rows = { importId: id, contacts, rejects: [], show: true };
  await store.contacts.importRows({ workspace, ...rows, now });
  await store.contacts.endImport({ workspace, id, problem: null, by: admin, now });
  return listId;
}

async function makeAudiences(world: World, lists: Lists): Promise<Cast["audiences"]> {
  const make = async (name: string, rule: AudienceRule): Promise<Id> => {
    const id = world.deps.newId();
    await act(world, { name: "audience.create", args: { id, name, rule } });
    return id;
  };
  return {
    everyone: await make("Everyone", { kind: "all" }),
    list: await make("Regular customers", { kind: "list", listId: lists.regulars }),
    email: await make("Agreed to e-mail", { kind: "filter", filter: { consent: "email" } }),
    sms: await make("Agreed to SMS", { kind: "filter", filter: { consent: "sms" } }),
    france: await make("France, by SMS", {
      kind: "filter",
      filter: { countries: ["FR"], consent: "sms" },
    }),
    london: await make("London and Leeds, by e-mail", {
      kind: "filter",
      filter: { cities: ["London", "Leeds"], consent: "email" },
    }),
  };
}

async function makeAccounts({ services, workspace, admin }: World): Promise<Cast["accounts"]> {
  const make = async (
    name: string,
    channel: Plan["type"],
    perSecond: number | null,
  ): Promise<Id> => {
    const made = await services.accounts.create(
      { workspace, user: admin },
      {
        name,
        channel,
        provider: "sandbox",
        settings: { latencyMs: 120, receiptDelayMs: 4_000 },
        limits: { perSecond },
      },
    );
    if (!made.ok) throw new Error(`the demo's account was refused: ${made.error.type}`);
    return made.value.id;
  };
  return {
    email: await make("Sandbox e-mail", "email", null),
    sms: await make("Sandbox SMS", "sms", null),
    slow: await make("Sandbox SMS, two a second", "sms", 2),
  };
}

async function playPast(
  world: World,
  cast: Cast,
  { plan, now }: { readonly plan: PastPlan; readonly now: Instant },
): Promise<void> {
  const day = Math.floor((now - plan.daysAgo * dayMs) / dayMs) * dayMs;
  const launchedAt = day + plan.hour * hourMs;
  world.turnTo(launchedAt);
  const pool = await poolFor(world, { plan, launchedAt });
  const campaign = pastCampaign(world, cast, { plan, launchedAt, pool });
  await world.deps.store.admin.playCampaign({
    workspace: world.workspace,
    campaign,
    perMinute: plan.perMinute,
    segments: plan.type === "sms" ? smsLength(plan.content.text).segments : null,
    ends: endsOf(plan),
    canceledAfter: plan.canceledAfter ?? null,
  });
  const { id: campaignId, content } = campaign;
  const { store } = world.deps;
  const { ownUrl, length } = world.services.trackedLinks;
  const { workspace, admin: user } = world;
  if (campaign.trackLinks === true) {
    await clickOn({ store, workspace, campaignId, content, launchedAt, ownUrl, length });
  }
  if (pool !== null) {
    await redeemSome({ store, workspace, poolId: pool }, { launchedAt, user });
  }
  for (const { afterHours, text } of plan.remarks ?? []) {
    const at = launchedAt + afterHours * hourMs;
    world.turnTo(at);
    const note = world.deps.newId();
    const set = { at, text };
    await act(world, { name: "campaign.annotate", args: { id: campaignId, note, was: null, set } });
  }
}

/** null: it shows no codes. */
async function poolFor(
  { deps: { store, newId }, workspace }: World,
  { plan, launchedAt }: { readonly plan: PastPlan; readonly launchedAt: Instant },
): Promise<Id | null> {
  if (plan.codePool === undefined) return null;
  const poolId = newId();
  const made = { name: plan.codePool, now: launchedAt - dayMs };
  await makePool({ store, workspace, poolId }, made);
  return poolId;
}

interface PastLaunch {
  readonly plan: PastPlan;
  readonly launchedAt: Instant;
  readonly pool: Id | null;
}

function pastCampaign(
  { deps, admin }: World,
  cast: Cast,
  { plan, launchedAt, pool }: PastLaunch,
): Campaign {
  return {
    id: deps.newId(),
    number: null,
    rev: 2,
    name: plan.name,
    group: "messaging",
    type: plan.type,
    content: plan.content,
    ...(plan.content.text.includes("https://") ? { trackLinks: true } : {}),
    ...(pool === null ? {} : { codePoolId: pool }),
    audienceId: cast.audiences[plan.audience],
    accountId: cast.accounts[plan.type],
    schedule: null,
    phase: "preparing",
    pausedFrom: null,
    pauseReason: null,
    waiting: null,
    createdAt: launchedAt - 20 * hourMs,
    createdBy: admin,
    updatedAt: launchedAt,
    launchedAt,
    startedAt: null,
    submittedAt: null,
    completedAt: null,
    total: null,
  };
}

async function create(
  world: World,
  cast: Cast,
  plan: Plan,
  accountId = cast.accounts[plan.type],
): Promise<Id> {
  const id = world.deps.newId();
  const { name, type, content } = plan;
  const audienceId = cast.audiences[plan.audience];
  const args = { id, name, type, content, audienceId, accountId };
  await act(world, { name: "campaign.create", args });
  return id;
}

async function planAhead(world: World, cast: Cast, now: Instant): Promise<void> {
  const id = await create(world, cast, scheduled);
  const at = Math.ceil((now + 9 * dayMs) / dayMs) * dayMs + 7 * hourMs;
  const schedule: Schedule = { at, zone: "Europe/London", ifLate: "hold" };
  const review = await reviewOf(world, id);
  await act(world, { name: "campaign.schedule", args: { id, schedule, review } });
}

async function sendNow(world: World, cast: Cast): Promise<void> {
  const id = await create(world, cast, sendingNow, cast.accounts.slow);
  await act(world, { name: "campaign.send", args: { id, review: await reviewOf(world, id) } });
}

async function reviewOf({ deps: { store }, workspace }: World, id: Id) {
  const [campaign] = await store.sync.read({ workspace, keys: [["campaign", id]] });
  if (campaign?.kind !== "campaign") throw new Error("the demo's campaign is gone");
  const { rev, audienceId, accountId } = campaign.doc;
  if (audienceId === null || accountId === null) throw new Error("the demo's campaign has a gap");
  const [audience] = await store.sync.read({ workspace, keys: [["audience", audienceId]] });
  if (audience?.kind !== "audience") throw new Error("the demo's audience is gone");
  const audienceRev = audience.doc.rev;
  return { rev, contentHash: contentHash(campaign.doc), audienceId, audienceRev, accountId };
}

async function act({ services, workspace, admin }: World, wish: Act): Promise<void> {
  const actor = { workspace, user: admin, role: "admin", access: { fieldMaySend: false } } as const;
  const done = await services.commands.act({ ...actor, act: wish });
  if (done.outcome !== "rejected") return;
  throw new Error(`the demo's ${wish.name} was refused: ${JSON.stringify(done.refusal)}`);
}
