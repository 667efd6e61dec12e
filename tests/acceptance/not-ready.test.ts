// What is planned is looked at once more when its time comes, on the real server: a text that can be
// written for nobody by then stops it before anybody is written to.
import { afterAll, beforeAll, expect, test } from "vitest";
import { hourMs, minuteMs } from "#domain/core/time.ts";
import { everybody, webhookAccount } from "../support/delivery/sending.ts";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import type { Made } from "../support/delivery/rest-parts.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { aheadBy, RealServer } from "../support/real-server.ts";
import { SmtpSink } from "../support/smtp-sink.ts";

interface Campaign {
  readonly phase: string;
  readonly pauseReason: string | null;
  readonly startedAt: string | null;
}

interface Events {
  readonly items: readonly { readonly event: string; readonly detail: object }[];
}

const people = ["ann@example.org", "bob@example.org", "cleo@example.org"];
const whole = { subject: "Hi", text: "Hello {{ first_name }}" };
const broken = { subject: "Hi", text: "Hello {{ first_name" };

const env = { PRIVATE_TARGETS: "allow" };

let server: RealServer;
let api: RestClient;
let sink: WebhookSink;
let mails: SmtpSink;
let audienceId: string;
let accountId: string;
/** How far the server's clock is ahead of this one. */
let aheadMs = 0;

beforeAll(async () => {
  [server, sink, mails] = await Promise.all([
    RealServer.open(env),
    WebhookSink.open({ reports: true }),
    SmtpSink.open(),
  ]);
  api = await RestClient.setUp(server);
  audienceId = await everybody(api, people);
  accountId = await webhookAccount(api, sink.url);
  const settings = { host: "127.0.0.1", port: mails.port, from: "Acme <notices@example.org>" };
  const account = { name: "Notices", channel: "email", provider: "smtp", settings };
  const mailer = await api.post<Made>("/accounts", account);
  await api.patch("/notices/account", { accountId: mailer.id });
}, 60_000);

afterAll(async () => {
  await server.close();
  await Promise.all([sink.close(), mails.close()]);
});

test("S1-D6 a text that can be written for nobody is refused at the launch, with its field and the place of the mistake", async () => {
  const { id } = await draft("Broken", broken);
  expect(await api.refused("POST", `/campaigns/${id}/send`, {})).toMatchObject({
    field: "content.text",
    detail: expect.stringContaining("cannot be written"),
  });
});

test(
  "S1-D6 a template that was spoilt after the planning stops its campaign before the start, with the reason and a notice; mended, everybody is written to once",
  { timeout: 60_000 },
  async () => {
    const id = await plannedInAnHour("Spoilt");
    await api.patch(`/campaigns/${id}`, { content: broken });
    aheadMs = hourMs + minuteMs;
    await server.stop();
    await server.start({ ...env, ...aheadBy(aheadMs) });
    expect(await paused(id)).toMatchObject({ pauseReason: "not_ready", startedAt: null });
    expect(await causeOf(id)).toMatchObject({
      reason: "not_ready",
      detail: expect.stringContaining("Its text cannot be written"),
    });
    expect(await api.get(`/campaigns/${id}/messages`)).toEqual({ items: [], next: null });
    expect(sink.calls.size).toBe(0);
    const [mail] = await waitFor(
      async () => mails.log.filter(({ subject }) => subject.startsWith("Spoilt")),
      (found) => found.length > 0,
    );
    expect(mail?.subject).toBe("Spoilt: stopped before its start");

    // Whoever resumes it as it is, is told again.
    await api.post(`/campaigns/${id}/resume`);
    expect(await paused(id)).toMatchObject({ pauseReason: "not_ready" });
    await api.patch(`/campaigns/${id}`, { content: whole });
    await api.post(`/campaigns/${id}/resume`);
    await waitFor(
      () => api.get<Campaign>(`/campaigns/${id}`),
      ({ phase }) => phase === "completed",
    );
    expect([...sink.effects.values()].map(({ to }) => to).toSorted()).toEqual(people);
  },
);

test("S1-D6 what a planned campaign needs is not deleted before it starts", async () => {
  const needed = await webhookAccount(api, sink.url);
  const id = await plannedInAnHour("Planned", needed);
  await expect(api.delete(`/accounts/${needed}`)).rejects.toThrow("answered 409");
  await api.post(`/campaigns/${id}/unschedule`);
});

function draft(name: string, content: object, account = accountId): Promise<Made> {
  return api.post("/campaigns", { name, type: "email", content, audienceId, accountId: account });
}

async function plannedInAnHour(name: string, account = accountId): Promise<string> {
  const { id } = await draft(name, whole, account);
  const at = new Date(Date.now() + aheadMs + hourMs).toISOString();
  await api.post(`/campaigns/${id}/schedule`, { at, zone: "Europe/Lisbon" });
  return id;
}

function paused(id: string): Promise<Campaign> {
  return waitFor(
    () => api.get<Campaign>(`/campaigns/${id}`),
    ({ phase }) => phase === "paused",
  );
}

async function causeOf(id: string): Promise<object | undefined> {
  const { items } = await api.get<Events>(`/campaigns/${id}/activity`);
  return items.find(({ event }) => event === "engine.paused")?.detail;
}
