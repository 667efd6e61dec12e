/**
 * B10: from opening the app to the list of a thousand campaigns, from nothing but the device's own
 * disk: the server is stopped, the browser starts anew each time, its processor is four times
 * slower. Once as the list was seen last, and once as the app has drawn it; beside it, round by
 * round, a page of the same app that has nothing to show, which is what the computer itself takes.
 *
 * RxDB and Replicache are libraries without an app of their own; what they would read from disk is
 * measured by B1. Not run.
 * Run: `npm run bench -- sync`, or `node tests/bench/sync/offline-start.ts [CAMPAIGNS] [ROUNDS]`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keep, median } from "../../support/bench.ts";
import { RestClient } from "../../support/delivery/rest-client.ts";
import { RealServer } from "../../support/real-server.ts";
import { ensureBrowser } from "../../support/tools/browser.ts";
import { coldStart, type Seen, type Sought } from "../screen/runs/cold-start.ts";
import { openProfile, signIn } from "../screen/runs/profile.ts";
import { campaign } from "./runs/workspace.ts";

const campaigns = Number(process.argv[2] ?? 1_000);
const rounds = Number(process.argv[3] ?? 5);
const slowdown = 4;
const wantedMs = 1_000;

const path = "/campaigns";
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
    for (let index = 0; index < campaigns; index++) {
      const { name, type, content } = campaign(index);
      await api.post("/campaigns", { name, type, content });
    }
    const list: Sought = {
      path,
      selector: "main h2",
      text: await firstOfList(profile, server.url),
    };
    await server.stop();
    // The first start after a while also fills the computer's own caches.
    await coldStart(profile, server.url, list, slowdown);
    const lists: Seen[] = [];
    const empty: Seen[] = [];
    for (let round = 0; round < rounds; round++) {
      lists.push(await coldStart(profile, server.url, list, slowdown));
      empty.push(await coldStart(profile, server.url, nothing, slowdown));
    }
    show(lists, empty);
  } finally {
    await server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** Signs in, and waits until everything is on the device; answers what the first card is called. */
async function firstOfList(profile: string, url: string): Promise<string> {
  const context = await openProfile(profile);
  const page = await context.newPage();
  await signIn(page, url);
  await page.goto(`${url}${path}`);
  const name = await page.locator("main article h2").first().innerText();
  await page.waitForFunction((at) => localStorage.getItem(`fieldcast.look${at}`) !== null, path);
  await context.close();
  return name;
}

function show(lists: readonly Seen[], empty: readonly Seen[]): void {
  console.log(
    `\nB10, start without a network, ${campaigns} campaigns, processor ${slowdown} times slower, ` +
      `medians of ${rounds} (wanted: less than ${wantedMs} ms):`,
  );
  line(
    "the list as it was seen last",
    lists.map(({ first }) => first),
  );
  line(
    "the list, drawn by the app",
    lists.map(({ drawn }) => drawn),
  );
  line(
    "a page that has nothing to show",
    empty.map(({ drawn }) => drawn),
  );
  keep("sync", "offline-start", { campaigns, slowdown, rounds, lists, empty });
}

function line(name: string, of: readonly number[]): void {
  console.log(`  ${name.padEnd(34)}${median(of)} ms (${Math.min(...of)} to ${Math.max(...of)})`);
}
