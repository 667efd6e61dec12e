// Broadcasts as seed 003 tells them, on the real server: live counters, outcomes, why each
// message failed, and what to look at when all of them do.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ana, waitFor, type RestClient } from "../support/delivery/rest-client.ts";
import {
  audienceOf,
  phaseIs,
  reportOf,
  rowsOf,
  send,
  startWith,
  type Made,
} from "../support/delivery/started.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { LiveDevice, type Told } from "../support/live-device.ts";
import type { RealServer } from "../support/real-server.ts";
import { SmtpSink } from "../support/smtp-sink.ts";

let server: RealServer;
let api: RestClient;
let carrier: WebhookSink;
let everyone: string;
let accountId: string;

beforeAll(async () => {
  carrier = await WebhookSink.open({
    status: ({ to }) => {
      if (to.startsWith("gone")) return 410;
      return to.startsWith("refused") ? 422 : 200;
    },
  });
  ({
    server,
    api,
    audienceId: everyone,
  } = await startWith(csvOf("person", 80), { PRIVATE_TARGETS: "allow" }));
  accountId = await anAccount("Carrier", { guards: { breaker: "provider", failurePercent: null } });
}, 60_000);

afterAll(async () => {
  await server.close();
  await carrier.close();
});

function csvOf(name: string, count: number): string {
  const rows = Array.from({ length: count }, (_, n) => `${name}-${n}@example.org,yes`);
  return ["email,email_consent", ...rows].join("\n");
}

async function anAccount(name: string, more: object): Promise<string> {
  const settings = { url: carrier.url };
  const account = { name, channel: "email", provider: "webhook", settings, ...more };
  return (await api.post<Made>("/accounts", account)).id;
}

function sendTo(name: string, audienceId: string, account = accountId): Promise<string> {
  return send(api, { name, type: "email", audienceId, accountId: account });
}

/** Recipients about whom something was decided. */
function processed({ rollup }: Told): number {
  const { queued, sending } = rollup.states;
  return rollup.total - queued - sending;
}

test(
  "S3-13 AMB-11 I-7 the counters reach a device every ten recipients or sooner, and end with what is stored",
  { timeout: 60_000 },
  async () => {
    // Ten recipients take more than a second: a busy machine has time for a page, too.
    const paced = await anAccount("Paced", { limits: { perSecond: 8, concurrency: 1 } });
    const device = await LiveDevice.open(server, ana);
    const path = await sendTo("Watched", everyone, paced);
    const id = path.split("/").at(-1) ?? "";
    await phaseIs(api, path, "settling", "completed");
    const { counters } = await waitFor(
      () => reportOf(api, path),
      ({ counters: now }) => now["submitted"] === 80,
    );
    const told = await waitFor(
      async () => device.about(id),
      (list) => list.at(-1)?.rollup.states.submitted === 80,
    );
    device.close();
    const steps = told.map(processed);
    expect(steps.at(-1)).toBe(80);
    for (const [index, step] of steps.entries()) {
      const before = steps[index - 1];
      if (before !== undefined) expect(step - before).toBeLessThanOrEqual(10);
    }
    expect(steps.length).toBeGreaterThanOrEqual(8);
    const { total, ...states } = counters;
    expect(told.at(-1)?.rollup).toEqual({ id, total, states });
  },
);

test(
  "AMB-08 AMB-09 S3-10 sent counts what was accepted and delivered what was confirmed; the lifecycle and the outcome are told side by side",
  { timeout: 60_000 },
  async () => {
    const audience = await audienceOf(api, csvOf("confirmed", 6), "Six");
    const path = await sendTo("Confirmed", audience);
    await phaseIs(api, path, "settling");
    const before = await reportOf(api, path);
    // Handed over, and nobody has confirmed anything: sent, none delivered, still in transit.
    expect(before.vocabularies.headline).toMatchObject({ sent: 6, delivered: 0, failed: 0 });
    expect(before.campaign).toMatchObject({ phase: "settling", outcome: "transit" });
    await carrier.tell(carrier.sentTo("confirmed"), () => ({ state: "delivered" }));
    await phaseIs(api, path, "completed");
    const after = await reportOf(api, path);
    expect(after.vocabularies.headline).toMatchObject({ sent: 6, delivered: 6, failed: 0 });
    expect(after.campaign).toMatchObject({ phase: "completed", outcome: "sent" });
  },
);

test(
  "S3-11 S3-12 S3-26 S3-30 S3-31 all failed is Failed, some is Partial, and each recipient has the error that the provider gave",
  { timeout: 60_000 },
  async () => {
    const none = await audienceOf(
      api,
      [csvOf("gone", 3), "refused-0@example.org,yes", "refused-1@example.org,yes"].join("\n"),
      "None",
    );
    const path = await sendTo("All fail", none);
    await phaseIs(api, path, "completed");
    const report = await reportOf(api, path);
    expect(report.campaign.outcome).toBe("failed");
    expect(report.vocabularies.broadcast).toEqual({ total: 5, sent: 0, failed: 5, remaining: 0 });
    const rows = await rowsOf(api, path);
    const told = rows.map(({ address, reasonText }) => `${address.split("-")[0]}: ${reasonText}`);
    expect(told.toSorted()).toEqual([
      ...Array.from({ length: 3 }, () => "gone: The account or mailbox does not exist"),
      ...Array.from({ length: 2 }, () => "refused: Refused by the provider's content rules"),
    ]);

    const some = await audienceOf(api, `${csvOf("good", 2)}\ngone-9@example.org,yes`, "Some");
    const partial = await sendTo("Some fail", some);
    await phaseIs(api, partial, "settling", "completed");
    await carrier.tell(carrier.sentTo("good"), () => ({ state: "delivered" }));
    await phaseIs(api, partial, "completed");
    expect((await reportOf(api, partial)).campaign.outcome).toBe("partial");
  },
);

test(
  "S3-28 I-8 AMB-12 with one call at a time the sixth never starts after five failures, until a person resumes",
  { timeout: 60_000 },
  async () => {
    let status = 503;
    const sink = await WebhookSink.open({ status: () => status });
    try {
      const settings = { url: sink.url };
      const guards = { autoResume: "never", failurePercent: null };
      const account = await anAccount("Breaks", { settings, guards, limits: { concurrency: 1 } });
      const path = await sendTo("Broken", everyone, account);
      await phaseIs(api, path, "paused");
      const calls = (): number => [...sink.calls.values()].reduce((sum, n) => sum + n, 0);
      expect(calls()).toBe(5);
      await sleep(2_000);
      expect(calls()).toBe(5);
      status = 200;
      await api.post(`${path}/resume`);
      await phaseIs(api, path, "settling", "completed");
      // I-12: nobody was left out, and nobody was written to twice.
      expect(sink.effects.size).toBe(80);
      expect(new Set([...sink.effects.values()].map((each) => each.to)).size).toBe(80);
    } finally {
      await sink.close();
    }
  },
);

test(
  "I-12 what is sent again goes to who failed alone: nobody who was accepted gets a second message, and who is left out has a reason",
  { timeout: 60_000 },
  async () => {
    const away = new Set(["again-1@example.org", "again-3@example.org"]);
    const sink = await WebhookSink.open({ status: ({ to: who }) => (away.has(who) ? 422 : 200) });
    try {
      const guards = { breaker: "provider", failurePercent: null };
      const account = await anAccount("Again", { settings: { url: sink.url }, guards });
      const audience = await audienceOf(api, `${csvOf("again", 6)}\nnever@example.org,no`, "Again");
      const path = await sendTo("Again", audience, account);
      await waitFor(
        () => reportOf(api, path),
        ({ counters }) => counters["failed"] === 2 && counters["submitted"] === 4,
      );
      await phaseIs(api, path, "settling");
      away.clear();
      const picks = [{ state: "failed", reason: "content_rejected" }];
      await api.post(`${path}/retry`, { picks });
      await waitFor(
        () => reportOf(api, path),
        ({ counters }) => counters["submitted"] === 6,
      );
      const reached = [...sink.effects.values()].map((each) => each.to);
      expect(reached.toSorted()).toEqual(
        Array.from({ length: 6 }, (_, n) => `again-${n}@example.org`),
      );
      const rows = await rowsOf(api, path);
      expect(rows.find(({ address }) => address.startsWith("never"))).toMatchObject({
        state: "skipped",
        reason: "no_consent",
      });
    } finally {
      await sink.close();
    }
  },
);

test(
  "S3-29 S3-32 an account is checked with its credentials for real, and nobody is written to",
  { timeout: 30_000 },
  async () => {
    const post = await SmtpSink.open("the right one");
    try {
      const settings = { host: "127.0.0.1", port: post.port, from: "a@example.org", user: "ana" };
      const made = await api.post<Made>("/accounts", {
        name: "Mail",
        channel: "email",
        provider: "smtp",
        settings: { ...settings, password: "an old one" },
      });
      const check = (): Promise<{ readonly ok: boolean; readonly detail: string }> =>
        api.post(`/accounts/${made.id}/test`);
      const refused = await check();
      expect(refused).toMatchObject({ ok: false });
      expect(refused.detail).toContain("does not accept user and password");
      await api.patch(`/accounts/${made.id}`, { settings: { password: "the right one" } });
      expect(await check()).toMatchObject({ ok: true });
      expect(post.log).toEqual([]);
    } finally {
      await post.close();
    }
  },
);

test.each(["sms", "email"] as const)(
  "S3-29 S3-32 a webhook account for %s is checked where it calls, before and after it is mended, and nobody is written to",
  { timeout: 30_000 },
  async (channel) => {
    const hook = await WebhookSink.open({ status: () => 200 });
    const { url } = hook;
    const made = await api.post<Made>("/accounts", {
      name: `Hook for ${channel}`,
      channel,
      provider: "webhook",
      settings: { url: url.replace(/:\d+/, ":9") },
    });
    const check = (): Promise<{ readonly ok: boolean; readonly detail: string }> =>
      api.post(`/accounts/${made.id}/test`);
    try {
      const wrong = await check();
      expect(wrong).toMatchObject({ ok: false });
      expect(wrong.detail).toContain("does not answer");
      await api.patch(`/accounts/${made.id}`, { settings: { url } });
      expect(await check()).toMatchObject({ ok: true });
      expect(hook.calls.size).toBe(0);
    } finally {
      await hook.close();
    }
    expect(await check()).toMatchObject({ ok: false });
  },
);

test("S3-D3 everybody is targeted, or whoever has one of several marks; duplicates are removed, and who has no address gets nothing", async () => {
  const csv = [
    "email,phone,country,sms_consent,email_consent",
    "de@example.org,+4915200000001,DE,yes,yes",
    "at@example.org,+4366000000002,AT,yes,yes",
    // One phone in a family.
    "at2@example.org,+4366000000002,AT,yes,yes",
    "fr@example.org,,FR,yes,yes",
    "at3@example.org,,AT,yes,yes",
  ];
  await audienceOf(api, csv.join("\n"), "Places");
  const rule = { kind: "filter", filter: { countries: ["DE", "AT"] } };
  const { id } = await api.post<Made>("/audiences", { name: "DE or AT", rule });
  expect(await api.get(`/audiences/${id}/count`)).toMatchObject({ count: 4 });
  const sms = await api.post<Made>("/accounts", {
    name: "SMS",
    channel: "sms",
    provider: "sandbox",
    settings: { latencyMs: 0, failurePercent: 0, unconfirmedPercent: 0, receiptDelayMs: 100 },
  });
  const path = await send(api, { name: "SMS", type: "sms", audienceId: id, accountId: sms.id });
  await phaseIs(api, path, "completed");
  const rows = await rowsOf(api, path);
  expect(rows.map(({ state, reason }) => `${state} ${reason}`).toSorted()).toEqual([
    "delivered none",
    "delivered none",
    "skipped duplicate_recipient",
    "skipped no_address",
  ]);
  const { vocabularies } = await reportOf(api, path);
  expect(vocabularies.headline["total"]).toBe(4);
});

test("S3-D3 whoever is on any of several lists is targeted, each once, however many they are on", async () => {
  const onList = async (name: string, emails: readonly string[]): Promise<string> => {
    const rows = emails.map((email) => `${email},yes`);
    const audience = await audienceOf(api, ["email,email_consent", ...rows].join("\n"), name);
    const made = await api.get<{ readonly rule: { readonly list: string } }>(
      `/audiences/${audience}`,
    );
    return made.rule.list;
  };
  const vip = await onList("vip", ["both@lists.example", "one@lists.example"]);
  const fair = await onList("fair", ["both@lists.example", "two@lists.example"]);
  await onList("neither", ["three@lists.example"]);
  const rule = { kind: "filter", filter: { lists: [vip, fair] } };
  const { id } = await api.post<Made>("/audiences", { name: "VIP or fair", rule });
  expect(await api.get(`/audiences/${id}/count`)).toMatchObject({ count: 3 });
  const path = await send(api, { name: "Both", type: "email", audienceId: id, accountId });
  await phaseIs(api, path, "settling", "completed");
  expect((await rowsOf(api, path)).map(({ address }) => address).toSorted()).toEqual([
    "both@lists.example",
    "one@lists.example",
    "two@lists.example",
  ]);
  const nobody = { kind: "filter", filter: { lists: [vip, id] } };
  await expect(api.post("/audiences", { name: "No", rule: nobody })).rejects.toThrow("lists");
});
