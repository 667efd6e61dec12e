// Segments of SMS in the words of seed 004, on the real server: what a carrier answers and
// reports is decided by the number that it was asked to send to.
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitFor, type RestClient } from "../support/delivery/rest-client.ts";
import {
  audienceOf,
  phaseIs,
  reportOf,
  rowsOf,
  send,
  startWith,
  type Counts,
  type Made,
  type MessageRow,
} from "../support/delivery/started.ts";
import { WebhookSink, type SinkMessage } from "../support/delivery/webhook-sink.ts";
import type { RealServer } from "../support/real-server.ts";

/** What the carrier does with numbers of each block, and how many people have one. */
const blocks = {
  "+12025550": { people: 6, said: { state: "delivered" } },
  "+12025551": { people: 3, said: { state: "undelivered", reason: "unreachable" } },
  "+12025552": { people: 2, said: { state: "undelivered", reason: "not_capable" } },
  "+12025553": { people: 4, said: { state: "undelivered", reason: "expired" } },
  "+12025554": { people: 2, said: { state: "undelivered", reason: "carrier_rejected" } },
  "+12025555": { people: 5, said: null },
  "+12025556": { people: 1, said: { state: "undelivered", reason: "opted_out" } },
} as const;

const invalid = 2;
const withoutConsent = 3;
/** Two segments in the usual alphabet: 161 to 306 characters. */
const text = `Hello ${"x".repeat(180)}`;
const each = 2;

let server: RealServer;
let api: RestClient;
let carrier: WebhookSink;
let audienceId: string;
let accountId: string;
/** What it answers to numbers that it takes. */
let status = 200;

beforeAll(async () => {
  carrier = await WebhookSink.open({
    // 404: there is no such number.
    status: ({ to }) => (to.startsWith("+12025557") ? 404 : status),
    latencyMs: 5,
  });
  const rows = [
    ...Object.entries(blocks).flatMap(([start, { people }]) => numbers(start, people)),
    ...numbers("+12025557", invalid),
  ].map((number) => `${number},yes`);
  const others = numbers("+12025558", withoutConsent).map((number) => `${number},no`);
  const csv = ["phone,sms_consent", ...rows, ...others].join("\n");
  ({ server, api, audienceId } = await startWith(csv, { PRIVATE_TARGETS: "allow" }));
  accountId = await anAccount("Carrier");
}, 60_000);

afterAll(async () => {
  await server.close();
  await carrier.close();
});

function numbers(start: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => `${start}${String(100 + n)}`);
}

async function anAccount(name: string): Promise<string> {
  const guards = { breaker: "provider", failurePercent: null };
  const settings = { url: carrier.url };
  const account = { name, channel: "sms", provider: "webhook", settings, guards };
  return (await api.post<Made>("/accounts", account)).id;
}

async function sentSms(name: string, audience = audienceId): Promise<string> {
  return send(api, { name, type: "sms", audienceId: audience, accountId, text });
}

function reported({
  to,
}: SinkMessage): { readonly state: string; readonly reason?: string } | null {
  return Object.entries(blocks).find(([start]) => to.startsWith(start))?.[1].said ?? null;
}

const statuses = [
  "queued",
  "failed",
  "ignored",
  "unreachable",
  "undelivered",
  "unconfirmed",
  "confirmed",
];
const subCodes = ["unsubscribed", "carrier", "signal", "device"];

function sumOf(words: Counts, names: readonly string[]): number {
  return names.reduce((sum, name) => sum + (words[name] ?? 0), 0);
}

function segmentsOf(rows: readonly MessageRow[], fits: (row: MessageRow) => boolean): number {
  return rows.filter(fits).reduce((sum, { segments }) => sum + segments, 0);
}

test(
  "S4-07 S4-09 S4-11 S4-12 S4-17 S4-18 S4-19 AMB-15 AMB-16 AMB-17 segments by status, the statuses add up to all, and the rows to each",
  { timeout: 90_000 },
  async () => {
    const path = await sentSms("Segments");
    await phaseIs(api, path, "settling", "completed");
    const taken = Object.values(blocks).reduce((sum, { people }) => sum + people, 0) * each;
    // S4-18: the carrier believes that it has them, and confirmed none.
    expect((await reportOf(api, path)).vocabularies.segments).toEqual({
      total: taken + (invalid + withoutConsent) * each,
      queued: 0,
      failed: invalid * each,
      ignored: 0,
      unreachable: withoutConsent * each,
      unsubscribed: withoutConsent * each,
      carrier: 0,
      signal: 0,
      device: 0,
      undelivered: 0,
      unconfirmed: taken,
      confirmed: 0,
    });

    await carrier.tell(
      [...carrier.effects.values()].filter((message) => reported(message) !== null),
      (message) => reported(message) ?? { state: "sent" },
    );
    const { vocabularies, segments } = await waitFor(
      () => reportOf(api, path),
      ({ vocabularies: { segments: now } }) =>
        now["confirmed"] === 6 * each && now["unsubscribed"] === (withoutConsent + 1) * each,
    );
    // What may pass is sent again by itself, so it waits; what is final is told.
    const words = vocabularies.segments;
    expect(words).toMatchObject({ confirmed: 6 * each, device: 2 * each, failed: invalid * each });
    expect(words["unsubscribed"]).toBe((withoutConsent + 1) * each);
    expect(sumOf(words, statuses)).toBe(words["total"]);
    expect(sumOf(words, subCodes)).toBe(words["unreachable"]);
    expect(segments["total"]).toBe(words["total"]);
    const rows = await rowsOf(api, path);
    expect(segmentsOf(rows, () => true)).toBe(words["total"]);
    expect(segmentsOf(rows, ({ state }) => state === "delivered")).toBe(words["confirmed"]);
    expect(segmentsOf(rows, ({ reason }) => reason === "not_capable")).toBe(words["device"]);
    expect(segmentsOf(rows, ({ reason }) => reason === "unknown_recipient")).toBe(words["failed"]);
    await api.post(`${path}/cancel`);
  },
);

test(
  "S4-12 S4-17 what the carrier did not get to the phone is undelivered, or unreachable by carrier, signal or device, once it is final",
  { timeout: 60_000 },
  async () => {
    const csv = ["phone,sms_consent", "+12025561001,yes", "+12025561002,yes", "+12025561003,yes"];
    const audience = await audienceOf(api, [...csv, "+12025561004,yes"].join("\n"), "Final");
    const path = await sentSms("Final", audience);
    await phaseIs(api, path, "settling");
    await api.post(`${path}/cancel`);
    const reasons = ["carrier_rejected", "unreachable", "not_capable", "expired"];
    await carrier.tell(carrier.sentTo("+12025561"), ({ to }) => ({
      state: "undelivered",
      reason: reasons[Number(to.at(-1)) - 1] ?? "unknown",
    }));
    const { vocabularies } = await waitFor(
      () => reportOf(api, path),
      (report) => report.counters["undelivered"] === 4,
    );
    expect(vocabularies.segments).toMatchObject({
      total: 4 * each,
      unreachable: 3 * each,
      carrier: each,
      signal: each,
      device: each,
      undelivered: each,
    });
  },
);

test(
  "S4-08 S4-10 what waits is queued; what an unpaid account kept back is ignored when the campaign ends",
  { timeout: 90_000 },
  async () => {
    const numbersOfMany = numbers("+12025570", 40).map((number) => `${number},yes`);
    const many = await audienceOf(api, ["phone,sms_consent", ...numbersOfMany].join("\n"), "Many");
    status = 402;
    const path = await sentSms("Unpaid", many);
    await phaseIs(api, path, "paused");
    expect(await api.get(path)).toMatchObject({ pauseReason: "provider_auth" });
    // What was in flight with the first refusal ends a moment later.
    const { segments: waiting } = (
      await waitFor(
        () => reportOf(api, path),
        ({ counters }) => counters["sending"] === 0,
      )
    ).vocabularies;
    const { total = 0, queued = 0, ignored = 0 } = waiting;
    expect(queued).toBeGreaterThan(0);
    expect(ignored).toBeGreaterThan(0);
    expect(queued + ignored).toBe(total);
    const rows = await rowsOf(api, path);
    expect(segmentsOf(rows, ({ state }) => state === "queued")).toBe(queued);
    expect(segmentsOf(rows, ({ reason }) => reason === "payment_required")).toBe(ignored);

    await api.post(`${path}/cancel`);
    const { vocabularies } = await waitFor(
      () => reportOf(api, path),
      (report) => report.counters["queued"] === 0,
    );
    expect(vocabularies.segments).toMatchObject({ total, queued: 0, ignored: total });
    const ended = await rowsOf(api, path);
    expect(segmentsOf(ended, ({ reason }) => reason === "subscription_inactive")).toBe(queued);
    expect(vocabularies.flow).toMatchObject({ total: 40, waiting: 0 });
    status = 200;
  },
);
