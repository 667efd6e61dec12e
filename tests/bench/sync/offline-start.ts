/**
 * B10: from opening the app to the list of a thousand campaigns, from nothing but the device's own
 * disk: the server is stopped, the browser starts anew each time, its processor is four times
 * slower. Beside it: how soon anything of the app is painted.
 *
 * RxDB and Replicache are libraries without an app of their own; what they would read from disk is
 * measured by B1. Not run.
 * Run: `npm run bench -- sync`, or `node tests/bench/sync/offline-start.ts [CAMPAIGNS] [ROUNDS]`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright";
import { number, object, parse } from "valibot";
import { keep, median } from "../../support/bench.ts";
import { ana, RestClient } from "../../support/delivery/rest-client.ts";
import { RealServer } from "../../support/real-server.ts";
import { browserPath, ensureBrowser } from "../../support/tools/browser.ts";
import { campaign } from "./runs/workspace.ts";

const campaigns = Number(process.argv[2] ?? 1_000);
const rounds = Number(process.argv[3] ?? 5);
const slowdown = 4;
const wantedMs = 1_000;

const Seen = object({ paintedMs: number(), listMs: number() });

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
    for (let index = 0; index < campaigns; index++) {
      const { name, type, content } = campaign(index);
      await api.post("/campaigns", { name, type, content });
    }
    await prepare(profile, server.url);
    await server.stop();
    // The first start after a while also fills the computer's own caches.
    await start(profile, server.url);
    const runs = [];
    for (let round = 1; round <= rounds; round++) runs.push(await start(profile, server.url));
    show(runs);
  } finally {
    await server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** Signs in, and waits until everything is on the device. */
async function prepare(profile: string, url: string): Promise<void> {
  const context = await openProfile(profile);
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole("textbox", { name: "E-mail" }).fill(ana.email);
  await page.getByLabel("Password").first().fill(ana.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: /live/i }).first().waitFor();
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active !== null);
  await page.goto(`${url}/campaigns`);
  await listOf(page).waitFor({ timeout: 60_000 });
  await context.close();
}

function listOf(page: Page) {
  return page.locator('main a[href^="/campaigns/"]:not([href$="/new"])').first();
}

async function start(profile: string, url: string) {
  const context = await openProfile(profile);
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    await page.addInitScript(watch);
    await page.goto(`${url}/campaigns`);
    await page.waitForFunction(() => document.documentElement.dataset["listMs"] !== undefined);
    const seen = await page.evaluate(() => ({
      paintedMs: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
      listMs: Number(document.documentElement.dataset["listMs"]),
    }));
    return parse(Seen, seen);
  } finally {
    await context.close();
  }
}

/** Runs in the page, before anything of it: notes when the first campaign of the list was painted. */
function watch(): void {
  const row = 'main a[href^="/campaigns/"]:not([href$="/new"])';
  const look = (): void => {
    if (document.querySelector(row) === null) {
      requestAnimationFrame(look);
      return;
    }
    // What is there now is on the screen when the next frame begins.
    requestAnimationFrame((at) => (document.documentElement.dataset["listMs"] = String(at)));
  };
  look();
}

function openProfile(profile: string): Promise<BrowserContext> {
  const executablePath = browserPath();
  return chromium.launchPersistentContext(profile, {
    ...(executablePath === undefined ? {} : { executablePath }),
    chromiumSandbox: process.getuid?.() !== 0,
    viewport: { width: 1_280, height: 800 },
    args: ["--disable-gpu", "--disable-background-networking"],
  });
}

function show(runs: readonly { readonly paintedMs: number; readonly listMs: number }[]): void {
  const list = runs.map(({ listMs }) => listMs);
  console.log(
    `\nB10, start without a network, ${campaigns} campaigns, processor ${slowdown} times slower, medians of ${rounds}:`,
  );
  console.log(
    `  the list is there after ${Math.round(median(list))} ms (wanted: less than ${wantedMs}; ` +
      `${Math.round(Math.min(...list))} to ${Math.round(Math.max(...list))}), ` +
      `the first paint after ${Math.round(median(runs.map(({ paintedMs }) => paintedMs)))} ms`,
  );
  keep("sync", "offline-start", { campaigns, slowdown, rounds, runs });
}
