/**
 * D2: a campaign from its launch to its last receipt over HTTP, beside the same client with no
 * accounting at all. The provider is a process of its own, answers at once and reports everything.
 * Run: `npm run bench -- delivery`, or `node tests/bench/delivery/over-http.ts [MESSAGES] [ROUNDS]`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { RestClient } from "../../support/delivery/rest-client.ts";
import { everybody, send, webhookAccount } from "../../support/delivery/sending.ts";
import { RealServer } from "../../support/real-server.ts";
import { openProvider } from "./runs/provider-process.ts";
import { keep, median, runNode } from "../../support/bench.ts";

const messages = Number(process.argv[2] ?? 50_000);
const rounds = Number(process.argv[3] ?? 3);
const concurrency = 50;

interface Round {
  /** From the first call to the last. */
  readonly perSecond: number;
  /** From the first call to the last receipt. */
  readonly settledPerSecond: number;
}

const ours: Round[] = [];
const bare: Round[] = [];
const server = await RealServer.open();
try {
  const api = await RestClient.setUp(server);
  const emails = Array.from({ length: messages }, (_, n) => `p${n}@example.org`);
  const audience = await everybody(api, emails);
  for (let round = 0; round < rounds; round++) {
    bare.push(await measure((url) => runBare(url)));
    ours.push(await measure((url) => runOurs(api, audience, url)));
  }
} finally {
  await server.close();
}
show();

async function measure(run: (url: string) => Promise<unknown>): Promise<Round> {
  const provider = await openProvider();
  const running = run(provider.url);
  while ((await provider.facts()).count === 0) await sleep(5);
  const began = performance.now();
  while ((await provider.facts()).reported < messages) await sleep(50);
  const settledMs = performance.now() - began;
  await running;
  const { spanMs } = await provider.facts();
  await provider.stop();
  const perSecond = Math.round((messages * 1_000) / spanMs);
  return { perSecond, settledPerSecond: Math.round((messages * 1_000) / settledMs) };
}

async function runBare(url: string): Promise<void> {
  const script = "tests/bench/delivery/runs/bare-client.ts";
  await runNode(script, url, String(messages), String(concurrency));
}

async function runOurs(api: RestClient, audience: string, url: string): Promise<void> {
  const limits = { concurrency };
  const account = await webhookAccount(api, `${url}/messages`, { limits });
  const id = await send(api, audience, account);
  for (;;) {
    const { phase } = await api.get<{ readonly phase: string }>(`/campaigns/${id}`);
    if (phase === "completed") return;
    if (phase === "paused") throw new Error("the campaign was paused");
    await sleep(200);
  }
}

function medianOf(rows: readonly Round[], what: keyof Round): number {
  return median(rows.map((row) => row[what]));
}

function show(): void {
  console.log(`D2, ${messages} messages over HTTP, medians of ${rounds} interleaved rounds:`);
  for (const what of ["perSecond", "settledPerSecond"] as const) {
    const share = Math.round((100 * medianOf(ours, what)) / medianOf(bare, what));
    const words = what === "perSecond" ? "to the last call   " : "to the last receipt";
    console.log(
      `  ${words}: ${medianOf(ours, what)}/s, bare client ${medianOf(bare, what)}/s: ${share} % (wanted: 80 %)`,
    );
  }
  keep("delivery", "over-http", { messages, ours, bare });
}
