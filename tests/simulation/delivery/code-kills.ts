/**
 * One pool of unique codes and several campaigns that take from it at the same time, through the
 * real server, which is killed again and again while it sends. What came of it is counted at the
 * carrier, which cuts connections and fails now and then, and in the pool and the doctor.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { cli, RestClient, waitFor } from "../../support/delivery/rest-client.ts";
import { everybody, isHandedOver, webhookAccount } from "../../support/delivery/sending.ts";
import { WebhookSink } from "../../support/delivery/webhook-sink.ts";
import { RealServer } from "../../support/real-server.ts";

export interface CodeKillPlan {
  /** Codes in the pool: one for each message. */
  readonly codes: number;
  readonly campaigns: number;
  readonly kills: number;
}

export interface CodeKillOutcome {
  readonly killsWhileSending: number;
  /** Messages that the carrier never got. */
  readonly lost: number;
  /** Codes that more than one message told. */
  readonly issuedTwice: number;
  /** Keys that came back with another code. */
  readonly conflicts: number;
  /** Between the messages that the carrier took and the codes that the pool counts as published. */
  readonly drift: number;
  /** Codes that are neither published nor left: nothing may keep any at the end. */
  readonly reserved: number;
  readonly doctor: string;
}

const aliveMs = { least: 300, most: 3_000 };
const importWithinMs = 600_000;
const settleMs = 3_600_000;
/** Drawn in one call. */
const drawnAtOnce = 100_000;

interface Pool {
  readonly left: number;
  readonly reserved: number;
  readonly published: number;
}

interface Made {
  readonly id: string;
}

interface Run {
  readonly server: RealServer;
  readonly api: RestClient;
  readonly sink: WebhookSink;
  readonly pool: string;
  readonly messages: number;
}

export async function runCodeKills(plan: CodeKillPlan): Promise<CodeKillOutcome> {
  const sink = await WebhookSink.open({
    reports: true,
    cuts: (_message, call) => call % 331 === 0,
    status: (_message, call) => (call % 173 === 0 ? 503 : 200),
  });
  const server = await RealServer.open();
  try {
    const api = await RestClient.setUp(server);
    const pool = await aPool(api, plan.codes);
    const people = Math.floor(plan.codes / plan.campaigns);
    const ids = await launch(api, { url: sink.url, pool, people, campaigns: plan.campaigns });
    const run = { server, api, sink, pool, messages: people * plan.campaigns };
    const killsWhileSending = await killAgainAndAgain(run, plan.kills);
    for (const id of ids) {
      await waitFor(() => api.get<Report>(`/campaigns/${id}/report`), isSettled, settleMs);
    }
    return { ...(await countUp(run)), killsWhileSending };
  } finally {
    await sink.close();
    await server.close();
  }
}

interface Report {
  readonly campaign: { readonly phase: string };
  readonly counters: Readonly<Record<string, number>>;
  readonly marks: Readonly<Record<string, number>>;
}

/** Every message was reported, or the campaign stands still, which is a failure. */
function isSettled(report: Report): boolean {
  const { total = 0, delivered = 0 } = report.counters;
  const isDone = isHandedOver(report) && delivered === total;
  return isDone || report.campaign.phase === "paused";
}

async function aPool(api: RestClient, codes: number): Promise<string> {
  const { id } = await api.post<Made>("/code-pools", { name: "Killed" });
  for (let left = codes; left > 0; left -= drawnAtOnce) {
    await api.post(`/code-pools/${id}/generate`, { count: Math.min(left, drawnAtOnce) });
  }
  return id;
}

interface Launch {
  readonly url: string;
  readonly pool: string;
  readonly people: number;
  readonly campaigns: number;
}

async function launch(
  api: RestClient,
  { url, pool, people, campaigns }: Launch,
): Promise<readonly string[]> {
  const emails = Array.from({ length: people }, (_, n) => `person${n}@example.org`);
  const audienceId = await everybody(api, emails, importWithinMs);
  // Faults of the carrier are no reason to stand still here.
  const over = { limits: { concurrency: 50 }, guards: { failurePercent: null } };
  const accountId = await webhookAccount(api, url, over);
  const ids: string[] = [];
  for (let n = 0; n < campaigns; n++) {
    const content = { subject: "Hi", text: "{{ code }}" };
    const parts = { type: "email", content, codePoolId: pool, audienceId, accountId };
    ids.push((await api.post<Made>("/campaigns", { name: `Killed ${n}`, ...parts })).id);
  }
  await Promise.all(ids.map((id) => api.post(`/campaigns/${id}/send`)));
  return ids;
}

async function killAgainAndAgain({ server, sink, messages }: Run, kills: number): Promise<number> {
  let whileSending = 0;
  for (let kill = 0; kill < kills; kill++) {
    await sleep(aliveMs.least + Math.random() * (aliveMs.most - aliveMs.least));
    await server.kill();
    if (sink.effects.size < messages) whileSending += 1;
    await server.start();
  }
  return whileSending;
}

async function countUp({
  server,
  api,
  sink,
  pool,
  messages,
}: Run): Promise<Omit<CodeKillOutcome, "killsWhileSending">> {
  const codes = new Set<string>();
  for (const { content } of sink.effects.values()) codes.add(content.text);
  const { published, reserved } = await api.get<Pool>(`/code-pools/${pool}`);
  return {
    lost: messages - sink.effects.size,
    issuedTwice: sink.effects.size - codes.size,
    conflicts: sink.conflicts.length,
    drift: Math.abs(sink.effects.size - published),
    reserved,
    doctor: await cli(server, "doctor"),
  };
}
