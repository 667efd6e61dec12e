// People's limits as everybody meets them, through the real app: the link in a real mail, and a
// carrier that reports by receipts what it could not deliver.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ApiClient } from "../support/api-client.ts";
import { runCli } from "../support/command-line.ts";
import { RealServer } from "../support/real-server.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { SmtpSink } from "../support/smtp-sink.ts";

let server: RealServer;
let sink: SmtpSink;
let api: ApiClient;

beforeAll(async () => {
  [server, sink] = await Promise.all([RealServer.open(), SmtpSink.open()]);
  api = await signedIn();
}, 60_000);

afterAll(async () => {
  await server.close();
  await sink.close();
});

async function signedIn(): Promise<ApiClient> {
  const person = ["--workspace", "Acme", "--email", "ana@example.org", "--password"];
  await runCli(server.dataDir, "setup", ...person, "correct horse battery");
  const command = "key create --workspace Acme --role admin --name script";
  const key = await runCli(server.dataDir, ...command.split(" "));
  return new ApiClient(server.url, /\S{24,}/.exec(key.stdout)?.[0] ?? "");
}

async function made(path: string, body: unknown): Promise<string> {
  const answer = await api.post(path, body);
  if (answer.status !== 201) throw new Error(`${path}: ${answer.text}`);
  return String(answer.body["id"]);
}

interface Plan {
  readonly type: "email" | "sms";
  readonly accountId: string;
  readonly audienceId: string;
  readonly text: string;
}

/** Sends a campaign; answers its path once everything is handed over. */
async function send({ text, ...plan }: Plan, until = "settling"): Promise<string> {
  const subject = plan.type === "email" ? "News" : "";
  const content = { subject, text, html: "" };
  const id = await made("/campaigns", { name: "News", group: "messaging", content, ...plan });
  const path = `/campaigns/${id}`;
  expect((await api.post(`${path}/send`)).status).toBe(200);
  await api.until(
    path,
    ({ phase }) => phase === "completed" || (until === "settling" && phase === "settling"),
    30_000,
  );
  return path;
}

describe("leaving by e-mail", () => {
  const text = "Hello. Enough? {{ unsubscribe_url }}";

  test("S4-11 each mail can be left with one click, and who left gets no other", async () => {
    for (const name of ["ana", "ben"]) {
      const consents = [{ channel: "email", granted: true }];
      await made("/contacts", { email: `${name}@shop.example`, firstName: name, consents });
    }
    const audienceId = await made("/audiences", { name: "Everyone", rule: { all: true } });
    const settings = { host: "127.0.0.1", port: sink.port, from: "news@example.org" };
    const account = { name: "Mail", channel: "email", provider: "smtp", settings };
    const accountId = await made("/accounts", account);
    const plan = { type: "email", accountId, audienceId, text } as const;
    const first = await send(plan);

    const mail = sink.log.find(({ to }) => to === "ana@shop.example");
    expect(mail?.headers.get("list-unsubscribe-post")).toBe("List-Unsubscribe=One-Click");
    const header = mail?.headers.get("list-unsubscribe") ?? "";
    const url = /^<(\S+)>$/.exec(header)?.[1] ?? "";
    expect(url).toMatch(new RegExp(`^${server.url}/r/u/[\\w-]{32}$`));
    expect(mail?.body.replaceAll("=\n", "")).toContain(url);

    const opened = await fetch(url);
    expect(await opened.text()).toContain("a•••@shop.example");
    const body = new URLSearchParams({ "List-Unsubscribe": "One-Click" });
    expect((await fetch(url, { method: "POST", body })).status).toBe(200);

    const people = await api.all("/contacts");
    const ana = people.find(({ email }) => email === "ana@shop.example");
    expect(ana?.["consents"]).toMatchObject([{ granted: false, source: "unsubscribe link" }]);
    const { body: report } = await api.until(
      `${first}/report`,
      ({ marks }) => JSON.stringify(marks) !== "{}",
      10_000,
    );
    expect(report["marks"]).toEqual({ opted_out: 1 });
    const activity = await api.all("/activity");
    expect(activity).toContainEqual(expect.objectContaining({ event: "engine.opted_out" }));

    const second = await send(plan);
    expect(sink.countsByRecipient().get("ana@shop.example")).toBe(1);
    expect(sink.countsByRecipient().get("ben@shop.example")).toBe(2);
    const { body: next } = await api.get(`${second}/report`);
    expect(next["vocabularies"]).toMatchObject({
      segments: { total: 2, unreachable: 1, unsubscribed: 1, unconfirmed: 1 },
    });
  });
});

describe("the unreachable", () => {
  const dead = "+351210000003";
  let carrier: WebhookSink;

  beforeAll(async () => {
    carrier = await WebhookSink.open({
      reports: true,
      fate: ({ to }) =>
        to === dead ? { state: "undelivered", reason: "not_capable" } : { state: "delivered" },
    });
  });
  afterAll(() => carrier.close());

  test("S4-13 S4-14 S4-15 S4-16 AMB-14 seven missed campaigns, a review, and nothing spent after it", async () => {
    for (const phone of ["+351210000001", "+351210000002", dead]) {
      await made("/contacts", { phone, consents: [{ channel: "sms", granted: true }] });
    }
    const rule = { filter: { consent: "sms" } };
    const audienceId = await made("/audiences", { name: "By phone", rule });
    const settings = { url: carrier.url };
    const account = { name: "Carrier", channel: "sms", provider: "webhook", settings };
    const accountId = await made("/accounts", account);
    const everybody = await made("/audiences", { name: "All", rule: { all: true } });
    const plan = { type: "sms", accountId, text: "Hello" } as const;

    for (let n = 1; n <= 7; n++) await send({ ...plan, audienceId }, "completed");
    const { body: listed } = await api.until(
      "/unreachable",
      ({ totals }) => JSON.stringify(totals).includes('"listed":1'),
      10_000,
    );
    expect(listed["totals"]).toMatchObject({ listed: 1, spent: 7, wouldSave: 1, saved: 0 });
    expect(listed["items"]).toMatchObject([{ address: dead, misses: 7, by: null }]);

    const decision = { act: "unsubscribe", addresses: [dead] };
    expect((await api.post("/unreachable/decisions", decision)).body).toEqual({ changed: 1 });
    const path = await send({ ...plan, audienceId: everybody }, "completed");
    const { body: report } = await api.get(`${path}/report`);
    expect(report["reasons"]).toContainEqual(
      expect.objectContaining({ state: "skipped", reason: "suppressed", n: 1 }),
    );
    const { body: saved } = await api.until(
      "/unreachable?state=suppressed",
      ({ totals }) => JSON.stringify(totals).includes('"saved":1'),
      10_000,
    );
    expect(saved["totals"]).toMatchObject({ listed: 0, suppressed: 1, saved: 1 });

    const restored = await api.post("/unreachable/decisions", { act: "restore" });
    expect(restored.body).toEqual({ changed: 1 });
    await send({ ...plan, audienceId }, "completed");
    const calls = [...carrier.effects.values()].filter(({ to }) => to === dead);
    expect(calls).toHaveLength(8);
  }, 120_000);
});
