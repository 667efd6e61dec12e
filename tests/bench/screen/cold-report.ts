/**
 * How soon the numbers of a large campaign are there from cold: the first answer of a server that
 * was just started, and the page of its report on a device without a network, whose browser was
 * just started and whose processor is four times slower.
 * Run: `npm run bench -- screen`, or `node tests/bench/screen/cold-report.ts [RECIPIENTS] [ROUNDS]`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keep, median } from "../../support/bench.ts";
import { RestClient, waitFor } from "../../support/delivery/rest-client.ts";
import { everybody, send, type SentReport } from "../../support/delivery/sending.ts";
import { RealServer } from "../../support/real-server.ts";
import { ensureBrowser } from "../../support/tools/browser.ts";
import { openProfile, signIn, slowDown } from "./runs/profile.ts";

const recipients = Number(process.argv[2] ?? 1_000_000);
const rounds = Number(process.argv[3] ?? 7);
const slowdown = 4;
const withinMs = 1_800_000;
const wanted = { serverMs: 300, deviceMs: 1_000 };

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
    await prepare(profile, server.url, id);
    await server.stop();
    // The first start after a while also fills the computer's own caches.
    await firstNumbers(profile, `${server.url}/campaigns/${id}`);
    const pages: number[] = [];
    for (let round = 0; round < rounds; round++) {
      pages.push(await firstNumbers(profile, `${server.url}/campaigns/${id}`));
    }
    show(answers, pages);
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
async function prepare(profile: string, url: string, id: string): Promise<void> {
  const context = await openProfile(profile);
  const page = await context.newPage();
  await signIn(page, url);
  await page.goto(`${url}/campaigns/${id}`);
  await page.getByRole("region", { name: "Key figures" }).waitFor();
  await context.close();
}

/** From the navigation to the frame that shows the counters and the key figures. */
async function firstNumbers(profile: string, url: string): Promise<number> {
  const context = await openProfile(profile);
  try {
    const page = await context.newPage();
    await slowDown(page, slowdown);
    await page.addInitScript(watch, new Intl.NumberFormat("en-US").format(recipients));
    await page.goto(url);
    await page.waitForFunction(() => document.documentElement.dataset["numbersMs"] !== undefined);
    return Math.round(
      await page.evaluate(() => Number(document.documentElement.dataset["numbersMs"])),
    );
  } finally {
    await context.close();
  }
}

/** Runs in the page, before anything of it: notes when the number of recipients was painted. */
function watch(total: string): void {
  const look = (): void => {
    const counters = [...document.querySelectorAll("main dd")];
    if (!counters.some(({ textContent }) => textContent === total)) {
      requestAnimationFrame(look);
      return;
    }
    // What is there now is on the screen when the next frame begins.
    requestAnimationFrame((at) => (document.documentElement.dataset["numbersMs"] = String(at)));
  };
  look();
}

function show(answers: readonly number[], pages: readonly number[]): void {
  console.log(`\nA report of ${recipients} recipients from cold, medians of ${rounds}:`);
  console.log(`  first answer of a server:        ${words(answers, wanted.serverMs)}`);
  console.log(`  offline, processor ${slowdown} times slower: ${words(pages, wanted.deviceMs)}`);
  keep("screen", "cold-report", { recipients, slowdown, answers, pages });
}

function words(of: readonly number[], most: number): string {
  return `${median(of)} ms (${Math.min(...of)} to ${Math.max(...of)}; wanted: less than ${most})`;
}
