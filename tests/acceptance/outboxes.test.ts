// Outboxes that devices of every version of the protocol filled while they were away, in the hands
// of today's server and of today's app: what they meant when they were written they mean today.
import "fake-indexeddb/auto";
import { Dexie } from "dexie";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, describe, expect, test } from "vitest";
import * as v from "valibot";
import { defaultAccessSettings } from "#domain/access/permission.ts";
import type { Act } from "#domain/sync/command.ts";
import { ClientDb } from "#lib/db/client-db.ts";
import { loadDraft, sealDrafts } from "#lib/db/draft.ts";
import { createApi } from "#lib/sync/api.ts";
import { createSyncCore, type SyncCore } from "#lib/sync/core.ts";
import { newId } from "#lib/sync/new-id.ts";
import { createHttpTransport } from "#lib/sync/transport.ts";
import { pushReply, type Verdict } from "#protocol/down.ts";
import type { PushRequest } from "#protocol/up.ts";
import { oldestProtocol, protocolVersion } from "#protocol/version.ts";
import { createCommands } from "#server/commands/apply.ts";
import { openContentCheck } from "#server/delivery/templates.ts";
import { toProblem } from "#server/http/problem.ts";
import { installGuards } from "#server/http/route.ts";
import { registerSync } from "#server/http/sync.ts";
import { createDevices } from "#server/access/devices.ts";
import { createPuller } from "#server/live/pull.ts";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import type { Store } from "#server/store/store.ts";
import { ana } from "../support/outboxes/acts.ts";
import { recordedOutboxes, workspace, type RecordedOutbox } from "../support/outboxes/shape.ts";

const outboxes = await recordedOutboxes();

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const admin = { user: ana, role: "admin", access: defaultAccessSettings } as const;

const newAudience: Act = {
  name: "audience.create",
  args: { id: newId(), name: "Just now", rule: { kind: "all" } },
};

interface Server {
  readonly app: FastifyInstance;
  readonly store: Store;
}

/** Today's server over what the server of that time held, which has heard of the device before. */
async function takeOver(outbox: RecordedOutbox): Promise<Server> {
  let now = outbox.at;
  const clock = () => (now += 1_000);
  const store = openInlineStore(":memory:");
  closers.push(() => store.close());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each document stands beside its own kind
  const writes = outbox.base as unknown as Parameters<Store["sync"]["commitWrites"]>[0]["writes"];
  await store.sync.commitWrites({ workspace, expect: [], writes, activity: null, now });
  const app = Fastify({ bodyLimit: 4 * 1024 * 1024 });
  app.setErrorHandler((error, _request, reply) => {
    const { problem, headers } = toProblem(error);
    return reply.code(problem.status).headers(headers).send(problem);
  });
  const caller = { workspace, ...admin, name: "Ana", viaKey: false };
  const authenticate = async () => caller;
  installGuards(app, { authenticate, answers: store.access, clock, origins: [] });
  const commands = createCommands({ store, clock, checkContent: openContentCheck() });
  const devices = createDevices({ store, clock, endSession: async () => undefined });
  registerSync(app, { commands, devices, puller: createPuller({ store, clock }), clock });
  closers.push(() => app.close());
  await pushBefore(app, outbox);
  return { app, store };
}

/** Something under each number that the device had used by then. */
async function pushBefore(app: FastifyInstance, { requests }: RecordedOutbox): Promise<void> {
  const [first] = requests;
  const [oldest] = first?.commands ?? [];
  if (first === undefined || oldest === undefined) throw new Error("nothing was recorded");
  const commands = Array.from({ length: oldest.mid - 1 }, (_, n) => {
    return { ...oldest, mid: n + 1, uid: newId(), name: "nothing", args: {} };
  });
  await push(app, { ...first, commands });
}

async function push(app: FastifyInstance, payload: PushRequest): Promise<readonly Verdict[]> {
  const answer = await app.inject({ method: "POST", url: "/sync/push", payload });
  expect(answer).toMatchObject({ statusCode: 200 });
  // Those of before version 10 take an answer of another version for somebody else's.
  if (payload.v < 10) expect(answer.headers["fieldcast-protocol"]).toBe(String(payload.v));
  return v.parse(pushReply, answer.json()).verdicts;
}

/** A verdict without the places in the feeds, which are each server's own. */
function meaning({ mid, outcome, refusal, lost }: Verdict) {
  return { mid, outcome, refusal, lost };
}

/** What exists nowhere else; every other store is a cache of the server. */
const ownStores = ["outbox", "inbox", "sent", "meta", "draft"] as const;

/** The device's database as the app of that time left it. */
async function leftBehind({ device }: RecordedOutbox): Promise<string> {
  const name = `left-${newId()}`;
  const old = new Dexie(name);
  old.version(device.version).stores(device.schema);
  await old.open();
  for (const [store, rows] of Object.entries(device.stores)) await old.table(store).bulkAdd(rows);
  old.close();
  return name;
}

/** The database of that time, opened by today's app. */
async function opened(outbox: RecordedOutbox): Promise<ClientDb> {
  const db = new ClientDb(await leftBehind(outbox));
  await db.open();
  closers.push(async () => db.close());
  return db;
}

function drive(db: ClientDb, { app }: Server, { at }: RecordedOutbox): SyncCore {
  const api = createApi({
    fetch: async (url, init) => {
      const answer = await app.inject({
        method: init?.method === "POST" ? "POST" : "GET",
        url: url instanceof Request ? url.url : url.toString(),
        headers: { "content-type": "application/json" },
        ...(typeof init?.body === "string" ? { payload: init.body } : {}),
      });
      const headers = new Headers();
      for (const [name, value] of Object.entries(answer.headers)) headers.set(name, String(value));
      return new Response(new Uint8Array(answer.rawPayload), {
        status: answer.statusCode,
        headers,
      });
    },
    base: "",
    newId,
  });
  const clock = () => at;
  return createSyncCore({
    db,
    transport: createHttpTransport(api),
    clock: { wall: clock, monotonic: clock },
    newId,
    actor: () => admin,
  });
}

async function exchange(core: SyncCore): Promise<void> {
  for (const step of ["pullOnce", "pushOnce", "pullOnce", "pushOnce", "pullOnce"] as const) {
    for (let left = 20; left > 0; left--) {
      if ((await core[step]()).outcome !== "more") break;
    }
  }
}

async function shown(db: ClientDb) {
  const rows = await db.campaign.toArray();
  return rows.map(({ id, doc: { name, phase, waiting, content } }) => {
    return { id, name, phase, waiting, content };
  });
}

test("[S33] an outbox of every version is kept", () => {
  const versions = Array.from(
    { length: protocolVersion - oldestProtocol + 1 },
    (_, n) => oldestProtocol + n,
  );
  expect(outboxes.map(({ protocol }) => protocol)).toEqual(versions);
});

describe.each(outboxes)("[S23] what was written with protocol $protocol", (outbox) => {
  test("I16 is judged today as it was judged then, and once", async () => {
    const { app, store } = await takeOver(outbox);
    const said: Verdict[] = [];
    for (const request of outbox.requests) said.push(...(await push(app, request)));
    expect(said.map(meaning)).toEqual(outbox.verdicts.map(meaning));
    const campaigns = await store.sync.list({ workspace, kind: "campaign" });
    const again: Verdict[] = [];
    for (const request of outbox.requests) again.push(...(await push(app, request)));
    expect(again).toEqual(said);
    expect(await store.sync.list({ workspace, kind: "campaign" })).toEqual(campaigns);
  });

  test("is all there when today's app opens that device's database", async () => {
    const db = await opened(outbox);
    for (const name of ownStores) {
      expect([name, await db.table(name).toArray()]).toEqual([name, outbox.device.stores[name]]);
    }
    const before = await shown(db);
    // Something is done and taken back: everything that waits is laid over the base anew.
    const core = drive(db, await takeOver(outbox), outbox);
    const mid = await core.write(newAudience);
    expect(mid.ok && (await core.discard(mid.value))).toBe(true);
    expect(await shown(db)).toEqual(before);
  });

  test("leaves that device with today's app, which shows in the end what the server has", async () => {
    const server = await takeOver(outbox);
    const db = await opened(outbox);
    const { inbox = [], sent = [], draft } = outbox.device.stores;
    const core = drive(db, server, outbox);
    await exchange(core);
    expect([core.status, await db.outbox.count(), await db.shadow.count()]).toEqual(["live", 0, 0]);
    const told = outbox.verdicts.filter(({ outcome }) => outcome !== "ok").length;
    const taken = outbox.verdicts.filter(({ outcome }) => outcome !== "rejected").length;
    expect(await db.inbox.count()).toBe(inbox.length + told);
    expect(await db.inbox.toArray()).toEqual(expect.arrayContaining([...inbox]));
    expect(await db.sent.count()).toBe(sent.length + taken);
    expect(await db.draft.toArray()).toEqual(draft);
    const halfTyped = { name: "Half typed", step: "content" };
    expect(await loadDraft(db, "campaign/new")).toEqual(halfTyped);
    await sealDrafts(db);
    expect(await loadDraft(db, "campaign/new")).toEqual(halfTyped);
    for (const kind of ["campaign", "audience"] as const) {
      const theirs = await server.store.sync.list({ workspace, kind });
      const mine = (await db.documents(kind).toArray()).map(({ doc }) => doc);
      expect(mine.toSorted(byId)).toEqual(theirs.toSorted(byId));
    }
  });
});

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}
