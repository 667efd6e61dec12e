// The words of a flow engine (seed 001), counted on the real server whose messages go to a flow
// that takes, refuses, executes, fails, or never reports, as the address of each person says.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitFor, type RestClient } from "../support/delivery/rest-client.ts";
import { sendElsewhere } from "../support/delivery/sending.ts";
import {
  audienceOf,
  phaseIs,
  reportOf,
  rowsOf,
  send,
  startWith,
  type Counts,
  type Made,
} from "../support/delivery/started.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import type { RealServer } from "../support/real-server.ts";
import { SmtpSink } from "../support/smtp-sink.ts";

/** Who the flow executes, fails, never reports, and rejects; and who never consented. */
const groups = { done: 12, fails: 3, silent: 5, rejected: 4 };
const withoutConsent = 2;
const submitted = groups.done + groups.fails + groups.silent + groups.rejected;
const total = submitted + withoutConsent;

let server: RealServer;
let api: RestClient;
let flow: WebhookSink;
let audienceId: string;
let accountId: string;
/** So many calls come to their end; the others wait. */
let mayEnd = Infinity;

beforeAll(async () => {
  flow = await WebhookSink.open({
    status: ({ to }) => (to.startsWith("rejected") ? 422 : 200),
    turn: async () => {
      while (ended() >= mayEnd) await sleep(20);
    },
  });
  const people = Object.entries(groups).flatMap(([name, count]) =>
    Array.from({ length: count }, (_, n) => `${name}-${n}@example.org,yes`),
  );
  const others = Array.from({ length: withoutConsent }, (_, n) => `never-${n}@example.org,no`);
  const csv = ["email,email_consent", ...people, ...others].join("\n");
  ({ server, api, audienceId } = await startWith(csv, { PRIVATE_TARGETS: "allow" }));
  accountId = await flowAccount("The flow");
}, 60_000);

afterAll(async () => {
  mayEnd = Infinity;
  await server.close();
  await flow.close();
});

function ended(): number {
  return [...flow.calls.values()].reduce((sum, n) => sum + n, 0);
}

async function flowAccount(name: string): Promise<string> {
  const guards = { breaker: "provider", failurePercent: null };
  const settings = { url: flow.url };
  const limits = { concurrency: 2 };
  const account = { name, channel: "email", provider: "webhook", settings, limits, guards };
  return (await api.post<Made>("/accounts", account)).id;
}

function undelivered(): { readonly state: string; readonly reason: string } {
  return { state: "undelivered", reason: "carrier_rejected" };
}

/** I-1 and I-2 at the moment of one answer. */
function expectSums(words: Counts): void {
  const { waiting = 0, success = 0, notConfirmed = 0, failed = 0, notSubmitted = 0 } = words;
  expect(words["submitted"]).toBe(success + notConfirmed + failed);
  expect(words["total"]).toBe((words["submitted"] ?? 0) + notSubmitted + waiting);
}

async function flowWords(path: string): Promise<Counts> {
  return (await reportOf(api, path)).vocabularies.flow;
}

test(
  "S1-06 S1-07 S1-08 S1-09 S1-10 S1-11 S1-D1 I-1 I-2 the flow's words hold at every moment, and move when a report comes after the end",
  { timeout: 90_000 },
  async () => {
    // The flow goes on as soon as somebody looked.
    mayEnd = ended();
    const path = await send(api, { name: "Flow", type: "email", audienceId, accountId });
    const waited = new Set<number>();
    const words = await waitFor(
      async () => {
        const now = await flowWords(path);
        if (now["total"] !== 0) {
          expectSums(now);
          waited.add(now["waiting"] ?? 0);
          mayEnd += 4;
        }
        return now;
      },
      ({ total: all, waiting }) => all === total && waiting === 0,
    );
    mayEnd = Infinity;
    expect(waited.size).toBeGreaterThan(3);
    // Taken, and not one execution was reported yet: S1-09. Refused at the door: S1-11.
    expect(words).toEqual({
      total,
      waiting: 0,
      submitted,
      success: 0,
      notConfirmed: submitted - groups.rejected,
      failed: groups.rejected,
      notSubmitted: withoutConsent,
    });

    await flow.tell(flow.sentTo("done"), () => ({ state: "delivered" }));
    await flow.tell(flow.sentTo("fails"), () => ({ state: "failed", reason: "expired" }));
    const later = await waitFor(
      () => flowWords(path),
      ({ success }) => success === groups.done,
    );
    expectSums(later);
    const rejected = (await rowsOf(api, path)).filter(({ address }) =>
      address.startsWith("rejected"),
    );
    expect(rejected.map(({ state, reason }) => `${state} ${reason}`)).toEqual(
      Array.from({ length: groups.rejected }, () => "failed content_rejected"),
    );
    expect(later["notConfirmed"]).toBeGreaterThanOrEqual(groups.silent);

    // A report of somebody whom everybody had given up on.
    await flow.tell(flow.sentTo("silent"), () => ({ state: "delivered" }));
    const last = await waitFor(
      () => flowWords(path),
      ({ success }) => success === groups.done + groups.silent,
    );
    expectSums(last);
  },
);

test(
  "I-13 a report of failure that comes after one of success takes nothing back, and one of success mends a failure",
  { timeout: 60_000 },
  async () => {
    const two = await audienceOf(
      api,
      "email,email_consent\ntwice-a@example.org,yes\ntwice-b@example.org,yes",
      "Two",
    );
    const path = await send(api, { name: "Twice", type: "email", audienceId: two, accountId });
    await phaseIs(api, path, "settling");
    const [a, b] = ["twice-a", "twice-b"].map((name) => flow.sentTo(name));
    await flow.tell(a ?? [], () => ({ state: "delivered" }));
    await flow.tell(a ?? [], undelivered);
    await flow.tell(b ?? [], undelivered);
    await flow.tell(b ?? [], () => ({ state: "delivered" }));
    await phaseIs(api, path, "completed");
    const rows = await rowsOf(api, path);
    expect(rows.map(({ state }) => state)).toEqual(["delivered", "delivered"]);
    expect((await reportOf(api, path)).vocabularies.flow).toMatchObject({ success: 2, failed: 0 });
  },
);

test(
  "S1-D5 a pause lets no further message go, and what the flow already has is still executed and counted",
  { timeout: 60_000 },
  async () => {
    const calls = flow.calls.size;
    mayEnd = ended() + 6;
    const path = await send(api, { name: "Paused", type: "email", audienceId, accountId });
    await waitFor(
      async () => flow.calls.size - calls,
      (n) => n >= 3,
    );
    await api.post(`${path}/pause`);
    mayEnd = Infinity;
    // What was at work comes to its end while everything else is sent.
    await sendElsewhere(api);
    const had = flow.calls.size - calls;
    expect(had).toBeLessThan(submitted);
    const taken = [...flow.effects.values()].slice(-(had - 1));
    await flow.tell(taken, () => ({ state: "delivered" }));
    const words = await waitFor(
      () => flowWords(path),
      ({ success }) => success !== 0,
    );
    expectSums(words);
    expect(words["waiting"]).toBeGreaterThan(0);
    expect(await api.get(path)).toMatchObject({ phase: "paused", pauseReason: "user" });
    expect(flow.calls.size - calls).toBe(had);
    await api.post(`${path}/cancel`);
  },
);

test(
  "S1-12 S1-13 AMB-17 what our own configuration or an error of ours kept back counts as not submitted, and in other vocabularies as failed",
  { timeout: 90_000 },
  async () => {
    const four = await audienceOf(
      api,
      ["email,email_consent", ...[1, 2, 3, 4].map((n) => `own-${n}@example.org,yes`)].join("\n"),
      "Four",
    );
    const misplaced = await flowAccount("An address that must not be called any more");
    const internal = await api.post<Made>("/accounts", {
      name: "Breaks inside",
      channel: "email",
      provider: "sandbox",
      settings: { latencyMs: 0, failurePercent: 100, failures: { internal_error: 1 } },
      guards: { breaker: "provider", failurePercent: null },
    });
    await server.stop();
    // The operator withdrew the leave for private addresses: the account is configured wrongly now.
    await server.start({ PRIVATE_TARGETS: "deny" });
    for (const [id, reason] of [
      [misplaced, "config_error"],
      [internal.id, "internal_error"],
    ] as const) {
      const path = await send(api, {
        name: reason,
        type: "email",
        audienceId: four,
        accountId: id,
      });
      const { vocabularies } = await waitFor(
        () => reportOf(api, path),
        (report) => report.counters["failed"] === 4,
      );
      expect(vocabularies.flow).toMatchObject({ total: 4, submitted: 0, notSubmitted: 4 });
      expect(vocabularies.broadcast).toMatchObject({ total: 4, failed: 4 });
      expect(vocabularies.segments).toMatchObject({ total: 4, failed: 4 });
      const rows = await rowsOf(api, path);
      expect(rows.map((row) => row.reason)).toEqual([reason, reason, reason, reason]);
      expect(rows.every(({ reasonText }) => reasonText !== "")).toBe(true);
    }
  },
);

test(
  "S1-13 what our own server may not call any more is not submitted to a mail server either",
  { timeout: 60_000 },
  async () => {
    const post = await SmtpSink.open();
    try {
      const account = await api.post<Made>("/accounts", {
        name: "Mail",
        channel: "email",
        provider: "smtp",
        settings: { host: "127.0.0.1", port: post.port, from: "a@example.org" },
        guards: { breaker: "provider", failurePercent: null },
      });
      const two = await audienceOf(
        api,
        "email,first_name,email_consent\nmail-1@example.org,Ann,yes\nmail-2@example.org,Bob,yes",
        "Two",
      );
      const path = await send(api, {
        name: "Denied",
        type: "email",
        audienceId: two,
        accountId: account.id,
      });
      const { vocabularies } = await waitFor(
        () => reportOf(api, path),
        (report) => report.counters["failed"] === 2,
      );
      expect(vocabularies.flow).toMatchObject({ total: 2, submitted: 0, notSubmitted: 2 });
      expect(vocabularies.broadcast).toMatchObject({ total: 2, failed: 2 });
      expect((await rowsOf(api, path)).map(({ reason }) => reason)).toEqual([
        "config_error",
        "config_error",
      ]);
      expect(post.log).toEqual([]);
    } finally {
      await post.close();
    }
  },
);

test("S1-D3 a campaign that is on its way is neither edited nor deleted, only ended, and can always be viewed", async () => {
  const path = await send(api, { name: "Locked", type: "email", audienceId, accountId });
  await expect(api.patch(path, { name: "Other" })).rejects.toThrow("already_sent");
  await expect(api.delete(path)).rejects.toThrow("illegal_move");
  await api.post(`${path}/cancel`);
  expect(await api.get(path)).toMatchObject({ name: "Locked", phase: "canceled" });
  const plan = { name: "Planned", type: "email", audienceId, accountId };
  const { id } = await api.post<Made>("/campaigns", {
    ...plan,
    content: { subject: "S", text: "T" },
  });
  const at = "2097-01-01T00:00:00.000Z";
  await api.post(`/campaigns/${id}/schedule`, { at, zone: "UTC" });
  expect(await api.post(`/campaigns/${id}/cancel`)).toMatchObject({ phase: "canceled" });
});
