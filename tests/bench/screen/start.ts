/**
 * How soon a page is there: the first visit over a slow network, a visit again, and a start from
 * nothing without any network, all on a slow device. Medians of three, in Chromium.
 * Run: `npm run bench -- screen`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright";
import { number, object, parse } from "valibot";
import { runCli } from "../../support/command-line.ts";
import { RealServer } from "../../support/real-server.ts";
import { browserPath, ensureBrowser } from "../../support/tools/browser.ts";

interface Measured {
  /** The largest part of the page was painted, ms after the navigation began. */
  readonly lcp: number;
  /** What tasks took beyond 50 ms each, in sum. */
  readonly tbt: number;
  /** Unexpected moves of what was painted. */
  readonly cls: number;
}

interface Budget extends Measured {
  readonly name: string;
}

interface Conditions {
  readonly cpu: number;
  readonly isSlowNetwork: boolean;
}

const rounds = 3;
/** A phone. */
const viewport = { width: 390, height: 844 };
/** Nothing new was painted or moved for so long: the page is there. */
const restMs = 1_500;
/** "Slow 4G" as WebPageTest and Lighthouse mean it. */
const slow4g = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
};

const Numbers = object({ lcp: number(), tbt: number(), cls: number() });

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
    const { stdout } = await runCli(server.dataDir, "demo");
    const slow = { cpu: 4, isSlowNetwork: true };
    report(
      { name: "first visit, slow 4G, CPU/4", lcp: 2_000, tbt: 150, cls: 0.02 },
      await repeat(() => firstVisit(server.url, slow)),
    );
    await prepare(profile, server.url, stdout);
    report(
      { name: "visit again, slow 4G, CPU/4", lcp: 800, tbt: 150, cls: 0.02 },
      await repeat(() => start(profile, server.url, slow)),
    );
    await server.stop();
    report(
      { name: "start offline, CPU/4", lcp: 1_000, tbt: 150, cls: 0.02 },
      await repeat(() => start(profile, server.url, { cpu: 4, isSlowNetwork: false })),
    );
  } finally {
    await server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

async function repeat(run: () => Promise<Measured>): Promise<readonly Measured[]> {
  const all: Measured[] = [];
  // The first start after a build also fills the computer's own caches.
  await run();
  for (let round = 0; round < rounds; round++) all.push(await run());
  return all;
}

function report({ name, ...budget }: Budget, all: readonly Measured[]): void {
  const line = (key: keyof Measured, digits: number): string => {
    const value = median(all.map((each) => each[key]));
    const mark = value > budget[key] ? "OVER" : "";
    return `${mark.padStart(5)} ${key.toUpperCase()} ${value.toFixed(digits)} of ${budget[key]}`;
  };
  console.log(`${name.padEnd(30)}${line("lcp", 0)}${line("tbt", 0)}${line("cls", 3)}`);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

/** Somebody who never was here: an empty browser. */
async function firstVisit(url: string, conditions: Conditions): Promise<Measured> {
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage({ viewport });
    return await measure(page, url, conditions, "Sign in");
  } finally {
    await browser.close();
  }
}

/** Somebody who works here: the browser starts with what it kept. */
async function start(profile: string, url: string, conditions: Conditions): Promise<Measured> {
  const context = await openProfile(profile);
  try {
    return await measure(await context.newPage(), url, conditions, "Overview");
  } finally {
    await context.close();
  }
}

/** Signs in, with the words that `demo` printed, and waits until everything is on the device. */
async function prepare(profile: string, url: string, printed: string): Promise<void> {
  const [, email = "", password = ""] = /as (\S+) with the password (\S+)/.exec(printed) ?? [];
  const context = await openProfile(profile);
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole("textbox", { name: "E-mail" }).fill(email);
  await page.getByLabel("Password").first().fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: /live/i }).first().waitFor();
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active !== null);
  await context.close();
}

async function measure(
  page: Page,
  url: string,
  { cpu, isSlowNetwork }: Conditions,
  heading: string,
): Promise<Measured> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: cpu });
  if (isSlowNetwork) {
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", slow4g);
  }
  await page.addInitScript(watch);
  await page.goto(url);
  await page.getByRole("heading", { name: heading }).first().waitFor();
  await page.waitForFunction(
    (rest) => performance.now() - Number(document.documentElement.dataset["changedAt"]) > rest,
    restMs,
  );
  const kept = await page.evaluate(() => document.documentElement.dataset["numbers"]);
  return parse(Numbers, JSON.parse(kept ?? "null"));
}

/** Runs in the page, before anything of it: keeps the numbers on the root element. */
function watch(): void {
  const found = { lcp: 0, tbt: 0, cls: 0 };
  const keep = (): void => {
    document.documentElement.dataset["numbers"] = JSON.stringify(found);
    document.documentElement.dataset["changedAt"] = String(performance.now());
  };
  const observe = (type: string, take: (entry: PerformanceEntry) => void): void => {
    new PerformanceObserver((list) => {
      list.getEntries().forEach(take);
      keep();
    }).observe({ type, buffered: true });
  };
  observe("largest-contentful-paint", ({ startTime }) => (found.lcp = startTime));
  observe("longtask", ({ duration }) => (found.tbt += duration - 50));
  observe("layout-shift", (entry) => {
    // Chromium's own kind of entry, which the DOM types do not know.
    const isExpected = "hadRecentInput" in entry && entry.hadRecentInput === true;
    if (!isExpected && "value" in entry) found.cls += Number(entry.value);
  });
}

function openProfile(profile: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, { ...launchOptions(), viewport });
}

function launchOptions() {
  const executablePath = browserPath();
  return {
    ...(executablePath === undefined ? {} : { executablePath }),
    chromiumSandbox: process.getuid?.() !== 0,
    args: ["--disable-gpu", "--disable-background-networking"],
  };
}
