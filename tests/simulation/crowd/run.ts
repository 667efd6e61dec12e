/**
 * A campaign is sent through the real server while a crowd listens, and while clients that read or
 * write a byte a second hold on to whatever they are let. Told is what the others feel of it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { minuteMs, secondMs } from "#domain/core/time.ts";
import { cli, RestClient, waitFor } from "../../support/delivery/rest-client.ts";
import { everybody, reportWhen, send, webhookAccount } from "../../support/delivery/sending.ts";
import { WebhookSink } from "../../support/delivery/webhook-sink.ts";
import { RealServer } from "../../support/real-server.ts";
import { Drips } from "./drips.ts";
import { Listeners } from "./listeners.ts";

export interface CrowdPlan {
  readonly people: number;
  readonly perSecond: number;
  /** Devices that listen as they should. */
  readonly listeners: number;
  /** Slow clients of each kind. */
  readonly drips: number;
  /** Waits at the end until who sends a byte a second is cut off. */
  readonly outlasts: boolean;
}

export interface CrowdOutcome {
  readonly lost: number;
  readonly twice: number;
  /** Listeners who were told of the last message. */
  readonly told: number;
  /** After the server knew of the last message, until all were told. */
  readonly toldAfterMs: number;
  /** How long a request takes, 99 of 100, before the crowd came and with it. */
  readonly quietMs: number;
  readonly crowdedMs: number;
  readonly grewMb: number;
  /** Clients that send a byte a second, at the beginning and at the end. */
  readonly slow: number;
  readonly slowLeft: number;
  readonly doctor: string;
}

const toldWithinMs = 60 * secondMs;
/** Two looks at bodies, and what Node lets a head take. */
const cutOffWithinMs = 5 * minuteMs;
const askEveryMs = 50;
const askTimes = 100;
/** A person has no more connections than this. */
const perKey = 30;
const mb = 1_024 * 1_024;

export async function runCrowd(plan: CrowdPlan): Promise<CrowdOutcome> {
  const sink = await WebhookSink.open({ reports: true });
  const server = await RealServer.open();
  const open: { close(): void }[] = [];
  try {
    const api = await RestClient.setUp(server);
    const emails = Array.from({ length: plan.people }, (_, n) => `person${n}@example.org`);
    const audience = await everybody(api, emails);
    const limits = { perSecond: plan.perSecond, concurrency: 50 };
    const account = await webhookAccount(api, sink.url, { limits });
    // Something that can be exported, and that nobody has to wait for.
    const first = await send(api, audience, account, "Before");
    await reportWhen(api, first, ({ counters }) => counters["delivered"] === plan.people);
    for (const known of [sink.effects, sink.acts, sink.calls]) known.clear();

    const quietMs = await patience(server);
    const keys = await keysFor(api, plan.listeners);
    const before = await server.memory();
    const campaign = await send(api, audience, account, "Crowded");
    const listeners = await Listeners.open({ url: server.url, keys, campaign });
    open.push(listeners);
    const target = { port: server.port, key: api.key, campaign: first };
    const drips = new Drips({ ...target, receipts: `/api/v1/receipts/${account}` }, plan.drips);
    open.push(drips);
    const slow = drips.sending;
    const crowdedMs = await patience(server);
    await reportWhen(api, campaign, ({ counters }) => counters["delivered"] === plan.people);
    const doneAt = performance.now();
    const told = await waitFor(
      async () => listeners.toldOf(plan.people),
      (count) => count === plan.listeners,
      toldWithinMs,
    );
    const toldAfterMs = performance.now() - doneAt;
    const grewMb = ((await server.memory()) - before) / mb;
    if (plan.outlasts) {
      await waitFor(
        async () => drips.sending,
        (left) => left === 0,
        cutOffWithinMs,
      );
    }
    const acts = [...sink.acts.values()].reduce((sum, times) => sum + times, 0);
    return {
      lost: plan.people - sink.acts.size,
      twice: acts - sink.acts.size,
      told,
      toldAfterMs: Math.round(toldAfterMs),
      quietMs: Math.round(quietMs),
      crowdedMs: Math.round(crowdedMs),
      grewMb: Math.round(grewMb),
      slow,
      slowLeft: drips.sending,
      doctor: await cli(server, "doctor"),
    };
  } finally {
    for (const each of open) each.close();
    await sink.close();
    await server.close();
  }
}

/** How long somebody waits who looks at the list of campaigns, 99 of 100. */
async function patience({ url }: RealServer): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < askTimes; n++) {
    const began = performance.now();
    const answer = await fetch(`${url}/api/v1/health`);
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    took.push(performance.now() - began);
    await sleep(askEveryMs);
  }
  return took.toSorted((a, b) => a - b)[Math.floor(askTimes * 0.99)] ?? 0;
}

/** A key for each listener; as many use one as a person may have connections. */
async function keysFor(api: RestClient, listeners: number): Promise<readonly string[]> {
  const keys: string[] = [];
  for (let n = 0; n < listeners; n += perKey) {
    const { key } = await api.post<{ readonly key: string }>("/keys", {
      name: `Crowd ${n}`,
      role: "office",
    });
    keys.push(...Array.from({ length: Math.min(perKey, listeners - n) }, () => key));
  }
  return keys;
}
