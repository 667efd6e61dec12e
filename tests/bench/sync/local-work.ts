/**
 * B5 and B6, in Chromium, on the disk: how soon a write is on the screen (from the act of a person
 * until a live query tells of it) while nothing, a hundred or a thousand changes wait to be sent;
 * and what a checkpoint costs over 10,000 rows, that replays what waits: its time, and the tasks
 * of more than 50 ms in it. The database commits strictly, as in the app.
 *
 * Replicache needs a licence; RxDB and PouchDB replay nothing, so they have no such checkpoint: not run.
 * Run: `npm run bench -- sync`, or `node tests/bench/sync/local-work.ts [ROWS] [ROUNDS] [PENDING…]`.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser } from "playwright";
import { number, object, parse } from "valibot";
import { build } from "vite";
import { keep, median } from "../../support/bench.ts";
import { browserPath, ensureBrowser } from "../../support/tools/browser.ts";
import { serveRecipients } from "./runs/recipients.ts";

const [rows = 10_000, rounds = 3, ...asked] = process.argv.slice(2).map(Number);
const loads = asked.length > 0 ? asked : [0, 100, 1_000];
const wantedMs = 100;

const Found = object({
  writeP50: number(),
  writeP99: number(),
  checkpointMs: number(),
  longTasks: number(),
});
type Run = Awaited<ReturnType<typeof measure>>;

const missing = ensureBrowser();
if (missing === undefined) await main();
else {
  console.error(missing);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "fieldcast-local-work-"));
  await build({
    configFile: false,
    logLevel: "silent",
    build: {
      outDir: join(folder, "built"),
      lib: {
        entry: "tests/bench/sync/pages/local-work.ts",
        formats: ["es"],
        fileName: () => "page.js",
      },
      copyPublicDir: false,
    },
  });
  const html = '<!doctype html><script type="module" src="/built/page.js"></script>';
  writeFileSync(join(folder, "page.html"), html);
  const { url, server } = await serveRecipients(folder, []);
  const executablePath = browserPath();
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    chromiumSandbox: process.getuid?.() !== 0,
  });
  try {
    const runs = new Map<number, Run[]>();
    for (let round = 1; round <= rounds; round++) {
      for (const pending of loads) {
        const run = await measure(browser, `${url}/page.html`, pending);
        runs.set(pending, [...(runs.get(pending) ?? []), run]);
      }
    }
    show(runs);
  } finally {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each in a profile of its own. */
async function measure(browser: Browser, url: string, pending: number) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    page.on("pageerror", (error) => console.error(`${url}: ${error.message}`));
    await page.goto(url);
    await page.waitForFunction("globalThis.contest !== undefined");
    return parse(Found, await page.evaluate(`contest.run(${rows}, ${pending})`));
  } finally {
    await context.close();
  }
}

function show(runs: ReadonlyMap<number, readonly Run[]>): void {
  const table = [...runs].map(([pending, list]) => {
    const of = (name: keyof Run): number => median(list.map((run) => run[name]));
    const ms = (name: keyof Run): number => Math.round(of(name) * 10) / 10;
    return [
      `${pending} waiting`,
      {
        "write shown ms": ms("writeP50"),
        "99 of 100 ms": ms("writeP99"),
        "checkpoint ms": Math.round(of("checkpointMs")),
        "long tasks": of("longTasks"),
      },
    ];
  });
  console.log(`\nB5 and B6, ${rows} rows in Chromium, medians of ${rounds} rounds:`);
  console.log(
    `  wanted: a checkpoint with 1,000 waiting in less than ${wantedMs} ms, no long task`,
  );
  console.table(Object.fromEntries(table));
  keep("sync", "local-work", { rows, rounds, runs: Object.fromEntries(runs) });
}
