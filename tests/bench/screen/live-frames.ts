/**
 * Whether a report holds 60 frames a second while its counters move four times a second: the time
 * between frames, and tasks that took longer than 50 ms, as fast as the computer is and four times
 * slower; beside them the same page while nothing moves.
 * Run: `npm run bench -- screen`, or `node tests/bench/screen/live-frames.ts [SECONDS]`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright";
import { array, number, object, parse } from "valibot";
import { keep, median } from "../../support/bench.ts";
import { RestClient, waitFor } from "../../support/delivery/rest-client.ts";
import { everybody, send, type SentReport } from "../../support/delivery/sending.ts";
import { RealServer } from "../../support/real-server.ts";
import { ensureBrowser } from "../../support/tools/browser.ts";
import { openProfile, signIn, slowDown } from "./runs/profile.ts";

const seconds = Number(process.argv[2] ?? 10);
const perSecond = 200;
const recipients = perSecond * (6 * seconds + 120);
const frameMs = 1_000 / 60;

const Seen = object({ frames: array(number()), tasks: array(number()), changes: number() });

interface Measured {
  readonly name: string;
  readonly perSecond: number;
  readonly p95Ms: number;
  readonly longestMs: number;
  /** Of all frames that a screen of 60 Hz would have shown. */
  readonly missedPercent: number;
  readonly longTasks: number;
  readonly longTaskMs: number;
  /** How often the number of those sent changed. */
  readonly changes: number;
}

const missing = ensureBrowser();
if (missing === undefined) await main();
else {
  console.error(missing);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const server = await RealServer.open();
  const profile = mkdtempSync(join(tmpdir(), "fieldcast-bench-"));
  const context = await openProfile(profile);
  try {
    const api = await RestClient.setUp(server);
    const id = await begun(api);
    const page = await context.newPage();
    await signIn(page, server.url);
    await page.goto(`${server.url}/campaigns/${id}`);
    await page.getByRole("region", { name: "Key figures" }).waitFor();
    const all: Measured[] = [];
    for (const times of [1, 4]) all.push(await measure(page, "moving", times));
    await api.post(`/campaigns/${id}/pause`);
    await page.waitForTimeout(3_000);
    for (const times of [1, 4]) all.push(await measure(page, "still", times));
    console.log(`\nFrames of a report, ${seconds} s each (wanted: 60 a second):`);
    console.table(all);
    keep("screen", "live-frames", { seconds, all });
  } finally {
    await context.close();
    await server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** A campaign that is being sent for long enough, and has begun. */
async function begun(api: RestClient): Promise<string> {
  const emails = Array.from({ length: recipients }, (_, n) => `p${n}@example.org`);
  const audience = await everybody(api, emails);
  const settings = { latencyMs: 0, failurePercent: 10, unconfirmedPercent: 5, receiptDelayMs: 300 };
  const guards = { breaker: "provider", failurePercent: null };
  const { id: accountId } = await api.post<{ readonly id: string }>("/accounts", {
    name: "Sandbox",
    channel: "email",
    provider: "sandbox",
    settings,
    guards,
    limits: { perSecond },
  });
  const id = await send(api, audience, accountId);
  await waitFor(
    () => api.get<SentReport>(`/campaigns/${id}/report`),
    ({ counters }) => (counters["delivered"] ?? 0) > 10 * perSecond,
    120_000,
  );
  return id;
}

async function measure(page: Page, what: string, times: number): Promise<Measured> {
  await slowDown(page, times);
  await page.waitForTimeout(1_000);
  const { frames, tasks, changes } = parse(Seen, await page.evaluate(watch, seconds * 1_000));
  const total = frames.reduce((sum, ms) => sum + ms, 0);
  const sorted = frames.toSorted((a, b) => a - b);
  const missed = frames.reduce((sum, ms) => sum + Math.max(0, Math.round(ms / frameMs) - 1), 0);
  return {
    name: `${what}, CPU/${times}`,
    perSecond: rounded((1_000 * frames.length) / total),
    p95Ms: rounded(sorted[Math.floor(sorted.length * 0.95)] ?? 0),
    longestMs: rounded(Math.max(...frames)),
    missedPercent: rounded((100 * missed) / (frames.length + missed)),
    longTasks: tasks.length,
    longTaskMs: rounded(median(tasks)),
    changes,
  };
}

function rounded(n: number): number {
  return Math.round(n * 10) / 10;
}

/** Runs in the page: the times between frames, long tasks, and how often the counters changed. */
function watch(forMs: number) {
  const frames: number[] = [];
  const tasks: number[] = [];
  let changes = 0;
  const observer = new PerformanceObserver((list) => {
    tasks.push(...list.getEntries().map(({ duration }) => duration));
  });
  observer.observe({ type: "longtask" });
  // A live list: total and its share, then sent.
  const counters = document.getElementsByTagName("dd");
  let shown = counters[2]?.textContent;
  return new Promise((resolve) => {
    let last = performance.now();
    const until = last + forMs;
    const frame = (at: number): void => {
      frames.push(at - last);
      last = at;
      const now = counters[2]?.textContent;
      if (now !== shown) changes += 1;
      shown = now;
      if (at < until) requestAnimationFrame(frame);
      else {
        observer.disconnect();
        resolve({ frames: frames.slice(1), tasks, changes });
      }
    };
    requestAnimationFrame(frame);
  });
}
