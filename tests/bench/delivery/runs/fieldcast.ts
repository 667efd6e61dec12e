/**
 * How many messages a second the engine accounts for, on disk with every commit flushed, when
 * the provider costs nothing. Run: `node tests/bench/delivery/runs/fieldcast.ts [MESSAGES]`.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ok } from "#domain/core/result.ts";
import { createEngine } from "#server/delivery/engine.ts";
import { openTemplates } from "#server/delivery/templates.ts";
import type { Carrier } from "#server/providers/provider.ts";
import { createLeaveLinks } from "#server/providers/leave-links.ts";
import { createKeys } from "#server/providers/secrets.ts";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { openThreadedStore } from "#server/store/sqlite/threaded.ts";
import { deliveredAtOnce, openFake } from "../../../support/delivery/fake-carrier.ts";
import {
  manyContacts,
  readCampaign,
  readRollup,
  seedContacts,
  seedDocuments,
} from "../../../support/delivery/world.ts";

const messages = Number(process.argv[2] ?? 100_000);
const dir = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "fieldcast-bench-"));
const path = join(dir, "bench.db");
const seeding = openDatabase({ path, readOnly: false });
seedContacts(seeding, manyContacts(messages));
seeding.close();

const store = await openThreadedStore(path);
await seedDocuments(store);
const carrier: Carrier = {
  send: async () => deliveredAtOnce,
  check: async () => ok("It answers."),
  close: async () => undefined,
};
const limits = { perSecond: null, concurrency: 100 };
const engine = createEngine({
  store,
  carriers: { open: async () => openFake(carrier, { limits }) },
  keys: createKeys(Buffer.alloc(32, 7)),
  leaveLinks: createLeaveLinks(Buffer.alloc(32, 7), "http://localhost:3000"),
  templates: openTemplates(),
  clock: Date.now,
  random: Math.random,
  boot: randomUUID(),
  log: { warn: console.warn, error: console.error },
  keyed: ["sandbox"],
});
store.onMove(() => engine.wake());
const began = performance.now();
let preparedAt = 0;
let cpuBefore = process.cpuUsage();
engine.start();
for (;;) {
  const { phase } = await readCampaign(store);
  if (preparedAt === 0 && phase !== "preparing") {
    preparedAt = performance.now();
    cpuBefore = process.cpuUsage();
  }
  if (phase === "completed") break;
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
}
const ended = performance.now();
const cpu = process.cpuUsage(cpuBefore);
await engine.stop();
const findings = await store.delivery.findings({});
const delivered = (await readRollup(store))?.states.delivered;
console.log(
  JSON.stringify({
    messages,
    delivered,
    findings: findings.length,
    prepareMs: Math.round(preparedAt - began),
    sendMs: Math.round(ended - preparedAt),
    perSecond: Math.round((messages * 1_000) / (ended - preparedAt)),
    cpuUsPerMessage: Math.round(((cpu.user + cpu.system) * 10) / messages) / 10,
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1_024),
  }),
);
await store.close();
rmSync(dir, { recursive: true });
