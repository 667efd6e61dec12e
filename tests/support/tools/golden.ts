// `npm run golden -- --from FOLDER --name NAME`: lets the version of the server that lies in FOLDER
// (with its packages and its build) work, kills it in the middle, and keeps what it left behind
// for tests/acceptance/upgrade.test.ts. To be run once for each release.
// `npm run golden -- --outbox`: keeps what a device of this version holds that was away, and what
// the server says to it, for tests/acceptance/outboxes.test.ts. To be run when a version of the
// protocol is done, before the first change of the next.
import { randomInt } from "node:crypto";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { RestClient, waitFor } from "../delivery/rest-client.ts";
import { WebhookSink } from "../delivery/webhook-sink.ts";
import { recordOutbox } from "../outboxes/record.ts";
import { keepOutbox } from "../outboxes/shape.ts";
import { RealServer } from "../real-server.ts";
import { dataName, factsName, packGolden, type GoldenFacts } from "../upgrade/golden.ts";

const { values } = parseArgs({
  options: {
    from: { type: "string" },
    name: { type: "string" },
    outbox: { type: "boolean", default: false },
  },
});
const { from, name } = values;
if (values.outbox) {
  console.log(await keepOutbox(await recordOutbox()));
} else if (from === undefined || name === undefined) {
  console.error("npm run golden -- --from FOLDER --name NAME, or --outbox");
  process.exitCode = 2;
} else {
  await make(resolve(from), name);
}

interface Made {
  readonly id: string;
}

interface Report {
  readonly campaign: { readonly phase: string };
  readonly counters: Readonly<Record<string, number>>;
}

async function make(version: string, goldenName: string): Promise<void> {
  const into = resolve("tests/support/upgrade/kept");
  // Server and command line are those of the folder in which this process stands.
  process.chdir(version);
  const people = 300;
  // Below the ports that systems hand out: the tests have to listen at the same one.
  const port = randomInt(20_000, 30_000);
  const sink = await WebhookSink.open({ port, latencyMs: 20, reports: true });
  const server = await RealServer.open();
  try {
    const api = await RestClient.setUp(server);
    const launch = await prepare(api, sink.url, people);
    const done = await launch("Over", "send");
    const over = await reportWhen(api, done, ({ campaign }) => campaign.phase === "completed");
    const plannedAt = Date.now() + 60 * 60_000;
    const planned = await launch("Planned", "schedule", {
      at: new Date(plannedAt).toISOString(),
      zone: "Europe/Berlin",
    });
    const paused = await launch("Paused", "send");
    await reportWhen(api, paused, ({ counters }) => (counters["delivered"] ?? 0) > people / 4);
    await api.post(`/campaigns/${paused}/pause`);
    await reportWhen(api, paused, ({ counters }) => (counters["sending"] ?? 0) === 0);
    const half = await launch("Half sent", "send");
    await reportWhen(api, half, ({ counters }) => (counters["delivered"] ?? 0) > people / 4);
    await server.kill();
    const facts: GoldenFacts = {
      killedAt: Date.now(),
      carrierPort: port,
      apiKey: api.key,
      people,
      campaigns: { done, half, paused, planned },
      plannedAt,
      doneCounters: { ...over.counters },
      effects: [...sink.effects.values()],
    };
    await keep(server.dataDir, facts, goldenName, into);
  } finally {
    await sink.close();
    await server.close();
  }
}

async function keep(
  dataDir: string,
  facts: GoldenFacts,
  goldenName: string,
  into: string,
): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), "fieldcast-golden-"));
  await mkdir(join(place, dataName));
  await cp(dataDir, join(place, dataName), { recursive: true });
  await writeFile(join(place, factsName), JSON.stringify(facts));
  await packGolden(goldenName, place, into);
  await rm(place, { recursive: true });
}

type Launch = (name: string, how: "send" | "schedule", body?: object) => Promise<string>;

async function prepare(api: RestClient, url: string, people: number): Promise<Launch> {
  const rows = Array.from({ length: people }, (_, n) => `person${n}@example.org,Name${n},yes`);
  const csv = ["email,first_name,email_consent", ...rows].join("\n");
  const started = await api.post<Made>("/contacts/import", csv, "text/csv");
  await waitFor(
    () => api.get<{ readonly state: string }>(`/imports/${started.id}`),
    ({ state }) => state === "done",
  );
  const audience = await api.post<Made>("/audiences", { name: "Everyone", all: true });
  const account = await api.post<Made>("/accounts", {
    name: "Hook",
    channel: "email",
    provider: "webhook",
    settings: { url },
    limits: { perSecond: 100, concurrency: 10 },
  });
  return async (campaignName, how, body) => {
    const campaign = await api.post<Made>("/campaigns", {
      name: campaignName,
      type: "email",
      content: { subject: `${campaignName} {{ first_name }}`, text: "Hello {{ first_name }}" },
      audienceId: audience.id,
      accountId: account.id,
    });
    await api.post(`/campaigns/${campaign.id}/${how}`, body);
    return campaign.id;
  };
}

function reportWhen(
  api: RestClient,
  id: string,
  isRight: (report: Report) => boolean,
): Promise<Report> {
  return waitFor(() => api.get<Report>(`/campaigns/${id}/report`), isRight);
}
