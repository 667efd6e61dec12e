/**
 * The server that everybody comes back to after an hour, in a process of its own: tells its parent
 * where it listens and where the devices stand, and at the end what the storm cost.
 * Run: `node tests/bench/sync/runs/storm-server.ts CAMPAIGNS`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Fastify from "fastify";
import { createDevices } from "#server/access/devices.ts";
import { createCommands } from "#server/commands/apply.ts";
import { installGuards, type Caller } from "#server/http/route.ts";
import { registerSync } from "#server/http/sync.ts";
import { registerLive } from "#server/live/live.ts";
import { createPuller } from "#server/live/pull.ts";
import { openThreadedStore } from "#server/store/sqlite/threaded.ts";
import { anId, noon } from "../../../support/campaigns.ts";
import { campaign, documents, rollup, workspace, write } from "./workspace.ts";

const campaigns = Number(process.argv[2] ?? 1_000);
const origins = ["http://localhost"];
const folder = mkdtempSync(join(tmpdir(), "fieldcast-storm-"));
const store = await openThreadedStore(join(folder, "storm.db"));

await write(store, documents(campaigns), noon);
const feeds = ["org", "team", "roll", "user"] as const;
const heads = await store.sync.heads({ workspace, user: anId(1), feeds });
await passAnHour();

const clock = Date.now;
const puller = createPuller({ store, clock });
const devices = createDevices({ store, clock, endSession: async () => undefined });
const authenticate = async ({
  headers,
}: {
  readonly headers: { readonly cookie?: string | undefined };
}): Promise<Caller> => callerOf(headers.cookie ?? "1");
const app = Fastify();
installGuards(app, { authenticate, answers: store.access, clock, origins });
const checkContent = () => ({ unknown: [], problems: [] });
const commands = createCommands({ store, clock, checkContent });
registerSync(app, { commands, puller, devices, clock });
registerLive(app, { store, puller, devices, clock, authenticate, origins });
const address = await app.listen({ port: 0, host: "127.0.0.1" });
const from = Object.fromEntries(feeds.map((feed) => [feed, { from: heads[feed]?.head ?? 0 }]));
process.send?.({ port: Number(new URL(address).port), epoch: await puller.epoch(), feeds: from });

process.once("message", () => {
  const before = process.cpuUsage();
  const restMb = megabytes();
  let peakMb = restMb;
  const watch = setInterval(() => (peakMb = Math.max(peakMb, megabytes())), 50);
  process.once("message", () => {
    clearInterval(watch);
    const { user, system } = process.cpuUsage(before);
    const result = { cpuSeconds: (user + system) / 1_000_000, restMb, peakMb };
    process.send?.(result, undefined, undefined, () => {
      rmSync(folder, { recursive: true, force: true });
      process.exit();
    });
  });
});

/** Twenty campaigns were sent, four times a second; a fifth of all was edited, now and then. */
async function passAnHour(): Promise<void> {
  for (let minute = 1; minute <= 60; minute++) {
    const sent = Array.from({ length: 20 }, (_, index) => rollup(index * 2, minute));
    const edited = campaign(minute % Math.max(1, campaigns / 5));
    await write(
      store,
      [
        ...sent.map((doc) => ({ kind: "rollup" as const, id: doc.id, doc })),
        { kind: "campaign", id: edited.id, doc: { ...edited, rev: edited.rev + minute } },
      ],
      noon + minute * 60_000,
    );
  }
}

function megabytes(): number {
  return Math.round(process.memoryUsage.rss() / 1_048_576);
}

/** Everybody is somebody else: one person has few devices. */
function callerOf(cookie: string): Caller {
  const user = anId(Number(cookie));
  const access = { fieldMaySend: false };
  return { workspace, user, role: "office", name: cookie, access, viaKey: false };
}
