// A carrier that acts on every call, whatever its key, and tells of each some seconds later: how long
// the real server waits for proof of what nobody knows it learns from these receipts. Killed while it
// sends, it writes to nobody twice, and waits no longer than that for who was never written to.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { minuteMs } from "#domain/core/time.ts";
import { runCli } from "../support/command-line.ts";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import {
  everybody,
  isHandedOver,
  reportWhen,
  send,
  webhookAccount,
} from "../support/delivery/sending.ts";
import { readWaiting } from "../support/delivery/waiting.ts";
import { WebhookSink, type SinkMessage } from "../support/delivery/webhook-sink.ts";
import { RealServer } from "../support/real-server.ts";

interface Account {
  readonly resolveMinutes: number;
  readonly resolveBasis: string;
  readonly receiptDelay: { readonly p99Seconds: number; readonly receipts: number } | null;
}

const people = 600;
const takesMs = 3_000;

let server: RealServer;
let api: RestClient;
let sink: WebhookSink;
let isRough = false;

beforeAll(async () => {
  [server, sink] = await Promise.all([
    RealServer.open(),
    WebhookSink.open({
      ignoresKeys: true,
      latencyMs: 2,
      // Some are written to and nobody says so; some calls fail, and nobody was written to.
      cuts: (_message, call) => isRough && call % 41 === 0,
      status: (_message, call) => (isRough && call % 29 === 0 ? 503 : 200),
    }),
  ]);
  api = await RestClient.setUp(server);
}, 60_000);

afterAll(async () => {
  await server.close();
  await sink.close();
});

/** All of these, in parts. */
async function tell(messages: readonly SinkMessage[]): Promise<void> {
  for (let at = 0; at < messages.length; at += 200) {
    const part = messages.slice(at, at + 200);
    await waitFor(
      () => sink.tell(part, () => ({ state: "delivered" })),
      (isTaken) => isTaken,
    );
  }
}

/** Nothing waits for its turn, nothing is in flight and no timer is due; answers what is in doubt. */
async function inDoubt(): Promise<number> {
  const { messages } = await waitFor(
    () => readWaiting(server),
    ({ due, messages: { queued = 0, sending = 0 } }) => due + queued + sending === 0,
    120_000,
  );
  return messages["ambiguous"] ?? 0;
}

async function startAgainAhead(ms: number): Promise<void> {
  await server.kill();
  await server.startAhead(ms);
}

test(
  "S1-D1 where no key is honoured, proof is waited for as long as the account's receipts taught, through a kill, and nobody is written to twice",
  { timeout: 300_000 },
  async () => {
    const audience = await everybody(
      api,
      Array.from({ length: people }, (_, n) => `p${n}@example.org`),
    );
    const settings = { ignoresKeys: true };
    const limits = { perSecond: 300 };
    const id = await webhookAccount(api, sink.url, { settings, limits, onUnknown: "resend" });
    const account = () => api.get<Account>(`/accounts/${id}`);
    expect(await account()).toMatchObject({ resolveMinutes: 10, resolveBasis: "provider" });

    const first = await send(api, audience, id, "First");
    await reportWhen(api, first, isHandedOver);
    await sleep(takesMs);
    await tell([...sink.effects.values()]);
    await reportWhen(api, first, ({ counters }) => counters["delivered"] === people);
    const learned = await account();
    expect(learned).toMatchObject({ resolveBasis: "receipts" });
    expect(learned.receiptDelay?.receipts).toBeGreaterThanOrEqual(500);
    expect(learned.receiptDelay?.p99Seconds).toBeGreaterThanOrEqual(takesMs / 1_000);
    const twiceMinutes = (2 * (learned.receiptDelay?.p99Seconds ?? 0)) / 60;
    expect(learned.resolveMinutes).toBeCloseTo(Math.max(2, twiceMinutes));

    isRough = true;
    const before = new Set(sink.effects.keys());
    const began = Date.now();
    const second = await send(api, audience, id, "Second");
    await waitFor(
      async () => sink.effects.size,
      (n) => n > people + 200,
    );
    await server.kill();
    await server.start();
    expect(await inDoubt()).toBeGreaterThan(0);
    await sleep(takesMs);
    await tell([...sink.effects.values()].filter(({ key }) => !before.has(key)));
    const silent = await inDoubt();
    expect(silent).toBeGreaterThan(0);

    // The window is not over: whoever is still in doubt waits.
    const windowMs = (await account()).resolveMinutes * minuteMs;
    await startAgainAhead(Math.max(0, began + windowMs / 2 - Date.now()));
    expect(await inDoubt()).toBe(silent);
    isRough = false;
    const told = new Set(sink.effects.keys());
    await startAgainAhead(windowMs + minuteMs);
    expect(await inDoubt()).toBe(0);
    await tell([...sink.effects.values()].filter(({ key }) => !told.has(key)));
    const report = await reportWhen(
      api,
      second,
      ({ counters }) => counters["delivered"] === people,
    );
    expect(report.marks["duplicate_risk"]).toBe(silent);
    expect(sink.acts.size).toBe(people);
    // Once by each campaign.
    expect([...sink.acts.values()].filter((times) => times !== 2)).toEqual([]);
    const doctor = await runCli(server.dataDir, "doctor");
    expect(doctor).toMatchObject({ status: 0, stdout: expect.stringContaining("ok") });
  },
);
