import "fake-indexeddb/auto";
import { createDevices } from "#server/access/devices.ts";
import { createCommands } from "#server/commands/apply.ts";
import { openContentCheck } from "#server/delivery/templates.ts";
import { toProblem } from "#server/http/problem.ts";
import { installGuards, type Caller } from "#server/http/route.ts";
import { registerSync } from "#server/http/sync.ts";
import { registerLive, type Live } from "#server/live/live.ts";
import { createPuller } from "#server/live/pull.ts";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import type { Store } from "#server/store/store.ts";
import { defaultAccessSettings } from "#domain/access/permission.ts";
import { emptyContent } from "#domain/campaign/campaign.ts";
import type { Act } from "#domain/sync/command.ts";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket as NodeSocket } from "undici";
import { ana, anId } from "../../../tests/support/campaigns.ts";
import { ClientDb } from "../db/client-db.ts";
import { createApi } from "./api.ts";
import { createSyncCore, type SyncCore } from "./core.ts";
import { newId } from "./new-id.ts";
import { createRunner, type Runner, type SyncReport, type TabMessage } from "./runner.ts";
import { statusOf } from "./status.ts";
import { createHttpTransport } from "./transport.ts";

const workspace = anId(0x1);
const access = defaultAccessSettings;
const caller: Caller = {
  workspace,
  user: ana,
  role: "admin",
  name: "Ana",
  access,
  viaKey: false,
};

let store: Store;
let app: FastifyInstance;
let live: Live;
let port = 0;
let isSignedIn = true;

beforeEach(async () => {
  store = openInlineStore(":memory:");
  isSignedIn = true;
  port = 0;
  await serve();
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await app.close();
  await store.close();
});

async function authenticate(): Promise<Caller | null> {
  return isSignedIn ? caller : null;
}

/** The server's own routes over real sockets; again on the same port after a stop. */
async function serve(): Promise<void> {
  app = Fastify({ forceCloseConnections: true });
  app.setErrorHandler((error, _request, reply) => {
    const { problem, headers } = toProblem(error);
    return reply.code(problem.status).headers(headers).send(problem);
  });
  const clock = Date.now;
  const origins = ["http://localhost"];
  const puller = createPuller({ store, clock });
  const devices = createDevices({ store, clock, endSession: async () => undefined });
  installGuards(app, { authenticate, answers: store.access, clock, origins });
  registerSync(app, {
    commands: createCommands({ store, clock, checkContent: openContentCheck() }),
    puller,
    devices,
    clock,
  });
  live = registerLive(app, { store, puller, devices, clock, authenticate, origins });
  await app.listen({ port, host: "127.0.0.1" });
  const address = app.server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
}

const stops: (() => Promise<void>)[] = [];

/** Tabs of one browser: they hear each other, never themselves. */
function someTabs() {
  const hearers = new Set<(message: TabMessage) => void>();
  return () => {
    let own: ((message: TabMessage) => void) | null = null;
    return {
      post: (message: TabMessage) => {
        for (const hear of hearers) if (hear !== own) hear(message);
      },
      listen: (hear: (message: TabMessage) => void) => {
        own = hear;
        hearers.add(hear);
      },
      close: () => {
        if (own !== null) hearers.delete(own);
      },
    };
  };
}

interface Tab {
  readonly db: ClientDb;
  readonly core: SyncCore;
  readonly runner: Runner;
  report: SyncReport | null;
  readonly dials: { n: number };
}

interface TabOptions {
  readonly name?: string;
  readonly channel?: ReturnType<typeof someTabs>;
  /** The port that its sockets go to. */
  readonly socketPort?: number;
  /** The app is of an older schema than the server. */
  readonly isOld?: boolean;
}

function aTab(how: TabOptions = {}): Tab {
  const name = how.name ?? `tab-${newId()}`;
  const db = new ClientDb(name);
  const dials = { n: 0 };
  const headers = { origin: "http://localhost" };
  const api = createApi({
    fetch: (input, init) => {
      const all = new Headers(init?.headers);
      all.set("origin", headers.origin);
      const body = how.isOld === true ? asOld(init?.body) : init?.body;
      return fetch(input, {
        ...init,
        ...(body === undefined || body === null ? {} : { body }),
        headers: all,
      });
    },
    base: `http://127.0.0.1:${port}`,
    newId,
  });
  const clock = { wall: Date.now, monotonic: () => performance.now() };
  const actor = { user: ana, role: "admin", access } as const;
  let runner: Runner | null = null;
  const core = createSyncCore({
    db,
    transport: createHttpTransport(api),
    clock,
    newId,
    actor: () => actor,
    onFacts: (facts) => runner?.report(facts),
  });
  runner = createRunner({
    name,
    core,
    createSocket: () => {
      dials.n += 1;
      return new NodeSocket(`ws://127.0.0.1:${how.socketPort ?? port}/sync/live`, { headers });
    },
    locks: navigator.locks,
    channel: (how.channel ?? someTabs())(),
    random: () => 0.05,
    clock,
    isHidden: () => false,
    onReport: (report) => {
      tab.report = report;
    },
    recover: async (error) => {
      throw error;
    },
  });
  const tab: Tab = { db, core, runner, report: null, dials };
  stops.push(async () => {
    tab.runner.stop();
    db.close();
  });
  return tab;
}

/** What an app of an older schema would have said. */
function asOld(body: unknown): string {
  return JSON.stringify({ ...JSON.parse(String(body)), schema: 0 });
}

function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const check = async () => expect(await holds()).toBe(true);
  return vi.waitFor(check, { timeout: 10_000, interval: 10 });
}

function isLive(tab: Tab): boolean {
  return tab.report !== null && statusOf(tab.report.facts) === "live";
}

function creation(name: string): Act {
  const args = { id: newId(), type: "email", name, content: emptyContent } as const;
  return { name: "campaign.create", args: { ...args, audienceId: null, accountId: null } };
}

async function writeIn(tab: Tab, name: string): Promise<void> {
  expect((await tab.core.write(creation(name))).ok).toBe(true);
  tab.runner.nudge();
}

async function shows(tab: Tab, name: string): Promise<boolean> {
  return (await tab.db.campaign.toArray()).some(({ doc }) => doc.name === name);
}

test("a write of one device arrives on another through the live connection", async () => {
  const [one, other] = [aTab(), aTab()];
  await until(() => isLive(one) && isLive(other) && live.size() === 2);
  await writeIn(one, "Sale");
  await until(() => shows(other, "Sale"));
  await until(() => isLive(one));
  expect(await one.db.outbox.count()).toBe(0);
});

test("what was written while the server was away is sent when it is back", async () => {
  const tab = aTab();
  await until(() => isLive(tab));
  await app.close();
  await until(() => tab.report !== null && statusOf(tab.report.facts) === "offline");
  await writeIn(tab, "Offline");
  await serve();
  await until(() => isLive(tab));
  const [stored] = await store.sync.list({ workspace, kind: "campaign" });
  expect(stored?.name).toBe("Offline");
});

test("one tab leads, and the other's writes go out at once all the same", async () => {
  const channel = someTabs();
  const name = `tabs-${newId()}`;
  const leader = aTab({ name, channel });
  await until(() => isLive(leader));
  const follower = aTab({ name, channel });
  await writeIn(follower, "From the second tab");
  await until(async () => (await store.sync.list({ workspace, kind: "campaign" })).length === 1);
  await until(() => isLive(follower));
  expect(follower.dials.n).toBe(0);
  leader.runner.stop();
  await until(() => follower.dials.n > 0 && isLive(follower));
});

test("a session that ends is said, loses nothing, and goes on after signing in again", async () => {
  const tab = aTab();
  await until(() => isLive(tab));
  await writeIn(tab, "Before");
  await until(async () => isLive(tab) && (await shows(tab, "Before")));
  isSignedIn = false;
  live.end(workspace, ana);
  await until(() => tab.report !== null && statusOf(tab.report.facts) === "signed-out");
  await writeIn(tab, "Meanwhile");
  expect(await shows(tab, "Before")).toBe(true);
  expect(await shows(tab, "Meanwhile")).toBe(true);
  isSignedIn = true;
  tab.runner.wake(0);
  await until(() => isLive(tab));
  expect(await store.sync.list({ workspace, kind: "campaign" })).toHaveLength(2);
});

test("where sockets do not get through, it asks instead", async () => {
  const tab = aTab({ socketPort: 1 });
  await until(() => isLive(tab) && tab.dials.n >= 3);
  await writeIn(tab, "Asked");
  await until(async () => isLive(tab) && (await tab.db.outbox.count()) === 0);
  expect(await shows(tab, "Asked")).toBe(true);
  expect(live.size()).toBe(0);
});

test("[S23] an app that must update sends what waits before it stops, also what is written later", async () => {
  const tab = aTab({ isOld: true });
  await writeIn(tab, "Before the update");
  await until(async () => (await store.sync.list({ workspace, kind: "campaign" })).length === 1);
  await until(() => tab.report !== null && statusOf(tab.report.facts) === "update-required");
  await writeIn(tab, "While it asks for it");
  await until(async () => (await store.sync.list({ workspace, kind: "campaign" })).length === 2);
  expect(tab.report === null ? null : statusOf(tab.report.facts)).toBe("update-required");
  expect(tab.dials.n).toBe(0);
});
