// The messaging subscriptions (S4-23) on the real server: the accounts that messages are sent with,
// how each stands, and what it sent and kept back this month.
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitFor, type RestClient } from "../support/delivery/rest-client.ts";
import { phaseIs, reportOf, send, startWith, type Made } from "../support/delivery/started.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import type { RealServer } from "../support/real-server.ts";

interface Item {
  readonly accountId: string;
  readonly name: string;
  readonly status: string;
  readonly statusText: string;
  readonly reason: string | null;
  readonly messages: number;
  readonly segments: number;
  readonly costs: readonly { readonly currency: string; readonly amount: number }[];
  readonly ignored: { readonly messages: number; readonly segments: number };
}

interface Usage {
  readonly segments: Readonly<Record<string, number>>;
  readonly months: readonly {
    readonly messages: number;
    readonly segments: number;
    readonly costs: Item["costs"];
  }[];
}

const people = 8;
/** Two segments in the usual alphabet. */
const text = `Hello ${"x".repeat(180)}`;
const each = 2;

let server: RealServer;
let api: RestClient;
let carrier: WebhookSink;
let audienceId: string;
let status = 200;
let paid: string;

beforeAll(async () => {
  carrier = await WebhookSink.open({ status: () => status, latencyMs: 5 });
  const rows = Array.from({ length: people }, (_, n) => `+12025550${100 + n},yes`);
  const csv = ["phone,sms_consent", ...rows].join("\n");
  ({ server, api, audienceId } = await startWith(csv, { PRIVATE_TARGETS: "allow" }));
  paid = await anAccount("Paid");
}, 60_000);

afterAll(async () => {
  await server.close();
  await carrier.close();
});

async function anAccount(name: string): Promise<string> {
  const account = {
    name,
    channel: "sms",
    provider: "webhook",
    settings: { url: carrier.url },
    guards: { breaker: "provider", failurePercent: null },
    price: { currency: "EUR", perUnit: 0.05 },
  };
  return (await api.post<Made>("/accounts", account)).id;
}

async function sentThrough(accountId: string, name: string): Promise<string> {
  return send(api, { name, type: "sms", audienceId, accountId, text });
}

async function items(): Promise<readonly Item[]> {
  return (await api.get<{ readonly items: readonly Item[] }>("/usage/subscriptions")).items;
}

async function named(name: string): Promise<Item | undefined> {
  return (await items()).find((item) => item.name === name);
}

test("S4-23 an account is active, and has the segments and the cost of this month", async () => {
  const path = await sentThrough(paid, "Through the paid one");
  await phaseIs(api, path, "settling", "completed");
  const item = await waitFor(
    () => named("Paid"),
    (found) => found?.messages === people,
  );
  expect(item).toMatchObject({
    status: "active",
    statusText: "Active",
    reason: null,
    segments: people * each,
    ignored: { messages: 0, segments: 0 },
  });
  expect(item?.costs).toEqual([{ currency: "EUR", amount: people * each * 0.05 }]);
});

test("S4-23 S4-10 an unpaid one says so, and what it kept back is ignored", async () => {
  const unpaid = await anAccount("Unpaid");
  status = 402;
  const path = await sentThrough(unpaid, "Through the unpaid one");
  await phaseIs(api, path, "paused");
  expect(await named("Unpaid")).toMatchObject({ status: "unpaid", reason: "payment_required" });
  await api.post(`${path}/cancel`);
  await waitFor(
    () => reportOf(api, path),
    ({ counters }) => counters["queued"] === 0,
  );
  const whole = { messages: people, segments: people * each };
  await waitFor(
    () => named("Unpaid"),
    (item) => item?.ignored.messages === people,
  );
  expect(await named("Unpaid")).toMatchObject({ messages: 0, costs: [], ignored: whole });
  status = 200;
});

test("S4-23 one whose month's budget is used up says so, and keeps back what does not fit", async () => {
  const units = { email: null, sms: people * each };
  await api.patch("/budget", { zone: "UTC", money: null, units });
  expect(await named("Paid")).toMatchObject({ status: "at_budget", statusText: "At its budget" });
  const path = await sentThrough(paid, "Over the budget");
  await phaseIs(api, path, "completed");
  await waitFor(
    () => named("Paid"),
    (item) => item?.ignored.messages === people,
  );
});

test("S4-23 I-6 I-10 the accounts add up to the usage of the month, and the file has the same rows; a deleted account counts on", async () => {
  const before = await items();
  await agrees(before);
  const lines: readonly Readonly<Record<string, string>>[] = parse(
    await api.text("/usage/subscriptions.csv"),
    { columns: true, bom: true },
  );
  expect(lines.map((line) => [line["account"], line["status"], Number(line["segments"])])).toEqual(
    before.map(({ name, statusText, segments }) => [name, statusText, segments]),
  );
  const old = before.find(({ name }) => name === "Unpaid");
  await api.delete(`/accounts/${old?.accountId}`);
  const after = await items();
  expect(after.find(({ accountId }) => accountId === old?.accountId)).toMatchObject({
    name: "",
    status: "deleted",
    ignored: old?.ignored,
  });
  await agrees(after);
});

async function agrees(all: readonly Item[]): Promise<void> {
  const { months, segments } = await api.get<Usage>("/usage");
  expect(all.reduce((total, item) => total + item.segments, 0)).toBe(
    months.reduce((total, month) => total + month.segments, 0),
  );
  expect(all.reduce((total, { ignored }) => total + ignored.segments, 0)).toBe(segments["ignored"]);
}
