/**
 * D6: signed receipts while the server sends: one to a request, then a thousand to a request.
 * None that was acknowledged may be lost; how soon the report shows the last of them is its lag.
 * Run: `npm run bench -- delivery`, or `node tests/bench/delivery/receipt-flood.ts [MESSAGES]`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { number, object, parse, type InferOutput } from "valibot";
import { RestClient } from "../../support/delivery/rest-client.ts";
import { everybody, reportWhen, send, webhookAccount } from "../../support/delivery/sending.ts";
import { RealServer } from "../../support/real-server.ts";
import { openProvider } from "./runs/provider-process.ts";
import { keep, runNode } from "../../support/bench.ts";

const messages = Number(process.argv[2] ?? 50_000);
/** Sent meanwhile, messages a second. */
const sending = 5_000;
const atOnce = 100;
const perRequest = 1_000;
const secret = "measured";

const Flood = object({
  receipts: number(),
  perSecond: number(),
  p50Ms: number(),
  p99Ms: number(),
  refused: number(),
  /** Messages that went out meanwhile, a second. */
  sentPerSecond: number(),
});

const [server, provider] = await Promise.all([RealServer.open(), openProvider(true)]);
try {
  await measure(await RestClient.setUp(server));
} finally {
  await server.close();
  await provider.stop();
}

async function measure(api: RestClient): Promise<void> {
  const emails = Array.from({ length: messages }, (_, n) => `p${n}@example.org`);
  const audience = await everybody(api, emails);
  const over = { settings: { secret }, limits: { concurrency: 50 } };
  const account = await webhookAccount(api, `${provider.url}/messages`, over);
  const first = await send(api, audience, account, "First");
  await untilSent(messages);
  const { callbackUrl } = await provider.facts();
  await sleep(2_000);
  const calm = await server.memory();

  const slower = { ...over, limits: { concurrency: 50, perSecond: sending } };
  const other = await webhookAccount(api, `${provider.url}/messages`, slower);
  const second = await send(api, audience, other, "Meanwhile");
  await untilSent(messages + messages / 10);
  const singles = await flood(callbackUrl, [0, messages], 1);
  const lagMs = await untilShown(api, first, singles);
  await untilSent(2 * messages);
  const { callbackUrl: elsewhere } = await provider.facts();
  const batches = await flood(elsewhere, [messages, 2 * messages], perRequest);
  const batchLagMs = await untilShown(api, second, batches);
  const moreMb = Math.round(((await server.memory()) - calm) / 1024 / 1024);

  console.log(
    `D6, ${messages} receipts of each kind, the first kind while ${singles.sentPerSecond} messages/s went out`,
  );
  console.table({
    "one to a request": { ...singles, lagMs },
    [`${perRequest} to a request`]: { ...batches, lagMs: batchLagMs },
  });
  console.log(`  ${moreMb} MB more of memory (wanted: at most 300); lag wanted: at most 1,000 ms`);
  keep("delivery", "receipt-flood", {
    messages,
    singles,
    batches,
    lagMs,
    batchLagMs,
    moreMb,
  });
}

/** How long until the report counts all that was acknowledged; fails when it never does. */
async function untilShown(
  api: RestClient,
  id: string,
  of: InferOutput<typeof Flood>,
): Promise<number> {
  const began = performance.now();
  await reportWhen(api, id, ({ counters }) => counters["delivered"] === of.receipts);
  return Math.round(performance.now() - began);
}

async function untilSent(count: number): Promise<void> {
  while ((await provider.facts()).count < count) await sleep(200);
}

/** What a provider that tells of the messages from one number to another measures. */
async function flood(callbackUrl: string, of: readonly [number, number], size: number) {
  const args = [provider.url, callbackUrl, secret, ...[...of, size, atOnce].map(String)];
  return parse(Flood, await runNode("tests/bench/delivery/runs/teller.ts", ...args));
}
