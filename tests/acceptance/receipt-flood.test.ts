// More receipts than can be told one after the other, each in a request of its own, while the real
// server sends and is killed again and again: what it said that it took is there afterwards.
import { afterAll, beforeAll, expect, test } from "vitest";
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

const people = 1_000;
const atOnce = 50;
/** It is killed at the very moment at which so many were acknowledged. */
const kills = [100, 400, 700];

let server: RealServer;
let api: RestClient;
let sink: WebhookSink;

beforeAll(async () => {
  [server, sink] = await Promise.all([RealServer.open(), WebhookSink.open()]);
  api = await RestClient.setUp(server);
}, 60_000);

afterAll(async () => {
  await server.close();
  await sink.close();
});

/** Whom the server said that it knows of. */
const taken = new Set<string>();

/** Tells of each in a request of its own, so many at once, until none is left or the server is gone. */
async function flood(messages: readonly SinkMessage[], killAt: number): Promise<void> {
  let killing: Promise<void> | undefined;
  const left = messages.filter(({ to }) => !taken.has(to));
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      if (await sink.tell([next], () => ({ state: "delivered" }))) taken.add(next.to);
      else left.length = 0;
      if (taken.size === killAt) killing ??= server.kill();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  await killing;
}

test(
  "S1-D1 I-5 of a flood of receipts, one to a request, none that was acknowledged is lost: not while others are sent to, not in kills",
  { timeout: 240_000 },
  async () => {
    const emails = Array.from({ length: people }, (_, n) => `p${n}@example.org`);
    const audience = await everybody(api, emails);
    const first = await send(api, audience, await webhookAccount(api, sink.url), "First");
    await reportWhen(api, first, isHandedOver);
    const messages = [...sink.effects.values()];
    expect(messages).toHaveLength(people);

    const slower = await webhookAccount(api, sink.url, { limits: { perSecond: 200 } });
    const second = await send(api, audience, slower, "Meanwhile");
    await waitFor(
      async () => sink.effects.size,
      (n) => n > people,
    );
    for (const killAt of kills) {
      await flood(messages, killAt);
      expect(taken.size).toBeLessThan(people);
      await server.start();
      const rows = await rowsOf(api, first);
      const lost = [...taken].filter((to) => rows.get(to)?.state !== "delivered");
      expect(lost).toEqual([]);
    }

    // Whoever had no answer tells all of it again, which changes nothing where it was taken.
    taken.clear();
    await flood(messages, Infinity);
    expect(taken.size).toBe(people);
    await reportWhen(api, first, ({ counters }) => counters["delivered"] === people);
    await reportWhen(api, second, isHandedOver);
    expect([...sink.acts.values()].filter((times) => times !== 2)).toEqual([]);
    expect(sink.acts.size).toBe(people);
    const doctor = await runCli(server.dataDir, "doctor");
    expect(doctor).toMatchObject({ status: 0, stdout: expect.stringContaining("ok") });
  },
);
