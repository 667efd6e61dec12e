/** A server, and a device that comes back to it with the product's own client. */
import { randomBytes } from "node:crypto";
import { defaultAccessSettings } from "#domain/access/permission.ts";
import type { Write } from "#domain/sync/decision.ts";
import { ClientDb } from "#lib/db/client-db.ts";
import { createApi } from "#lib/sync/api.ts";
import { createSyncCore } from "#lib/sync/core.ts";
import { newId } from "#lib/sync/new-id.ts";
import { createRunner, type Runner } from "#lib/sync/runner.ts";
import { createHttpTransport } from "#lib/sync/transport.ts";
import { createDevices } from "#server/access/devices.ts";
import { createCommands } from "#server/commands/apply.ts";
import { installGuards, type Caller } from "#server/http/route.ts";
import { registerSync } from "#server/http/sync.ts";
import { registerLive } from "#server/live/live.ts";
import { createPuller } from "#server/live/pull.ts";
import { openInlineStore } from "#server/store/sqlite/inline.ts";
import Fastify from "fastify";
import { Agent, fetch as fetchBy, WebSocket } from "undici";
import { ana, noon } from "../../../support/campaigns.ts";
import { campaign, workspace, write } from "./workspace.ts";

const access = defaultAccessSettings;
const caller: Caller = { workspace, user: ana, role: "admin", name: "Ana", access, viaKey: false };
const origin = "http://localhost";
const authenticate = async () => caller;
const checkContent = () => ({ unknown: [], problems: [] });

/** Campaigns whose texts are as people's, or of letters that nothing makes shorter. */
export function workspaceOf(campaigns: number, texts: "usual" | "random"): readonly Write[] {
  return Array.from({ length: campaigns }, (_, index): Write => {
    const doc = campaign(index);
    const text = texts === "usual" ? doc.content.text : randomBytes(750).toString("base64");
    return {
      kind: "campaign",
      id: doc.id,
      doc: { ...doc, content: { ...doc.content, text } },
    };
  });
}

export async function openSyncServer() {
  const store = openInlineStore(":memory:");
  const clock = Date.now;
  const puller = createPuller({ store, clock });
  const devices = createDevices({ store, clock, endSession: async () => undefined });
  const app = Fastify({ forceCloseConnections: true });
  installGuards(app, { authenticate, answers: store.access, clock, origins: [origin] });
  registerSync(app, {
    commands: createCommands({ store, clock, checkContent }),
    puller,
    devices,
    clock,
  });
  registerLive(app, { store, puller, devices, clock, authenticate, origins: [origin] });
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  return {
    port: Number(new URL(address).port),
    write: (writes: readonly Write[]) => write(store, writes, noon),
    close: async () => {
      await app.close();
      await store.close();
    },
  };
}

/** How long the device of this name takes until it shows so many campaigns, ms; null: longer than it may. */
export async function comeBack(
  name: string,
  port: number,
  { campaigns, mostMs }: { readonly campaigns: number; readonly mostMs: number },
): Promise<number | null> {
  const db = new ClientDb(name);
  const agent = new Agent();
  const clock = { wall: Date.now, monotonic: () => performance.now() };
  const api = createApi({
    fetch: async (input, init) => {
      const headers = { ...Object.fromEntries(new Headers(init?.headers)), origin };
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- undici's own fetch, with connections that end with this device
      return fetchBy(input instanceof Request ? input.url : input, {
        ...init,
        headers,
        dispatcher: agent,
      } as never) as never;
    },
    base: `http://127.0.0.1:${port}`,
    newId,
  });
  let runner: Runner | null = null;
  const began = performance.now();
  const actor = { user: ana, role: "admin", access } as const;
  const done = Promise.withResolvers<number | null>();
  const core = createSyncCore({
    db,
    transport: createHttpTransport(api),
    clock,
    newId,
    actor: () => actor,
    onFacts: (facts) => {
      runner?.report(facts);
      if (facts.isCaughtUp) done.resolve(performance.now() - began);
    },
  });
  const late = setTimeout(() => done.resolve(null), mostMs);
  runner = createRunner({
    name: db.name,
    core,
    createSocket: () =>
      new WebSocket(`ws://127.0.0.1:${port}/sync/live`, { headers: { origin }, dispatcher: agent }),
    locks: navigator.locks,
    channel: { post: () => undefined, listen: () => undefined, close: () => undefined },
    random: Math.random,
    clock,
    isHidden: () => false,
    onReport: () => undefined,
    recover: async (error) => {
      throw error;
    },
  });
  const ms = await done.promise;
  clearTimeout(late);
  runner.stop();
  const shown = await db.campaign.count();
  db.close();
  await agent.destroy();
  if (ms !== null && shown !== campaigns) throw new Error(`${shown} of ${campaigns} are shown`);
  return ms;
}
