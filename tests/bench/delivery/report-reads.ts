/**
 * D7: how long the store takes for what reports are made of, at a million messages, beside the
 * same answers computed by SQL over the raw rows.
 * Run: `npm run bench -- delivery`, or `node tests/bench/delivery/report-reads.ts [MESSAGES]`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { actionsOf } from "#domain/analytics/action.ts";
import { openCalendar, timesOf } from "#domain/analytics/calendar.ts";
import { analyticsOf } from "#domain/analytics/report.ts";
import { usageOf } from "#domain/report/usage.ts";
import { openThreadedReader } from "#server/store/sqlite/threaded.ts";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { deliveredAtOnce } from "../../support/delivery/fake-carrier.ts";
import { aProof } from "../../support/delivery/sms-world.ts";
import { campaignId, readCampaign, workspace } from "../../support/delivery/world.ts";
import { openBench } from "./runs/engine.ts";
import { keep, median } from "../../support/bench.ts";

const messages = Number(process.argv[2] ?? 1_000_000);
const times = 200;
const rawTimes = 5;

let calls = 0;
const bench = await openBench(messages, async () => {
  calls += 1;
  if (calls % 25 !== 0) return deliveredAtOnce;
  return { outcome: "refused", reason: "unknown_recipient", code: "550", words: "no such user" };
});
const { engine, path, store } = bench;
engine.start();
while ((await readCampaign(store)).phase !== "completed") await sleep(200);

const few = Array.from({ length: 10 }, (_, part) => Math.floor(((part + 1) * messages) / 11));
await store.delivery.prove({
  distribution: 1,
  proofs: few.map((n) => aProof(n, { carrier: "Lebara", at: Date.now() })),
  now: Date.now(),
});

const of = { workspace, campaignId };
const all = {
  states: [],
  reasons: [],
  carrier: null,
  edition: null,
  q: null,
  inAddress: false,
} as const;
const failed = { ...all, states: ["failed"] } as const;
/** Only text messages are counted by carrier: BENCH_CHANNEL=sms. */
const ofCarrier = { ...all, carrier: "T-Mobile" } as const;
const ofFew = { ...all, carrier: "Lebara" } as const;
const failedOfFew = { ...ofFew, states: ["failed"] } as const;
const rejected = { ...all, reasons: ["carrier_rejected"] } as const;
const anywhere = (): number => Math.floor(Math.random() * messages);

/** As the API reads them for its reports across campaigns. */
async function counted() {
  const campaigns = await store.sync.list({ workspace, kind: "campaign" });
  const rollups = await store.sync.list({ workspace, kind: "rollup" });
  const byId = new Map(rollups.map((rollup) => [rollup.id, rollup]));
  return campaigns.map((campaign) => ({ campaign, rollup: byId.get(campaign.id) ?? null }));
}

const anyDays = { first: null, last: null };
const anything = { channels: [], statuses: [], name: "" };
const everywhere = { from: -Infinity, to: Infinity, type: null, carrier: null } as const;

/** Every tab of Reports: figures, course, hours, weekdays and what leads to action. */
async function analytics() {
  const rows = await counted();
  const calendar = openCalendar("Europe/Berlin");
  const asked = { days: anyDays, scope: anything, compare: "previous", step: "day" } as const;
  const report = analyticsOf(rows, { ...asked, weekStart: 1 }, calendar);
  return { report, actions: actionsOf(rows, timesOf(anyDays, calendar), calendar) };
}

/** What each page of a report reads. */
const reads: Readonly<Record<string, () => Promise<unknown>>> = {
  "counters, reasons, series": () => store.reports.report({ ...of, now: Date.now() }),
  "first page of recipients": () =>
    store.reports.rows({ ...of, filter: all, after: 0, limit: 100 }),
  "any page of recipients": () =>
    store.reports.rows({ ...of, filter: all, after: anywhere(), limit: 100 }),
  "a page of who failed": () =>
    store.reports.rows({ ...of, filter: failed, after: anywhere(), limit: 100 }),
  "a page of a reason that nobody has": () =>
    store.reports.rows({ ...of, filter: rejected, after: 0, limit: 100 }),
  "a page of one carrier": () =>
    store.reports.rows({ ...of, filter: ofCarrier, after: anywhere(), limit: 100 }),
  "a page of a carrier that ten have": () =>
    store.reports.rows({ ...of, filter: ofFew, after: 0, limit: 100 }),
  "a page of who failed at a carrier that ten have": () =>
    store.reports.rows({ ...of, filter: failedOfFew, after: 0, limit: 100 }),
  "how many one carrier has": () => store.reports.countRows({ ...of, filter: ofCarrier }),
  "a recipient with every try": () => store.reports.message({ ...of, n: 1 + anywhere() }),
  "by the hour": () => store.reports.hours({ ...of, now: Date.now() }),
  "list of blocks for a device": () => store.reports.blocks({ ...of, rowsPerBlock: 5_000 }),
  "links and their clicks": () => store.links.linkSums(of),
  "analytics, what leads to action": analytics,
  "usage by carrier, country, month": async () => usageOf(await counted(), everywhere, "UTC"),
  "customers reached": () => store.reports.reached({ ...everywhere, workspace }),
  "carrier-blocked numbers": () =>
    store.reports.stopped({
      ...everywhere,
      workspace,
      reasons: ["carrier_rejected", "spam_filtered"],
      after: null,
      limit: 100,
    }),
  activity: () => store.reports.activity({ ...of, from: null, to: null, before: null, limit: 100 }),
};

const raw = {
  counters: "select state, reason, count(*), sum(segments) from message group by state, reason",
  "by minute": "select at / 60000, state, count(*) from message group by 1, 2",
} as const;

const table: Record<string, { p50: number; p95: number }> = {};
for (const [name, read] of Object.entries(reads)) table[name] = await timed(times, read);
const cold = await fromCold();
const db = openDatabase({ path, readOnly: true });
for (const [name, sql] of Object.entries(raw)) {
  table[`raw rows: ${name}`] = await timed(rawTimes, async () => db.all(sql));
}
db.close();
await bench.close();

console.log(`D7, ms for a read at ${messages} messages (wanted: p95 at most 20 ms):`);
console.table(table);
console.log(`  from cold, opening the database included: ${cold} ms (wanted: less than 300)`);
keep("delivery", "report-reads", { messages, table, cold });

/** A report and its first page of recipients from a store that was not open, median of nine. */
async function fromCold(): Promise<number> {
  const taken: number[] = [];
  for (let i = 0; i < 9; i++) {
    const began = performance.now();
    const reader = await openThreadedReader(path);
    await reader.reports.report({ ...of, now: Date.now() });
    await reader.reports.rows({ ...of, filter: all, after: 0, limit: 100 });
    taken.push(performance.now() - began);
    await reader.close();
  }
  return Math.round(median(taken));
}

async function timed(n: number, read: () => Promise<unknown>) {
  const taken: number[] = [];
  for (let i = 0; i < n; i++) {
    const began = performance.now();
    await read();
    taken.push(performance.now() - began);
  }
  taken.sort((a, b) => a - b);
  const at = (share: number): number => Math.round((taken[Math.floor(n * share)] ?? 0) * 10) / 10;
  return { p50: at(0.5), p95: at(0.95) };
}
