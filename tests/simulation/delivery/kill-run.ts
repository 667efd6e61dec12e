/**
 * The real server, killed again and again at random moments while it sends to a carrier that cuts
 * connections and fails now and then. What came of it is counted on both sides: at the carrier,
 * and in the server's report, its export and its doctor.
 *
 * A carrier that honours keys is simply asked again. One that does not acts on every call, and
 * tells of each in a receipt with our key: what is in doubt waits for it until the resolve window
 * is over, which a clock that is set ahead brings about, and is then sent again or held.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { UnknownPolicy } from "#domain/campaign/account.ts";
import { minuteMs } from "#domain/core/time.ts";
import { maxTries, resolveWindowMs } from "#domain/message/retry.ts";
import { cli, RestClient, waitFor } from "../../support/delivery/rest-client.ts";
import { readWaiting, type Waiting } from "../../support/delivery/waiting.ts";
import { WebhookSink } from "../../support/delivery/webhook-sink.ts";
import { RealServer } from "../../support/real-server.ts";

export interface KillPlan {
  readonly people: number;
  readonly kills: number;
  /** What becomes of doubt at a carrier that honours no key; left out: it honours them. */
  readonly unkeyed?: UnknownPolicy;
}

export interface KillOutcome {
  readonly phase: string;
  /** Kills that came while messages were still to go. */
  readonly killsWhileSending: number;
  /** Recipients whom the carrier never wrote to, and who are not shown as unknown either. */
  readonly lost: number;
  /** Recipients of whom the report says that nobody knows. */
  readonly unknown: number;
  /** Recipients for whom the carrier acted more than once. */
  readonly twice: number;
  /** Between what the carrier did and what the report counts as delivered. */
  readonly drift: number;
  /** Keys that came back with another message. */
  readonly conflicts: number;
  /** Messages whose send in spite of doubt is marked as a risk. */
  readonly risked: number;
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
  readonly marks: Readonly<Record<string, number>>;
}

interface Killed {
  readonly server: RealServer;
  readonly api: RestClient;
  readonly sink: WebhookSink;
  readonly campaign: string;
}

export async function runKills(plan: KillPlan): Promise<KillOutcome> {
  const sink = await WebhookSink.open({
    ignoresKeys: plan.unkeyed !== undefined,
    latencyMs: 2,
    reports: true,
    cuts: (_message, call) => call % 331 === 0,
    status: (_message, call) => (call % 173 === 0 ? 503 : 200),
  });
  const server = await RealServer.open();
  try {
    const api = await RestClient.setUp(server);
    const campaign = await launch(api, sink.url, plan);
    const run = { server, api, sink, campaign };
    const killsWhileSending = await killAgainAndAgain(run, plan);
    if (plan.unkeyed !== undefined) await outliveDoubt(run);
    const report = await reportWhen(run, isAtRest);
    return { ...(await countUp(run, report, plan)), killsWhileSending };
  } finally {
    await sink.close();
    await server.close();
  }
}

async function countUp(
  { server, api, sink, campaign }: Killed,
  { campaign: { phase }, counters, marks }: Report,
  { people }: KillPlan,
): Promise<Omit<KillOutcome, "killsWhileSending">> {
  const csv = await api.text(`/campaigns/${campaign}/export.csv`);
  const acts = [...sink.acts.values()].reduce((sum, n) => sum + n, 0);
  const calls = [...sink.calls.values()].reduce((sum, n) => sum + n, 0);
  const unknown = (counters["unconfirmed"] ?? 0) + (counters["ambiguous"] ?? 0);
  return {
    phase,
    lost: people - sink.acts.size - unknown,
    unknown,
    twice: acts - sink.acts.size,
    drift: Math.abs(sink.acts.size - (counters["delivered"] ?? 0)),
    conflicts: sink.conflicts.length,
    risked: marks["duplicate_risk"] ?? 0,
    repeats: calls - sink.calls.size,
    exported: csv.trim().split("\r\n").length - 1,
    doctor: await cli(server, "doctor"),
  };
}

function isAtRest({ campaign: { phase } }: Report): boolean {
  return phase === "completed" || phase === "paused";
}

function reportWhen(
  { api, campaign }: Killed,
  isRight: (report: Report) => boolean,
): Promise<Report> {
  return waitFor(() => api.get<Report>(`/campaigns/${campaign}/report`), isRight, settleMs);
}

/**
 * Sets the clock ahead, one window after the other, until nothing is in doubt. Each time the
 * server is left alone until it has taken what came due by then and the carrier has told it what
 * it did: a window that passes without a try resolves nothing.
 */
async function outliveDoubt({ server, sink }: Killed): Promise<void> {
  for (let window = 1; ; window++) {
    const { messages } = await waitFor(
      () => readWaiting(server),
      (each) => isCalm(each) && sink.unreported === 0,
      settleMs,
    );
    if ((messages["ambiguous"] ?? 0) === 0) return;
    if (window > maxTries) throw new Error(`in doubt after ${maxTries} windows`);
    await server.kill();
    await server.startAhead(window * (resolveWindowMs + minuteMs));
  }
}

function isCalm({ messages, due }: Waiting): boolean {
  return due + (messages["queued"] ?? 0) + (messages["sending"] ?? 0) === 0;
}

async function launch(api: RestClient, url: string, plan: KillPlan): Promise<string> {
  const { people, kills, unkeyed } = plan;
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
    settings: { url, ignoresKeys: unkeyed !== undefined },
    limits: { perSecond, concurrency: 20 },
    ...(unkeyed === undefined ? {} : { onUnknown: unkeyed }),
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
  { server, sink }: Killed,
  { people, kills }: KillPlan,
): Promise<number> {
  let whileSending = 0;
  for (let kill = 0; kill < kills; kill++) {
    await sleep(aliveMs.least + Math.random() * (aliveMs.most - aliveMs.least));
    await server.kill();
    if (sink.calls.size < people) whileSending += 1;
    await server.start();
  }
  return whileSending;
}
