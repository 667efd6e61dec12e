// Data that older versions of the server left behind in the middle of their work, in the hands of
// this one: whoever was written to is not written to again, nobody is left out, every count holds.
import { afterEach, describe, expect, test, vi } from "vitest";
import { ana, cli, RestClient, waitFor } from "../support/delivery/rest-client.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { aheadBy, RealServer } from "../support/real-server.ts";
import { goldenNames, unpackGolden, type Golden } from "../support/upgrade/golden.ts";

vi.setConfig({ testTimeout: 60_000 });

interface Report {
  readonly campaign: { readonly phase: string };
  readonly counters: Readonly<Record<string, number>>;
}

interface Left {
  readonly golden: Golden;
  readonly server: RealServer;
  readonly sink: WebhookSink;
  readonly api: RestClient;
}

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** The server over the data, at the moment at which the older one was killed. */
async function takeOver(name: string): Promise<Left> {
  const golden = await unpackGolden(name);
  closers.push(() => golden.remove());
  const { facts } = golden;
  const sink = await WebhookSink.open({ reports: true, port: facts.carrierPort });
  closers.push(() => sink.close());
  sink.remember(facts.effects);
  const server = await RealServer.openIn(golden.dataDir, aheadBy(facts.killedAt - Date.now()));
  closers.push(() => server.stop());
  // What it had done when the older one was killed it had not told in full.
  const told = facts.effects.map((effect) => ({ ...effect, callbackUrl: here(effect, server) }));
  expect(await sink.tell(told, () => ({ state: "delivered" }))).toBe(true);
  return { golden, server, sink, api: RestClient.with(server, facts.apiKey) };
}

/** Where the older one was called back, at the address of this one. */
function here({ callbackUrl }: { readonly callbackUrl: string }, server: RealServer): string {
  return `${server.url}${new URL(callbackUrl).pathname}`;
}

const reportOf = ({ api }: Left, id: string) => api.get<Report>(`/campaigns/${id}/report`);

const isOver = ({ campaign }: Report) => campaign.phase === "completed";

function writtenTo({ sink }: Left, subject: string): string[] {
  const messages = [...sink.effects.values()];
  return messages.filter(({ content }) => content.subject.startsWith(subject)).map(({ to }) => to);
}

function everybody({ golden: { facts } }: Left): string[] {
  return Array.from({ length: facts.people }, (_, n) => `person${n}@example.org`);
}

describe.each(await goldenNames())("over the data of %s", (name) => {
  test("goes on where it was killed, with the keys that were used", async () => {
    const left = await takeOver(name);
    const { half } = left.golden.facts.campaigns;
    const report = await waitFor(() => reportOf(left, half), isOver);
    expect(report.counters).toMatchObject({ total: left.golden.facts.people });
    expect(report.counters["delivered"]).toBe(left.golden.facts.people);
    expect(writtenTo(left, "Half sent").toSorted()).toEqual(everybody(left).toSorted());
    expect(left.sink.conflicts).toEqual([]);
  });

  test("resumes what was paused, and writes to nobody twice", async () => {
    const left = await takeOver(name);
    const { paused } = left.golden.facts.campaigns;
    const before = writtenTo(left, "Paused").length;
    expect(before).toBeLessThan(left.golden.facts.people);
    expect((await reportOf(left, paused)).campaign.phase).toBe("paused");
    await left.api.post(`/campaigns/${paused}/resume`);
    await waitFor(() => reportOf(left, paused), isOver);
    expect(writtenTo(left, "Paused").toSorted()).toEqual(everybody(left).toSorted());
  });

  test("sends at its time what was planned", async () => {
    const left = await takeOver(name);
    const { campaigns, plannedAt } = left.golden.facts;
    expect(writtenTo(left, "Planned")).toEqual([]);
    await left.server.stop();
    await left.server.start(aheadBy(plannedAt + 1_000 - Date.now()));
    await waitFor(() => reportOf(left, campaigns.planned), isOver);
    expect(writtenTo(left, "Planned").toSorted()).toEqual(everybody(left).toSorted());
  });

  test("keeps what was counted, and who may sign in", async () => {
    const left = await takeOver(name);
    const { campaigns, doneCounters } = left.golden.facts;
    expect((await reportOf(left, campaigns.done)).counters).toMatchObject(doneCounters);
    const signedIn = await fetch(`${left.server.url}/api/auth/sign-in/email`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: left.server.url },
      body: JSON.stringify(ana),
    });
    expect(signedIn.status).toBe(200);
    expect(await cli(left.server, "doctor")).toContain("ok");
  });
});
