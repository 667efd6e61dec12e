// More receipts than can be merged: the real server keeps them, answers, and merges them later. It is
// killed while they wait, and has every one that it acknowledged; where there is no room for more it
// says when to come again, and takes nothing.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sign, signatureHeader } from "#server/receipts/signature.ts";
import { runCli } from "../support/command-line.ts";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import {
  everybody,
  isHandedOver,
  reportWhen,
  rowsOf,
  send,
  webhookAccount,
} from "../support/delivery/sending.ts";
import { WebhookSink, type SinkMessage } from "../support/delivery/webhook-sink.ts";
import { RealServer } from "../support/real-server.ts";

const people = 900;
/** It is killed at the very moment at which so many were acknowledged. */
const kills = [150, 350, 550, 750];
const atOnce = 40;

let server: RealServer;
let api: RestClient;
let sink: WebhookSink;
let campaign: string;
let messages: readonly SinkMessage[];

beforeAll(async () => {
  [server, sink] = await Promise.all([RealServer.open(), WebhookSink.open()]);
  api = await RestClient.setUp(server);
  const emails = Array.from({ length: people }, (_, n) => `p${n}@example.org`);
  const audience = await everybody(api, emails);
  campaign = await send(api, audience, await webhookAccount(api, sink.url));
  await reportWhen(api, campaign, isHandedOver);
  messages = [...sink.effects.values()];
}, 120_000);

afterAll(async () => {
  await server.close();
  await sink.close();
});

/** Whom the server said that it knows of. */
const taken = new Set<string>();

/** Tells of each in a request of its own, until the server is killed at that many. */
async function flood(killAt: number): Promise<void> {
  let killing: Promise<void> | undefined;
  const left = messages.filter(({ to }) => !taken.has(to));
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      if (await sink.tell([next], () => ({ state: "delivered" }))) taken.add(next.to);
      else left.length = 0;
      if (taken.size >= killAt) killing ??= server.kill();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  await killing;
}

/** How many receipts wait in the database of a server that does not run. */
function inbox(): number {
  const db = new DatabaseSync(join(server.dataDir, "fieldcast.db"), { readOnly: true });
  const row = db.prepare("select coalesce(sum(n), 0) as n from receipt_inbox").get();
  db.close();
  return Number(row?.["n"]);
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(new RegExp(`^fieldcast_${name} (\\d+)$`, "m").exec(text)?.[1]);
}

const merged = () =>
  waitFor(
    () => metric("receipts_inbox"),
    (n) => n === 0,
  );

async function lost(): Promise<readonly string[]> {
  const rows = await rowsOf(api, campaign);
  return [...taken].filter((to) => rows.get(to)?.state !== "delivered");
}

test(
  "I-5 S1-D1 receipts that wait for their turn are there after a kill, each that was acknowledged",
  { timeout: 240_000 },
  async () => {
    await server.restartAs("tests/support/servers/small-queue.ts");
    let waited = 0;
    for (const killAt of kills) {
      await flood(killAt);
      waited += inbox();
      await server.start();
      await merged();
      expect(await lost()).toEqual([]);
    }
    // It was killed with receipts in the inbox, and not only between two of them.
    expect(waited).toBeGreaterThan(0);
    expect(taken.size).toBeLessThan(people);
    await flood(Infinity);
    expect(taken.size).toBe(people);
    await reportWhen(api, campaign, ({ counters }) => counters["delivered"] === people);
    expect(await runCli(server.dataDir, "doctor")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("ok"),
    });
  },
);

test(
  "S1-D1 where there is no room the provider is told when to come again, and nothing is taken; unsigned receipts are never kept",
  { timeout: 120_000 },
  async () => {
    const secret = "receipts are signed with this";
    const account = await webhookAccount(api, sink.url, { settings: { secret } });
    const url = `${server.url}/api/v1/receipts/${account}`;
    const body = JSON.stringify({ key: "of nobody", state: "delivered" });
    const post = (signature: string): Promise<Response> =>
      fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", [signatureHeader]: signature },
        body,
      });
    const signed = (): Promise<Response> =>
      post(sign(secret, body, Math.floor(Date.now() / 1_000)));

    await server.restartAs("tests/support/servers/no-room.ts");
    expect((await post("t=1,v1=00")).status).toBe(401);
    const refused = await signed();
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({
      type: expect.stringContaining("unavailable"),
      detail: expect.stringContaining("nothing of this was taken"),
    });
    expect(await metric("receipts_inbox")).toBe(0);

    await server.restartAs("tests/support/servers/small-queue.ts");
    expect((await post("t=1,v1=00")).status).toBe(401);
    expect(await metric("receipts_inbox")).toBe(0);
    const kept = await signed();
    expect(kept.status).toBe(200);
    expect(await kept.json()).toEqual({ received: 1, applied: 0, kept: 1 });
    // Merged, it turns out to be about nothing of ours.
    const unmatched = () => api.get<{ readonly items: readonly unknown[] }>("/receipts/unmatched");
    const { items } = await waitFor(unmatched, (list) => list.items.length > 0);
    expect(items).toMatchObject([{ key: "of nobody", accountId: account }]);
  },
);
