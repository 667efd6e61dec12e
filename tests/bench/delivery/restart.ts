/**
 * How soon a server that was killed in the middle of a large campaign sends again: from the start
 * of the process to the next call at the provider.
 * Run: `npm run bench -- delivery`, or `node tests/bench/delivery/restart.ts [RECIPIENTS] [SHARE] [KILLS]`,
 * where SHARE is how much of the campaign is sent before the first kill.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { RestClient } from "../../support/delivery/rest-client.ts";
import { everybody, send, webhookAccount } from "../../support/delivery/sending.ts";
import { RealServer } from "../../support/real-server.ts";
import { keep, median } from "../../support/bench.ts";
import { openProvider, type ProviderProcess } from "./runs/provider-process.ts";

const recipients = Number(process.argv[2] ?? 1_000_000);
const share = Number(process.argv[3] ?? 0.5);
const kills = Number(process.argv[4] ?? 5);
const importWithinMs = 1_200_000;
/** Calls that a killed server had begun have arrived by then. */
const quietMs = 300;

interface Restart {
  /** Until it says that it is ready. */
  readonly readyMs: number;
  /** Until the provider is called. */
  readonly firstSendMs: number;
}

const [server, provider] = await Promise.all([RealServer.open(), openProvider(true)]);
try {
  await launch(await RestClient.setUp(server));
  await calls(provider, recipients * share);
  const restarts: Restart[] = [];
  while (restarts.length < kills) restarts.push(await restart());
  show(restarts);
} finally {
  await server.close();
  await provider.stop();
}

async function launch(api: RestClient): Promise<void> {
  const emails = Array.from({ length: recipients }, (_, n) => `p${n}@example.org`);
  const audience = await everybody(api, emails, importWithinMs);
  const limits = { concurrency: 50 };
  await send(api, audience, await webhookAccount(api, `${provider.url}/messages`, { limits }));
}

async function restart(): Promise<Restart> {
  await server.kill();
  await sleep(quietMs);
  const { count } = await provider.facts();
  const began = performance.now();
  const since = (): number => Math.round(performance.now() - began);
  const readyMs = server.start().then(since);
  const [ready, firstSendMs] = await Promise.all([readyMs, calls(provider, count + 1).then(since)]);
  return { readyMs: ready, firstSendMs };
}

async function calls(at: ProviderProcess, wanted: number): Promise<void> {
  while ((await at.facts()).count < wanted) await sleep(5);
}

function show(restarts: readonly Restart[]): void {
  const of = (what: keyof Restart): readonly number[] => restarts.map((each) => each[what]);
  const words = (what: keyof Restart): string =>
    `${median(of(what))} ms, at most ${Math.max(...of(what))} ms`;
  console.log(`Restart in a campaign of ${recipients}, medians of ${kills} kills:`);
  console.log(`  ready:      ${words("readyMs")}`);
  console.log(`  first send: ${words("firstSendMs")} (wanted: at most 2,000 ms)`);
  keep("delivery", "restart", { recipients, share, restarts });
}
