/**
 * B1 and the first sync of B2: a campaign's recipients from the server to the device's disk, in
 * Chromium, and what travels for them. Everybody fetches the same recipients in the shape that is
 * natural to it, over the same link, and is done when all of them are committed to IndexedDB and
 * can be read back. Fieldcast also checks what came and seals it with AES-GCM.
 *
 * Rounds are interleaved: the ratios of the medians count.
 * Run: `npm run bench -- sync`, or `node tests/bench/sync/bulk-apply.ts [ROUNDS] [ROWS…]`.
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { chromium, type Browser } from "playwright";
import { number, object, parse } from "valibot";
import { build } from "vite";
import { blockRows } from "#protocol/rest/blocks.ts";
import { installPeers, keep, median } from "../../support/bench.ts";
import { browserPath, ensureBrowser } from "../../support/tools/browser.ts";
import { dynamicPart, plainRows, serveRecipients, staticPart } from "./runs/recipients.ts";

const Done = object({ ms: number(), found: number() });

/** PouchDB takes `events` for granted. */
const versions = { "pouchdb-browser": "9.0.0", events: "3.3.0", rxdb: "17.6.0", rxjs: "7.8.2" };
const [rounds = 3, ...asked] = process.argv.slice(2).map(Number);
const sizes = asked.length > 0 ? asked : [5_000, 50_000, 1_000_000];
/** Peers take minutes for more. */
const mostForPeers = 50_000;

interface Contestant {
  readonly name: string;
  readonly page: string;
  readonly isPeer: boolean;
}

const contestants: readonly Contestant[] = [
  { name: "Fieldcast", page: "fieldcast.ts", isPeer: false },
  { name: "Dexie, a row each", page: "dexie.ts", isPeer: false },
  { name: "RxDB over Dexie", page: "rxdb.ts", isPeer: true },
  { name: "PouchDB", page: "pouchdb.ts", isPeer: true },
];

const missing = ensureBrowser();
if (missing === undefined) await main();
else {
  console.error(missing);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "fieldcast-apply-peers-"));
  const problem = installPeers(folder, versions);
  if (problem !== null) console.log(`  peers were skipped: ${problem}`);
  const present = contestants.filter(({ isPeer }) => problem === null || !isPeer);
  for (const contestant of present) await bundle(contestant, folder);
  const { url, server } = await serveRecipients(folder, sizes);
  const executablePath = browserPath();
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    chromiumSandbox: process.getuid?.() !== 0,
  });
  try {
    for (const rows of sizes) await compare(browser, { url, rows, present });
    showBytes();
  } finally {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One file of the page and everything that it uses, as an app would ship it. */
async function bundle({ page, isPeer }: Contestant, folder: string): Promise<void> {
  const pages = resolve("tests/bench/sync/pages");
  // Beside what was installed for it, where its imports are found.
  if (isPeer) cpSync(pages, folder, { recursive: true });
  const entry = join(isPeer ? folder : pages, page);
  const file = page.replace(/\.\w+$/, "");
  await build({
    configFile: false,
    root: isPeer ? folder : process.cwd(),
    logLevel: "silent",
    define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
    build: {
      outDir: join(folder, "built", file),
      lib: { entry, formats: ["es"], fileName: () => "page.js" },
      copyPublicDir: false,
    },
  });
  const html = `<!doctype html><script type="module" src="/built/${file}/page.js"></script>`;
  writeFileSync(join(folder, `${file}.html`), html);
}

interface Comparison {
  readonly url: string;
  readonly rows: number;
  readonly present: readonly Contestant[];
}

async function compare(browser: Browser, { url, rows, present }: Comparison): Promise<void> {
  const taken = new Map<string, number[]>();
  for (let round = 1; round <= rounds; round++) {
    for (const { name, page, isPeer } of present) {
      if (rows > mostForPeers && (isPeer || page === "dexie.ts")) continue;
      const ms = await measure(browser, `${url}/${page.replace(/\.\w+$/, "")}.html`, rows);
      taken.set(name, [...(taken.get(name) ?? []), ms]);
    }
  }
  const mine = median(taken.get("Fieldcast") ?? []);
  const table = Object.fromEntries(
    [...taken].map(([name, list]) => [
      name,
      {
        ms: Math.round(median(list)),
        least: Math.round(Math.min(...list)),
        most: Math.round(Math.max(...list)),
        "times Fieldcast": Number((median(list) / mine).toFixed(1)),
      },
    ]),
  );
  console.log(`\nB1, ${rows} recipients to the disk of Chromium, medians of ${rounds} rounds:`);
  console.table(table);
  keep("sync", `bulk-apply-${rows}`, { rows, rounds, taken: Object.fromEntries(taken) });
}

/** Each in a profile of its own. */
async function measure(browser: Browser, url: string, rows: number): Promise<number> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    page.on("pageerror", (error) => console.error(`${url}: ${error.message}`));
    await page.goto(url);
    await page.waitForFunction("globalThis.contest !== undefined");
    const answer = parse(Done, await page.evaluate(`contest.run(${rows})`));
    if (answer.found !== rows) throw new Error(`${url} kept ${answer.found} of ${rows}`);
    return answer.ms;
  } finally {
    await context.close();
  }
}

function showBytes(): void {
  const rows = blockRows;
  const shapes = {
    Fieldcast: [staticPart(0, rows), dynamicPart(0, rows)],
    "a document each": [plainRows(rows)],
  };
  const table = Object.fromEntries(
    Object.entries(shapes).map(([name, bodies]) => {
      const texts = bodies.map((body) => Buffer.from(JSON.stringify(body)));
      const sum = (size: (text: Buffer) => number) =>
        Math.round(texts.reduce((total, text) => total + size(text), 0) / 1_000);
      const params = { [constants.BROTLI_PARAM_QUALITY]: 5 };
      return [
        name,
        {
          "raw kB": sum((text) => text.length),
          "gzip kB": sum((text) => gzipSync(text).length),
          "brotli kB": sum((text) => brotliCompressSync(text, { params }).length),
        },
      ];
    }),
  );
  console.log(`\nB2, what travels for ${rows} recipients:`);
  console.table(table);
  keep("sync", "bulk-apply-bytes", { table });
}
