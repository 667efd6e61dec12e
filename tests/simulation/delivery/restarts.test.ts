/**
 * The real server, restarted again and again, also before it is ready; and beside another one that is
 * started on the same data while the first stands still, as in a machine that was suspended.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cli, RestClient, waitFor } from "../../support/delivery/rest-client.ts";
import { everybody, reportWhen, send, webhookAccount } from "../../support/delivery/sending.ts";
import { WebhookSink } from "../../support/delivery/webhook-sink.ts";
import { RealServer } from "../../support/real-server.ts";

const people = 2_000;

let sink: WebhookSink;
let server: RealServer;
let api: RestClient;
let campaign: string;

beforeEach(async () => {
  sink = await WebhookSink.open({ reports: true, latencyMs: 2 });
  server = await RealServer.open();
  api = await RestClient.setUp(server);
  const emails = Array.from({ length: people }, (_, n) => `person${n}@example.org`);
  const audience = await everybody(api, emails);
  const account = await webhookAccount(api, sink.url, { limits: { perSecond: 400 } });
  campaign = await send(api, audience, account);
  await waitFor(
    async () => sink.acts.size,
    (reached) => reached > 0,
  );
}, 60_000);

afterEach(async () => {
  await sink.close();
  await server.close();
});

/** Each once, at the carrier and in the report. */
async function expectEverybodyOnce(): Promise<void> {
  const { counters } = await reportWhen(
    api,
    campaign,
    ({ campaign: { phase } }) => phase === "completed",
  );
  expect(counters["delivered"]).toBe(people);
  expect(sink.acts.size).toBe(people);
  expect([...sink.acts.values()].filter((times) => times !== 1)).toEqual([]);
  expect(sink.conflicts).toEqual([]);
  expect(await cli(server, "doctor")).toContain("ok");
}

/** Starts and is killed before it said that it is ready; whether it was that early. */
async function startAndKill(afterMs: number): Promise<boolean> {
  const starting = server.start().then(
    () => false,
    () => true,
  );
  await sleep(afterMs);
  await server.kill();
  return starting;
}

test("restarts in a row while it sends, some of them before it is ready, reach everybody once", async () => {
  let early = 0;
  for (let round = 0; round < 3; round++) {
    await server.stop();
    for (const afterMs of [20, 150, 400]) early += (await startAndKill(afterMs)) ? 1 : 0;
    await server.start();
    await sleep(100);
  }
  expect(early).toBeGreaterThan(2);
  expect(sink.acts.size).toBeLessThan(people);
  await expectEverybodyOnce();
}, 150_000);

test("a second server on the data of one that stands still is refused, and neither sends twice", async () => {
  for (let round = 0; round < 2; round++) {
    server.freeze();
    await expect(RealServer.openIn(server.dataDir)).rejects.toThrow("another server");
    await sleep(1_500);
    server.thaw();
    await sleep(300);
  }
  // It never wakes: the next one takes over what it left.
  server.freeze();
  await server.kill();
  await server.start();
  expect(sink.acts.size).toBeLessThan(people);
  await expectEverybodyOnce();
}, 150_000);
