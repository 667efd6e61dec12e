// What a power cut would leave of the real server while it sends: its files as they are at random
// moments, with a torn or shortened end of the log. Whatever was called has its intent in them,
// and every counter is that of its rows.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, open, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createKeys } from "#server/providers/keys.ts";
import { openSecret } from "#server/providers/secrets.ts";
import { runCli } from "../support/command-line.ts";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import { openTestStore } from "../support/delivery/world.ts";
import {
  everybody,
  isHandedOver,
  reportWhen,
  send,
  webhookAccount,
} from "../support/delivery/sending.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { RealServer } from "../support/real-server.ts";
import { obtain, which } from "../support/system-program.ts";

const people = 600;
const cuts = 12;
const files = ["fieldcast.db", "fieldcast.db-wal"] as const;

let server: RealServer;
let api: RestClient;
let sink: WebhookSink;
let folder: string;
let audience: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fieldcast-cuts-"));
  [server, sink] = await Promise.all([RealServer.open(), WebhookSink.open({ reports: true })]);
  api = await RestClient.setUp(server);
  audience = await everybody(
    api,
    Array.from({ length: people }, (_, n) => `p${n}@example.org`),
  );
}, 120_000);

afterAll(async () => {
  await server.close();
  await sink.close();
  await rm(folder, { recursive: true });
});

interface Cut {
  readonly dataDir: string;
  /** Keys that had been called by then. */
  readonly called: readonly string[];
}

/** The files as they are now. The log is written in order, so what is not on disk yet is its end. */
async function cut(name: string): Promise<Cut> {
  const dataDir = join(folder, name);
  await mkdir(dataDir);
  server.freeze();
  // What is called after this moment was called before the copy, too, or is not looked at.
  const called = [...sink.calls.keys()];
  for (const file of files) await copyFile(join(server.dataDir, file), join(dataDir, file));
  server.thaw();
  return { dataDir, called };
}

/** A write that was under way: half a page of something after the last whole one. */
async function tear({ dataDir }: Cut): Promise<void> {
  const log = await open(join(dataDir, files[1]), "a");
  await log.write(Buffer.alloc(2_500, 0x5a));
  await log.close();
}

/** Looks into a copy for the intent of each call; answers how many there were. */
async function findIntents({ dataDir, called }: Cut): Promise<number> {
  const keys = createKeys(openSecret(server.dataDir));
  const { store, db } = openTestStore(join(dataDir, files[0]));
  const intents = db.all("select distribution, n from standing where state_now > 0 or try_now > 0");
  const names = new Set(intents.map((row) => `${Number(row["distribution"])}/${Number(row["n"])}`));
  const forgotten = called.filter((key) => {
    const place = keys.read(key);
    return place === null || !names.has(`${place.distribution}/${place.n}`);
  });
  expect(forgotten).toEqual([]);
  expect(await store.delivery.findings({})).toEqual([]);
  await store.close();
  return called.length;
}

test(
  "I4 a copy of any moment knows of every call that was made, and the doctor finds nothing in it",
  { timeout: 240_000 },
  async () => {
    const limits = { perSecond: 100, concurrency: 10 };
    const account = await webhookAccount(api, sink.url, { limits });
    const campaign = await send(api, audience, account);
    await waitFor(
      async () => sink.calls.size,
      (n) => n > 10,
      60_000,
    );
    const taken: Cut[] = [];
    while (taken.length < cuts && sink.calls.size < people) {
      await sleep(Math.random() * 300);
      taken.push(await cut(`cut-${taken.length}`));
    }
    expect(taken.length).toBeGreaterThan(3);
    let looked = 0;
    for (const [index, each] of taken.entries()) {
      if (index % 2 === 1) await tear(each);
      looked += await findIntents(each);
    }
    expect(looked).toBeGreaterThan(taken.length * 10);
    await reportWhen(api, campaign, (report) => report.campaign.phase === "completed");
  },
);

test("a log that lost its end is a moment ago, whole", { timeout: 120_000 }, async () => {
  const { dataDir } = await cut("short");
  const log = join(dataDir, files[1]);
  const { length } = await readFile(log);
  await truncate(log, Math.floor(length * (0.3 + 0.6 * Math.random())));
  const doctor = await runCli(dataDir, "doctor");
  expect(doctor).toMatchObject({ status: 0, stdout: expect.stringContaining("ok") });
});

const trace = obtain("strace", () => which("strace"));

test(
  "each call follows a commit that was synchronised with the disk",
  { timeout: 120_000 },
  async () => {
    const { store, db } = openTestStore(join(folder, "own.db"));
    expect(db.get("pragma synchronous")).toEqual({ synchronous: 2 });
    await store.close();
    if (trace === null) {
      console.log("strace is not here and cannot be installed: only the setting was looked at");
      return;
    }
    // One at a time where no key is honoured: each call has an intent transaction of its own.
    const over = { limits: { concurrency: 1, perSecond: 40 }, settings: { ignoresKeys: true } };
    const account = await webhookAccount(api, sink.url, over);
    const tracing = spawn(trace, ["-f", "-e", "trace=fdatasync,fsync", "-p", String(server.pid)], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let text = "";
    tracing.stderr.on("data", (part: Buffer) => (text += part.toString()));
    // With all that it said.
    const ended = once(tracing, "close");
    await waitFor(
      async () => text,
      (said) => /attached|not permitted/.test(said),
      30_000,
    );
    if (!text.includes("attached")) {
      console.log("strace may not look at other processes here: only the setting was looked at");
      return;
    }
    text = "";
    const before = sink.calls.size;
    const campaign = await send(api, audience, account, "Traced");
    await waitFor(
      async () => sink.calls.size - before,
      (n) => n >= 60,
      60_000,
    );
    await api.post(`/campaigns/${campaign}/cancel`);
    await reportWhen(api, campaign, isHandedOver);
    const calls = sink.calls.size - before;
    tracing.kill("SIGINT");
    await ended;
    const synced = text.split(/f(?:data)?sync\(/).length - 1;
    expect(synced).toBeGreaterThanOrEqual(calls);
  },
);
