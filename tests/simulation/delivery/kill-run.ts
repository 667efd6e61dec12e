/**
 * The real server, killed again and again at random moments while it sends to a carrier that
 * honours keys, cuts connections and fails now and then. What came of it is counted on both
 * sides: at the carrier, and in the server's report, its export and its doctor.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { cli, RestClient, waitFor } from "../../support/delivery/rest-client.ts";
import { WebhookSink } from "../../support/delivery/webhook-sink.ts";
import { RealServer } from "../../support/real-server.ts";

export interface KillPlan {
  readonly people: number;
  readonly kills: number;
}

export interface KillOutcome {
  readonly phase: string;
  /** Kills that came while messages were still to go. */
  readonly killsWhileSending: number;
  /** Recipients whom the carrier never heard of. */
  readonly lost: number;
  /** Recipients for whom the carrier acted more than once. */
  readonly twice: number;
  /** Between what the carrier did and what the report counts as delivered. */
  readonly drift: number;
  /** Keys that came back with another message. */
  readonly conflicts: number;
  /** Calls that only repeated a key. */
  readonly repeats: number;
  readonly exported: number;
  readonly doctor: string;
}

/** Between two kills, at random. */
const aliveMs = { least: 100, most: 600 };
const settleMs = 120_000;

interface Made {
  readonly id: string;
}

interface Report {
  readonly campaign: { readonly phase: string };
  readonly counters: Readonly<Record<string, number>>;
}

export async function runKills(plan: KillPlan): Promise<KillOutcome> {
  const sink = await WebhookSink.open({
    latencyMs: 2,
    reports: true,
    cuts: (_message, call) => call % 331 === 0,
    status: (_message, call) => (call % 173 === 0 ? 503 : 200),
  });
  const server = await RealServer.open();
  try {
    const api = await RestClient.setUp(server);
    const campaign = await launch(api, sink.url, plan);
    const killsWhileSending = await killAgainAndAgain(server, sink, plan);
    const report = await waitFor(
      () => api.get<Report>(`/campaigns/${campaign}/report`),
      ({ campaign: { phase } }) => phase === "completed" || phase === "paused",
      settleMs,
    );
    const csv = await api.text(`/campaigns/${campaign}/export.csv`);
    const reached = new Set([...sink.effects.values()].map(({ to }) => to));
    const calls = [...sink.calls.values()].reduce((sum, n) => sum + n, 0);
    return {
      phase: report.campaign.phase,
      killsWhileSending,
      lost: plan.people - reached.size,
      twice: sink.effects.size - reached.size,
      drift: Math.abs(sink.effects.size - (report.counters["delivered"] ?? 0)),
      conflicts: sink.conflicts.length,
      repeats: calls - sink.calls.size,
      exported: csv.trim().split("\r\n").length - 1,
      doctor: await cli(server, "doctor"),
    };
  } finally {
    await sink.close();
    await server.close();
  }
}

async function launch(api: RestClient, url: string, { people, kills }: KillPlan): Promise<string> {
  const rows = Array.from({ length: people }, (_, n) => `person${n}@example.org,Name${n},yes`);
  const csv = ["email,first_name,email_consent", ...rows].join("\n");
  const started = await api.post<Made>("/contacts/import", csv, "text/csv");
  await waitFor(
    () => api.get<{ readonly state: string }>(`/imports/${started.id}`),
    ({ state }) => state === "done",
    settleMs,
  );
  const audience = await api.post<Made>("/audiences", { name: "Everyone", all: true });
  // However the moments fall, the last kill comes before the last message.
  const perSecond = Math.floor((0.9 * people * 1_000) / (kills * aliveMs.most));
  const account = await api.post<Made>("/accounts", {
    name: "Hook",
    channel: "email",
    provider: "webhook",
    settings: { url },
    limits: { perSecond, concurrency: 20 },
  });
  const campaign = await api.post<Made>("/campaigns", {
    name: "Killed",
    type: "email",
    content: { subject: "Hi {{ first_name }}", text: "Hello {{ first_name }}" },
    audienceId: audience.id,
    accountId: account.id,
  });
  await api.post(`/campaigns/${campaign.id}/send`);
  return campaign.id;
}

async function killAgainAndAgain(
  server: RealServer,
  sink: WebhookSink,
  { people, kills }: KillPlan,
): Promise<number> {
  let whileSending = 0;
  for (let kill = 0; kill < kills; kill++) {
    await sleep(aliveMs.least + Math.random() * (aliveMs.most - aliveMs.least));
    await server.kill();
    if (sink.effects.size < people) whileSending += 1;
    await server.start();
  }
  return whileSending;
}
