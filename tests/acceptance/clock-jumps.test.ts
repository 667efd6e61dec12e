// The clock of the real server's machine is wrong for a while, by an hour or by ten years, in both
// directions, while it sends: nothing stands still for it, nothing goes out before its time, and
// nothing goes out twice.
import { afterAll, beforeAll, expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "#domain/core/time.ts";
import { runCli } from "../support/command-line.ts";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import { everybody, reportWhen, send, webhookAccount } from "../support/delivery/sending.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { openClock, type MovableClock } from "../support/movable-clock.ts";
import { RealServer } from "../support/real-server.ts";

const people = 300;
const years = 10 * 365 * dayMs;
const withinMs = 90_000;

let clock: MovableClock;
let server: RealServer;
let api: RestClient;
let sink: WebhookSink;
let audience: string;

beforeAll(async () => {
  clock = openClock();
  [server, sink] = await Promise.all([
    RealServer.open(clock.env),
    WebhookSink.open({ reports: true, cuts: (_, call) => call % 97 === 0 }),
  ]);
  api = await RestClient.setUp(server);
  const emails = Array.from({ length: people }, (_, n) => `p${n}@example.org`);
  audience = await everybody(api, emails);
}, 240_000);

afterAll(async () => {
  await server.close();
  await sink.close();
  clock.remove();
});

/** Sets the server's clock, and waits until the server goes by it. */
async function jump(aheadMs: number): Promise<void> {
  clock.set(aheadMs);
  await waitFor(
    async () => Date.parse((await fetch(`${server.url}/health`)).headers.get("date") ?? ""),
    (shown) => Math.abs(shown - Date.now() - aheadMs) < 20 * minuteMs,
    withinMs,
  );
}

const callsOf = async (): Promise<number> => sink.calls.size;

test(
  "jumps of an hour and of ten years in both directions stop no campaign and repeat nobody",
  { timeout: 240_000 },
  async () => {
    const limits = { perSecond: 30, concurrency: 8 };
    const account = await webhookAccount(api, sink.url, { limits });
    const campaign = await send(api, audience, account);
    await waitFor(callsOf, (n) => n > 20, withinMs);
    // The last ones are steps back in the middle of a lease that was taken under a later clock.
    for (const aheadMs of [hourMs, -hourMs, years, 0, -years, 0]) {
      await jump(aheadMs);
      const before = sink.calls.size;
      await waitFor(callsOf, (n) => n === people || n > before + 15, withinMs);
    }
    const report = await reportWhen(
      api,
      campaign,
      ({ campaign: { phase } }) => phase === "completed",
    );
    expect(report.counters).toMatchObject({ total: people, delivered: people });
    expect([...sink.acts.values()].every((acts) => acts === 1)).toBe(true);
    expect(sink.conflicts).toEqual([]);
    const doctor = await runCli(server.dataDir, "doctor");
    expect(doctor).toMatchObject({ status: 0, stdout: expect.stringContaining("ok") });
  },
);

test(
  "a planned campaign goes out when the server's clock says so, once, and not again when the clock says it a second time",
  { timeout: 240_000 },
  async () => {
    const account = await webhookAccount(api, sink.url);
    const before = sink.calls.size;
    const content = { subject: "Hi", text: "Planned" };
    const campaign = { name: "Planned", type: "email", content, audienceId: audience };
    const { id } = await api.post<{ readonly id: string }>("/campaigns", {
      ...campaign,
      accountId: account,
    });
    const at = new Date(Date.now() + 25 * minuteMs).toISOString();
    await api.post(`/campaigns/${id}/schedule`, { at, zone: "UTC" });
    await jump(-hourMs);
    const other = await send(api, audience, account, "Meanwhile");
    await reportWhen(api, other, ({ campaign: { phase } }) => phase === "completed");
    expect(await api.get(`/campaigns/${id}`)).toMatchObject({ phase: "scheduled" });
    expect(sink.calls.size - before).toBe(people);
    for (const aheadMs of [hourMs, -hourMs, hourMs]) {
      await jump(aheadMs);
      // The engine looks twice a minute by itself, and whenever somebody does something.
      await api.post("/campaigns", { name: `At ${aheadMs}`, type: "email", content });
      await reportWhen(api, id, ({ campaign: { phase } }) => phase === "completed");
    }
    const last = await send(api, audience, account, "Afterwards");
    await reportWhen(api, last, ({ campaign: { phase } }) => phase === "completed");
    expect(sink.calls.size - before).toBe(3 * people);
    expect([...sink.acts.values()].every((acts) => acts === 4)).toBe(true);
    await jump(0);
  },
);
