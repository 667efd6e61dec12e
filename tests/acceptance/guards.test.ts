// What stops an account that is broken, and what lets it go on, on the real server with a carrier
// behind a URL that the test breaks and mends.
import { afterAll, beforeAll, expect, test } from "vitest";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { RealServer } from "../support/real-server.ts";

interface Made {
  readonly id: string;
}

interface Campaign {
  readonly phase: string;
  readonly pauseReason: string | null;
}

interface Account {
  readonly standing: { readonly pauseReason: string; readonly retryAt: string | null } | null;
}

interface Page<T> {
  readonly items: readonly T[];
}

const people = 40;

let server: RealServer;
let api: RestClient;
let sink: WebhookSink;
let audienceId: string;
/** What the carrier answers now. */
let status = 200;

beforeAll(async () => {
  [server, sink] = await Promise.all([
    RealServer.open({ PRIVATE_TARGETS: "allow" }),
    WebhookSink.open({ status: () => status }),
  ]);
  api = await RestClient.setUp(server);
  const lines = Array.from({ length: people }, (_, n) => `p${n}@example.org,yes`);
  const csv = ["email,email_consent", ...lines].join("\n");
  const started = await api.post<Made>("/contacts/import", csv, "text/csv");
  await waitFor(
    () => api.get<{ readonly state: string }>(`/imports/${started.id}`),
    ({ state }) => state === "done",
  );
  audienceId = (await api.post<Made>("/audiences", { name: "All", rule: { kind: "all" } })).id;
}, 60_000);

afterAll(async () => {
  await server.close();
  await sink.close();
});

test(
  "S3-28 AMB-10 AMB-12 five failures in a row pause every campaign of the account with the reason, over a restart too; resumed, everybody is sent to once",
  { timeout: 90_000 },
  async () => {
    status = 503;
    const accountId = await anAccount("Broken");
    const ids = [await sentThrough(accountId, "First"), await sentThrough(accountId, "Second")];
    for (const id of ids) {
      expect(await paused(id)).toMatchObject({ pauseReason: "breaker" });
    }
    // With the fifth failure three others may be in flight, and come when the pause is known.
    const most = 8;
    expect(callsOf(sink)).toBeLessThanOrEqual(most);
    const { standing } = await api.get<Account>(`/accounts/${accountId}`);
    expect(standing).toMatchObject({ pauseReason: "breaker", retryAt: expect.any(String) });
    expect(await api.post(`/campaigns/${ids[0]}/preflight`)).toMatchObject({
      standing: { pauseReason: "breaker", retryAt: expect.any(String) },
    });

    await server.kill();
    await server.start({ PRIVATE_TARGETS: "allow" });
    expect(await api.get<Campaign>(`/campaigns/${ids[0]}`)).toMatchObject({ phase: "paused" });
    // At most what was in flight when it was killed, and what is tried after a minute.
    expect(callsOf(sink)).toBeLessThanOrEqual(most + 1);

    status = 200;
    await api.post(`/campaigns/${ids[0]}/resume`);
    // What one message showed, resumes the other by itself.
    for (const id of ids) await completed(id);
    expect(await api.get<Account>(`/accounts/${accountId}`)).toMatchObject({ standing: null });
    expect(sink.effects.size).toBe(2 * people);
    expect(sink.conflicts).toEqual([]);
    const { items } = await api.get<Page<{ readonly event: string }>>(`/activity?limit=100`);
    const events = items.map(({ event }) => event);
    expect(events).toContain("engine.paused");
    expect(events).toContain("engine.resumed");
  },
);

test(
  "S3-29 AMB-13 refused credentials pause at once and wait for a person; S3-27 a carrier that only asks to slow down pauses too",
  { timeout: 90_000 },
  async () => {
    const before = callsOf(sink);
    status = 401;
    const refused = await sentThrough(await anAccount("Wrong secret"), "Refused");
    expect(await paused(refused)).toMatchObject({ pauseReason: "provider_auth" });
    expect(callsOf(sink) - before).toBe(1);

    status = 429;
    const busy = await sentThrough(await anAccount("Busy"), "Busy");
    expect(await paused(busy)).toMatchObject({ pauseReason: "breaker" });
    status = 200;
    await api.post(`/campaigns/${busy}/resume`);
    await completed(busy);
    await api.post(`/campaigns/${refused}/resume`);
    await completed(refused);
  },
);

test("limits and guards of an account are set and shown, and what is no limit is told with its field", async () => {
  const id = await anAccount("Paced");
  const limits = { perDomain: 10, pairSeconds: 6 };
  const guards = { breaker: "all", autoResume: "never", failurePercent: null };
  const changed = await api.patch(`/accounts/${id}`, { limits, guards });
  expect(changed).toMatchObject({ limits: { ...limits, perSender: null, concurrency: 4 }, guards });
  const warmUp = { firstDay: 50, fullDay: 20_000 };
  expect(await api.patch(`/accounts/${id}`, { limits: { warmUp } })).toMatchObject({
    limits: { ...limits, warmUp },
  });
  await expect(
    api.patch(`/accounts/${id}`, { limits: { warmUp: { ...warmUp, fullDay: 20 } } }),
  ).rejects.toThrow("limits.warmUp.fullDay");
  await expect(api.patch(`/accounts/${id}`, { guards: { failurePercent: 0 } })).rejects.toThrow(
    "guards.failurePercent",
  );
});

function callsOf({ calls }: WebhookSink): number {
  return [...calls.values()].reduce((sum, n) => sum + n, 0);
}

async function anAccount(name: string): Promise<string> {
  const settings = { url: sink.url };
  const limits = { concurrency: 4 };
  const account = { name, channel: "email", provider: "webhook", settings, limits };
  return (await api.post<Made>("/accounts", account)).id;
}

async function sentThrough(accountId: string, name: string): Promise<string> {
  const content = { subject: "Hi", text: "Hello" };
  const campaign = { name, type: "email", content, audienceId, accountId };
  const { id } = await api.post<Made>("/campaigns", campaign);
  await api.post(`/campaigns/${id}/send`);
  return id;
}

function paused(id: string): Promise<Campaign> {
  return waitFor(
    () => api.get<Campaign>(`/campaigns/${id}`),
    ({ phase }) => phase === "paused",
    60_000,
  );
}

async function completed(id: string): Promise<void> {
  await waitFor(
    () => api.get<Campaign>(`/campaigns/${id}`),
    ({ phase }) => phase === "completed" || phase === "settling",
    60_000,
  );
}
