/**
 * D6: signed receipts while the server sends: one to a request, then a thousand to a request.
 * None that was acknowledged may be lost; how soon the report shows the last of them is its lag.
 * Run: `npm run bench -- delivery`, or `node tests/bench/delivery/receipt-flood.ts [MESSAGES]`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import { array, object, parse, string } from "valibot";
import { sign } from "#server/receipts/signature.ts";
import { RestClient } from "../../support/delivery/rest-client.ts";
import { everybody, reportWhen, send, webhookAccount } from "../../support/delivery/sending.ts";
import { RealServer } from "../../support/real-server.ts";
import { openProvider, type ProviderProcess } from "./runs/provider-process.ts";
import { keep } from "../../support/bench.ts";

const messages = Number(process.argv[2] ?? 50_000);
/** Sent meanwhile, messages a second. */
const sending = 5_000;
const atOnce = 100;
const perRequest = 1_000;
const secret = "measured";
const Keys = object({ keys: array(string()), callbackUrl: string() });

interface Flood {
  readonly receipts: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly refused: number;
}

const [server, provider] = await Promise.all([RealServer.open(), openProvider(true)]);
const pool = new Pool(server.url, { connections: atOnce });
try {
  await measure(await RestClient.setUp(server));
} finally {
  await pool.close();
  await server.close();
  await provider.stop();
}

async function measure(api: RestClient): Promise<void> {
  const emails = Array.from({ length: messages }, (_, n) => `p${n}@example.org`);
  const audience = await everybody(api, emails);
  const over = { settings: { secret }, limits: { concurrency: 50 } };
  const account = await webhookAccount(api, `${provider.url}/messages`, over);
  const first = await send(api, audience, account, "First");
  const told = await keysOf(provider, messages);
  await sleep(2_000);
  const calm = await server.memory();

  const slower = { ...over, limits: { concurrency: 50, perSecond: sending } };
  const other = await webhookAccount(api, `${provider.url}/messages`, slower);
  const second = await send(api, audience, other, "Meanwhile");
  const singles = await flood(told.callbackUrl, told.keys, 1);
  const sent = (await provider.facts()).count - messages;
  const sentPerSecond = Math.round((sent * singles.perSecond) / singles.receipts);
  const lagMs = await untilShown(api, first, singles);
  const both = await keysOf(provider, 2 * messages);
  const batches = await flood(both.callbackUrl, both.keys.slice(messages), perRequest);
  const batchLagMs = await untilShown(api, second, batches);
  const moreMb = Math.round(((await server.memory()) - calm) / 1024 / 1024);

  console.log(`D6, ${messages} receipts of each kind, while ${sentPerSecond} messages/s went out`);
  console.table({
    "one to a request": { ...singles, lagMs },
    [`${perRequest} to a request`]: { ...batches, lagMs: batchLagMs },
  });
  console.log(`  ${moreMb} MB more of memory (wanted: at most 300); lag wanted: at most 1,000 ms`);
  keep("delivery", "receipt-flood", {
    messages,
    sentPerSecond,
    singles,
    batches,
    lagMs,
    batchLagMs,
    moreMb,
  });
}

/** How long until the report counts all that was acknowledged; fails when it never does. */
async function untilShown(api: RestClient, id: string, of: Flood): Promise<number> {
  const began = performance.now();
  await reportWhen(api, id, ({ counters }) => counters["delivered"] === of.receipts);
  return Math.round(performance.now() - began);
}

async function keysOf({ url }: ProviderProcess, count: number) {
  for (;;) {
    const told = parse(Keys, await (await fetch(`${url}/keys`)).json());
    if (told.keys.length >= count) return told;
    await sleep(500);
  }
}

/** Each in its order, as many requests at once as there are connections. */
async function flood(callbackUrl: string, keys: readonly string[], size: number): Promise<Flood> {
  const path = new URL(callbackUrl).pathname;
  const taken: number[] = [];
  let next = 0;
  let refused = 0;
  const work = async (): Promise<void> => {
    while (next < keys.length) {
      const part = keys.slice(next, next + size);
      next += size;
      const body = JSON.stringify({ receipts: part.map((key) => ({ key, state: "delivered" })) });
      const signature = sign(secret, body, Math.floor(Date.now() / 1_000));
      const headers = { "content-type": "application/json", "fieldcast-signature": signature };
      const began = performance.now();
      const answer = await pool.request({ method: "POST", path, headers, body });
      await answer.body.dump();
      taken.push(performance.now() - began);
      if (answer.statusCode !== 200) refused += part.length;
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: atOnce }, work));
  const ms = performance.now() - began;
  taken.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(taken[Math.floor(taken.length * share)] ?? 0);
  return {
    receipts: keys.length - refused,
    perSecond: Math.round(((keys.length - refused) * 1_000) / ms),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    refused,
  };
}
