// What the system stops is told outside of the app: the real server with a broken carrier, a real
// mail server that takes the notices, and a push service that opens what was pushed.
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ana, RestClient, waitFor } from "../support/delivery/rest-client.ts";
import { readWaiting } from "../support/delivery/waiting.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { PushSink } from "../support/push-sink.ts";
import { RealServer } from "../support/real-server.ts";
import { SmtpSink, type ReceivedMail } from "../support/smtp-sink.ts";

interface Made {
  readonly id: string;
}

interface Asked {
  readonly approval: { readonly contentHash: string };
}

interface NoticeSettings {
  readonly accountId: string | null;
  readonly pushKey: string;
  readonly devices: readonly { readonly id: string; readonly name: string }[];
}

const env = { PRIVATE_TARGETS: "allow" };
const olga = { name: "Olga", email: "olga@example.org", password: "a long enough sentence" };
const finn = { name: "Finn", email: "finn@example.org", password: "a long enough sentence" };

let server: RealServer;
let api: RestClient;
let carrier: WebhookSink;
let mails: SmtpSink;
let pushes: PushSink;
let audienceId: string;
let mailer: string;
let cookie: string;
let pushKey: string;

beforeAll(async () => {
  [server, carrier, mails, pushes] = await Promise.all([
    RealServer.open(env),
    WebhookSink.open({ status: () => 503 }),
    SmtpSink.open(),
    PushSink.open(),
  ]);
  api = await RestClient.setUp(server);
  const lines = Array.from({ length: 30 }, (_, n) => `customer${n}@example.com,yes`);
  const csv = ["email,email_consent", ...lines].join("\n");
  const started = await api.post<Made>("/contacts/import", csv, "text/csv");
  await waitFor(
    () => api.get<{ readonly state: string }>(`/imports/${started.id}`),
    ({ state }) => state === "done",
  );
  audienceId = (await api.post<Made>("/audiences", { name: "All", rule: { kind: "all" } })).id;
  await api.post("/members", { ...olga, role: "office" });
  await api.post("/members", { ...finn, role: "field" });
  const settings = { host: "127.0.0.1", port: mails.port, from: "Acme <notices@example.org>" };
  const account = { name: "Notices", channel: "email", provider: "smtp", settings };
  mailer = (await api.post<Made>("/accounts", account)).id;
  cookie = await signIn(olga);
  ({ pushKey } = await asOlga<NoticeSettings>("GET", "/notices"));
}, 60_000);

afterAll(async () => {
  await server.close();
  await Promise.all([carrier.close(), mails.close(), pushes.close()]);
});

test("an account that writes to nobody is not named, and what is wrong comes with its field", async () => {
  const sandbox = await api.post<Made>("/accounts", {
    name: "Toy",
    channel: "email",
    provider: "sandbox",
    settings: {},
  });
  const refused = await api.refused("PATCH", "/notices/account", { accountId: sandbox.id });
  expect(refused).toMatchObject({ type: expect.stringContaining("invalid"), field: "accountId" });
  await api.patch("/notices/account", { accountId: mailer });
  expect(await api.get("/notices")).toMatchObject({ accountId: mailer, email: true, push: true });
  const device = pushes.subscribe("nobody", pushKey);
  expect(await api.refused("POST", "/notices/devices", device)).toMatchObject({
    type: expect.stringContaining("forbidden"),
  });
});

test(
  "S1-D2 S3-28 a pause by the breaker is told by e-mail and Web Push to whoever may resume it, without any recipient, and again to nobody after a kill",
  { timeout: 90_000 },
  async () => {
    const device = pushes.subscribe("tablet", pushKey);
    await asOlga("POST", "/notices/devices", device);
    const id = await sentThroughBroken("Spring sale");
    await told("Spring sale", 2);
    expect(
      mailsOf("Spring sale")
        .map(({ to }) => to)
        .toSorted(),
    ).toEqual([ana.email, olga.email]);
    const [mail] = mailsOf("Spring sale");
    expect(mail?.subject).toBe("Spring sale: paused after 5 failures in a row");
    expect(mail?.body).toContain(`${server.url}/campaigns/${id}`);
    expect(mail?.headers.get("auto-submitted")).toBe("auto-generated");
    expect(mail?.body).not.toMatch(/customer|Hello there/);
    // Mails and pushes leave side by side.
    expect(await pushed("Spring sale")).toEqual([
      expect.objectContaining({
        title: "Spring sale: paused after 5 failures in a row",
        navigate: `${server.url}/campaigns/${id}`,
      }),
    ]);
    expect(JSON.stringify(pushes.taken.get("tablet"))).not.toMatch(/customer|Hello there/);

    // The people have it before the server knows that they do: killed in between it tells them again.
    await waitFor(
      () => readWaiting(server),
      ({ notices }) => notices === 0,
    );
    await server.kill();
    await server.start(env);
    // Longer than it gathers what stops together.
    await wait(2_000);
    expect(mailsOf("Spring sale")).toHaveLength(2);
    expect(pushes.taken.get("tablet")).toHaveLength(1);
  },
);

test(
  "S1-D2 killed at any moment after the pause, everybody is told under one Message-ID, and a device shows it once",
  { timeout: 240_000 },
  async () => {
    for (const [n, afterMs] of [0, 480, 540, 700].entries()) {
      const name = `Killed ${n}`;
      await sentThroughBroken(name);
      await wait(afterMs);
      await server.kill();
      await server.start(env);
      await told(name, 2);
      await pushed(name);
      await wait(700);
      const ids = new Map<string, Set<string>>();
      for (const { to, messageId } of mailsOf(name)) {
        ids.set(to, (ids.get(to) ?? new Set()).add(messageId));
      }
      expect([...ids.values()].map((each) => each.size)).toEqual([1, 1]);
      expect(shownOf(name)).toHaveLength(1);
    }
  },
);

test(
  "a subscription that the push service says is gone is removed; a person turns each way off; another's devices stay theirs",
  { timeout: 60_000 },
  async () => {
    await asOlga("POST", "/notices/devices", pushes.subscribe("laptop", pushKey));
    pushes.status.set("tablet", 410);
    await sentThroughBroken("Gone device");
    await told("Gone device", 2);
    const { devices } = await waitFor(
      () => asOlga<NoticeSettings>("GET", "/notices"),
      (settings) => settings.devices.length === 1,
    );
    expect(devices.map(({ name }) => name)).toEqual(["laptop"]);
    expect(await api.get("/notices")).toMatchObject({ devices: [] });
    await expect(api.delete(`/notices/devices/${devices[0]?.id}`)).rejects.toThrow("404");

    await asOlga("PATCH", "/notices", { email: false, push: false });
    const before = pushes.calls.get("laptop");
    await sentThroughBroken("Quiet");
    await told("Quiet", 1);
    await wait(1_000);
    expect(mailsOf("Quiet").map(({ to }) => to)).toEqual([ana.email]);
    expect(pushes.calls.get("laptop")).toBe(before);
  },
);

test(
  "S0-D7 a launch that waits for a yes is told to whoever may give it, and that all is sent to whoever wants to hear it, in one sentence",
  { timeout: 60_000 },
  async () => {
    await asOlga("PATCH", "/notices", { email: true, finished: "all" });
    const sending = { quietHours: null, delayMinutes: 0, approval: true };
    await api.patch("/workspace", { access: { fieldMaySend: false, sending } });
    const settings = { latencyMs: 0 };
    const toy = { name: "Sandbox", channel: "email", provider: "sandbox", settings };
    const id = await planned("Autumn", (await api.post<Made>("/accounts", toy)).id);
    await api.post(`/campaigns/${id}/send`);
    await told("Autumn", 2);
    const waiting = mailsOf("Autumn").map(({ subject, to }) => `${to} ${subject}`);
    // It was the key of a program that asked.
    expect(waiting.toSorted()).toEqual([
      `${ana.email} Autumn: waiting for approval`,
      `${olga.email} Autumn: waiting for approval`,
    ]);
    const { approval } = await api.get<Asked>(`/campaigns/${id}`);
    await asOlga("POST", `/campaigns/${id}/approve`, { contentHash: approval.contentHash });
    const sent = await waitFor(
      async () => mailsOf("Autumn").filter(({ subject }) => subject.endsWith("all sent")),
      (found) => found.length > 0,
    );
    expect(sent.map(({ to }) => to)).toEqual([olga.email]);
    expect(sent[0]?.body).toMatch(/Sent to \d+ of 30/);
    const alone = { ...sending, approval: false };
    await api.patch("/workspace", { access: { fieldMaySend: false, sending: alone } });
  },
);

test(
  "S2-03 a report comes to its person by e-mail as text; a key is no person",
  { timeout: 60_000 },
  async () => {
    const mornings = { name: "Mornings", every: "day", hour: 8, zone: "Europe/Berlin" };
    expect(await api.refused("POST", "/subscriptions", mornings)).toMatchObject({
      type: expect.stringContaining("forbidden"),
    });
    const made = await asOlga<Made>("POST", "/subscriptions", mornings);
    expect(await asOlga("GET", "/subscriptions")).toMatchObject({
      items: [{ ...mornings, weekday: 1, channels: [], language: "en" }],
    });
    await asOlga("POST", `/subscriptions/${made.id}/test`);
    await told("Mornings", 1);
    const [report] = mailsOf("Mornings");
    expect(report?.to).toBe(olga.email);
    expect(report?.body).toContain("Nothing was sent in these days.");
    expect(report?.body).toContain("/reports?tab=subscriptions");

    // In the language that the person has.
    const german = { ...mornings, name: "Morgens", language: "de" };
    const other = await asOlga<Made>("POST", "/subscriptions", german);
    await asOlga("POST", `/subscriptions/${other.id}/test`);
    await told("Morgens", 1);
    expect(mailsOf("Morgens")[0]?.body).toContain("In diesen Tagen wurde nichts gesendet.");
    await asOlga("DELETE", `/subscriptions/${other.id}`);
  },
);

test(
  "an alert comes as soon as it is true of a campaign, once, whatever was told before",
  { timeout: 60_000 },
  async () => {
    const refusing = await WebhookSink.open({ status: () => 400 });
    try {
      await asOlga("POST", "/alerts", { measure: "failed", above: 0.5, least: 5, channels: [] });
      const settings = { url: refusing.url };
      const account = { name: "Refusing", channel: "email", provider: "webhook", settings };
      const id = await planned("Winter", (await api.post<Made>("/accounts", account)).id);
      await api.post(`/campaigns/${id}/send`);
      await waitFor(
        async () => mailsOf("Winter"),
        (found) => found.some(({ subject }) => subject.includes("more than 50%")),
      );
      // Longer than it looks at counters.
      await wait(6_000);
      const alerts = mailsOf("Winter").filter(({ subject }) => subject.includes("more than"));
      expect(alerts.map(({ to }) => to)).toEqual([olga.email]);
    } finally {
      await refusing.close();
    }
  },
);

async function signIn({ email, password }: typeof olga): Promise<string> {
  const answer = await fetch(`${server.url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.url },
    body: JSON.stringify({ email, password }),
  });
  expect(answer.status).toBe(200);
  return answer.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
}

/** As the app in Olga's browser asks. */
async function asOlga<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { cookie, origin: server.url, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text === "" ? "null" : text);
}

/** A campaign through an account of its own whose carrier is broken; resolves when it stands still. */
async function sentThroughBroken(name: string): Promise<string> {
  const settings = { url: carrier.url };
  const account = { name: `For ${name}`, channel: "email", provider: "webhook", settings };
  const id = await planned(name, (await api.post<Made>("/accounts", account)).id);
  await api.post(`/campaigns/${id}/send`);
  await waitFor(
    () => api.get<{ readonly phase: string }>(`/campaigns/${id}`),
    ({ phase }) => phase === "paused",
  );
  return id;
}

async function planned(name: string, accountId: string): Promise<string> {
  const content = { subject: "Hi", text: "Hello there" };
  const campaign = { name, type: "email", content, audienceId, accountId };
  return (await api.post<Made>("/campaigns", campaign)).id;
}

function mailsOf(name: string): readonly ReceivedMail[] {
  return mails.log.filter(({ subject }) => subject.startsWith(`${name}:`));
}

function shownOf(name: string) {
  return pushes.shown("tablet").filter(({ title }) => title.startsWith(`${name}:`));
}

/** What the tablet shows of it, once it shows anything. */
function pushed(name: string) {
  return waitFor(
    async () => shownOf(name),
    (shown) => shown.length > 0,
  );
}

async function told(name: string, people: number): Promise<void> {
  await waitFor(
    async () => new Set(mailsOf(name).map(({ to }) => to)).size,
    (count) => count >= people,
  );
}
