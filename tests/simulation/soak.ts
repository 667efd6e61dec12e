// `npm run soak -- [--minutes N] [--recipients M]`: sends one campaign after the other through the
// real server to a carrier that fails and cuts connections now and then, for so long, and looks
// meanwhile at its memory and its files. Prints a verdict, and fails unless it is good: everybody
// was reached once, memory and log stay flat, messages cost the same space at the end as before,
// and the doctor finds nothing.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { hourMs, minuteMs, secondMs } from "#domain/core/time.ts";
import { cli, RestClient } from "../support/delivery/rest-client.ts";
import { everybody, reportWhen, send, webhookAccount } from "../support/delivery/sending.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { median } from "../support/bench.ts";
import { RealServer } from "../support/real-server.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "480" },
    recipients: { type: "string", default: "5000" },
  },
});
const forMs = Number(values.minutes) * minuteMs;
const people = Number(values.recipients);

const lookEveryMs = 5 * secondMs;
const mb = 1_024 * 1_024;
/** Megabytes an hour; what a short run may grow by in all, as a heap never stands still. */
const mostSlope = 1;
const mostGrowthMb = 24;
const mostWalMb = 64;
/** What a message takes at the end, beside what it took in the middle. */
const mostDearer = 1.2;

interface Look {
  readonly at: number;
  readonly rss: number;
  readonly wal: number;
  readonly file: number;
  /** Messages that were sent to their end by then. */
  readonly messages: number;
}

interface Tried {
  readonly what: string;
  readonly found: string;
  readonly isGood: boolean;
}

const looks: Look[] = [];
let messages = 0;
let wrong = 0;

const sink = await WebhookSink.open({
  reports: true,
  latencyMs: 1,
  cuts: (_message, call) => call % 331 === 0,
  status: (_message, call) => (call % 173 === 0 ? 503 : 200),
});
const server = await RealServer.open();
try {
  const api = await RestClient.setUp(server);
  const until = performance.now() + forMs;
  const looking = lookUntil(until);
  await sendUntil(api, until);
  await looking;
  process.exitCode = show(await judge()) ? 0 : 1;
} finally {
  await sink.close();
  await server.close();
}

async function sendUntil(api: RestClient, until: number): Promise<void> {
  const emails = Array.from({ length: people }, (_, n) => `person${n}@example.org`);
  const audience = await everybody(api, emails);
  const over = { limits: { concurrency: 50 }, guards: { failurePercent: null } };
  const account = await webhookAccount(api, sink.url, over);
  for (let n = 1; performance.now() < until; n++) {
    const id = await send(api, audience, account, `Soak ${n}`);
    await reportWhen(api, id, ({ counters }) => counters["delivered"] === people);
    const acts = [...sink.acts.values()].reduce((sum, times) => sum + times, 0);
    wrong += Math.abs(people - sink.effects.size) + Math.abs(people - acts) + sink.conflicts.length;
    messages += people;
    // It is asked about one campaign at a time: its own memory is not what is looked at.
    for (const known of [sink.effects, sink.acts, sink.calls]) known.clear();
    sink.headers.length = 0;
  }
}

async function lookUntil(until: number): Promise<void> {
  while (performance.now() < until) {
    await sleep(lookEveryMs);
    const [file, wal] = await Promise.all([sizeOf("fieldcast.db"), sizeOf("fieldcast.db-wal")]);
    looks.push({ at: performance.now(), rss: await server.memory(), wal, file, messages });
  }
}

async function sizeOf(name: string): Promise<number> {
  return (await stat(join(server.dataDir, name))).size;
}

async function judge(): Promise<readonly Tried[]> {
  const quarter = Math.floor(looks.length / 4);
  // The first quarter warms up.
  const second = looks.slice(quarter, 2 * quarter);
  const last = looks.slice(-quarter);
  const hours = (timeOf(last) - timeOf(second)) / hourMs;
  const grewMb = (median(last.map(({ rss }) => rss)) - median(second.map(({ rss }) => rss))) / mb;
  const walMb = Math.max(...looks.map(({ wal }) => wal)) / mb;
  const early = bytesEach(looks.slice(quarter, 2 * quarter + 1));
  const late = bytesEach(looks.slice(-quarter - 1));
  const doctor = await cli(server, "doctor");
  return [
    { what: "messages", found: String(messages), isGood: messages > 0 },
    { what: "lost or told twice", found: String(wrong), isGood: wrong === 0 },
    {
      what: "memory grew by",
      found: `${grewMb.toFixed(1)} MB in ${hours.toFixed(2)} h`,
      isGood: grewMb <= Math.max(mostSlope * hours, mostGrowthMb),
    },
    { what: "log at most", found: `${walMb.toFixed(1)} MB`, isGood: walMb <= mostWalMb },
    {
      what: "file, each message",
      found: `${Math.round(early)} bytes, at the end ${Math.round(late)}`,
      isGood: late <= early * mostDearer,
    },
    { what: "doctor", found: doctor.split("\n").at(-1) ?? "", isGood: doctor.includes("ok") },
  ];
}

function timeOf(some: readonly Look[]): number {
  return median(some.map(({ at }) => at));
}

/** By how much the file grew for each message that was sent meanwhile. */
function bytesEach(some: readonly Look[]): number {
  const [first] = some;
  const last = some.at(-1);
  if (first === undefined || last === undefined || last.messages === first.messages) return 0;
  return (last.file - first.file) / (last.messages - first.messages);
}

function show(tried: readonly Tried[]): boolean {
  for (const { what, found, isGood } of tried) {
    console.log(`${isGood ? "good" : "BAD "}  ${what.padEnd(20)} ${found}`);
  }
  const isGood = tried.every((each) => each.isGood);
  console.log(isGood ? "The soak is good." : "The soak is NOT good.");
  return isGood;
}
