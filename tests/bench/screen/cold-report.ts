/**
 * How soon the numbers of a large campaign are there from cold: the first answer of a server that
 * was just started, and the page of its report on a device without a network, whose browser was
 * just started and whose processor is four times slower. There, once as it was seen last, and once
 * as the app has drawn it; beside it, round by round, a page of the same app that has nothing to
 * show, which is what the computer itself takes.
 * Run: `npm run bench -- screen`, or `node tests/bench/screen/cold-report.ts [RECIPIENTS] [ROUNDS]`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { keep, median } from "../../support/bench.ts";
import { RestClient, waitFor } from "../../support/delivery/rest-client.ts";
import { everybody, send, type SentReport } from "../../support/delivery/sending.ts";
import { RealServer } from "../../support/real-server.ts";
import { ensureBrowser } from "../../support/tools/browser.ts";
import { coldStart, type Seen, type Sought } from "./runs/cold-start.ts";
import { openProfile, signIn } from "./runs/profile.ts";

const recipients = Number(process.argv[2] ?? 1_000_000);
const rounds = Number(process.argv[3] ?? 7);
const slowdown = 4;
const withinMs = 1_800_000;
const wanted = { serverMs: 300, deviceMs: 1_000 };

const nothing: Sought = { path: "/nothing/here", selector: "main h1", text: "Page not found" };

const missing = ensureBrowser();
if (missing === undefined) await main();
else {
  console.error(missing);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const server = await RealServer.open();
  const profile = mkdtempSync(join(tmpdir(), "fieldcast-bench-"));
  try {
    const api = await RestClient.setUp(server);
    const id = await sent(api);
    const answers: number[] = [];
    for (let round = 0; round < rounds; round++) answers.push(await firstAnswer(server, api, id));
    const path = `/campaigns/${id}`;
    await prepare(profile, server.url, path);
    await server.stop();
    const text = new Intl.NumberFormat("en-US").format(recipients);
    const report: Sought = { path, selector: "main dd", text };
    // The first start after a while also fills the computer's own caches.
    await coldStart(profile, server.url, report, slowdown);
    const pages: Seen[] = [];
    const empty: Seen[] = [];
    for (let round = 0; round < rounds; round++) {
      pages.push(await coldStart(profile, server.url, report, slowdown));
      empty.push(await coldStart(profile, server.url, nothing, slowdown));
    }
    show(answers, pages, empty);
  } finally {
    await server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

async function sent(api: RestClient): Promise<string> {
  const emails = Array.from({ length: recipients }, (_, n) => `p${n}@example.org`);
  const audience = await everybody(api, emails, withinMs);
  const settings = { latencyMs: 0, failurePercent: 0, unconfirmedPercent: 0, receiptDelayMs: 0 };
  const account = { name: "Sandbox", channel: "email", provider: "sandbox", settings };
  const { id: accountId } = await api.post<{ readonly id: string }>("/accounts", account);
  const id = await send(api, audience, accountId);
  await waitFor(
    () => api.get<SentReport>(`/campaigns/${id}/report`),
    ({ campaign }) => campaign.phase === "completed",
    withinMs,
  );
  return id;
}

/** From the request to the whole report, from a process that has not answered anything yet. */
async function firstAnswer(server: RealServer, api: RestClient, id: string): Promise<number> {
  await server.stop();
  await server.start();
  const began = performance.now();
  const { counters } = await api.get<SentReport>(`/campaigns/${id}/report`);
  const took = performance.now() - began;
  if (counters["total"] !== recipients) throw new Error(`${counters["total"]} recipients`);
  return Math.round(took);
}

/** The report was looked at once, so all parts of the page are on the device. */
async function prepare(profile: string, url: string, path: string): Promise<void> {
  const context = await openProfile(profile);
  const page = await context.newPage();
  await signIn(page, url);
  await page.goto(`${url}${path}`);
  await page.getByRole("region", { name: "Key figures" }).waitFor();
  await page.waitForFunction((at) => localStorage.getItem(`fieldcast.look${at}`) !== null, path);
  await context.close();
}

function show(answers: readonly number[], pages: readonly Seen[], empty: readonly Seen[]): void {
  const load = loadavg();
  console.log(`\nA report of ${recipients} recipients from cold, medians of ${rounds}:`);
  line("first answer of a server", answers, wanted.serverMs);
  console.log(`  without a network, processor ${slowdown} times slower:`);
  const first = pages.map((page) => page.first);
  line("  its numbers, as seen last", first, wanted.deviceMs);
  const drawn = pages.map((page) => page.drawn);
  line("  its numbers, drawn by the app", drawn, wanted.deviceMs);
  const alone = empty.map((page) => page.drawn);
  line("  a page that has nothing to show", alone);
  console.log(`  load of the computer: ${load.map((n) => n.toFixed(1)).join(", ")}`);
  keep("screen", "cold-report", { recipients, slowdown, answers, pages, empty, load });
}

function line(name: string, of: readonly number[], most?: number): void {
  const wish = most === undefined ? "" : `; wanted: less than ${most}`;
  const range = `${Math.min(...of)} to ${Math.max(...of)}`;
  console.log(`  ${name.padEnd(38)}${median(of)} ms (${range}${wish})`);
}
