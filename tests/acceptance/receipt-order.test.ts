// Receipts as providers really send them: before the answer, ten times over, backwards, about
// nobody, against each other, and a week late. Whatever comes how often and in which order, the
// real server ends where the join of all that was said is, and its counters with it.
import { afterAll, beforeAll, expect, test } from "vitest";
import { dayMs } from "#domain/core/time.ts";
import { compareEvidence, type Evidence } from "#domain/message/merge.ts";
import { runCli } from "../support/command-line.ts";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import { answering, RogueCarrier, type RogueCall } from "../support/delivery/rogue-carrier.ts";
import {
  everybody,
  isHandedOver,
  reportWhen,
  rowsOf,
  send,
  webhookAccount,
} from "../support/delivery/sending.ts";
import { RealServer } from "../support/real-server.ts";
import { createRandom } from "../simulation/random.ts";

interface Said {
  readonly state: "sent" | "delivered" | "read" | "failed" | "undelivered";
  readonly reason?: "spam_filtered";
}

const undelivered: Said = { state: "undelivered", reason: "spam_filtered" };
const failed: Said = { state: "failed", reason: "spam_filtered" };
const sent: Said = { state: "sent" };
const delivered: Said = { state: "delivered" };
const read: Said = { state: "read" };

/** What is said of whom, in this order. */
const stories: Readonly<Record<string, readonly Said[]>> = {
  silence: [],
  tenfold: Array.from({ length: 10 }, () => delivered),
  backwards: [read, delivered, sent],
  "undelivered-then-delivered": [undelivered, delivered],
  "delivered-then-undelivered": [delivered, undelivered, failed],
  "failed-and-undelivered": [undelivered, failed, sent],
};

const early = "early";
const late = "late";
/** Of whom chance decides what is said. */
const strangers = Array.from({ length: 60 }, (_, n) => `stranger-${n}`);
const names = [...Object.keys(stories), early, late, ...strangers];
const random = createRandom(7);
const told = new Map(Object.entries(stories));
for (const stranger of strangers) {
  const some = [sent, delivered, read, undelivered, failed] as const;
  told.set(
    stranger,
    Array.from({ length: random.below(7) }, () => random.pick(some)),
  );
}

let server: RealServer;
let api: RestClient;
let carrier: RogueCarrier;
let campaign: string;

const nameOf = (to: string): string => to.split("@")[0] ?? "";

beforeAll(async () => {
  const open = RogueCarrier.open(() => async (response, call) => {
    // It is quicker with its receipt than with its answer.
    if (nameOf(call.to) === early)
      await report(call.callbackUrl, [{ key: call.key, ...delivered }]);
    await answering(202)(response, call);
  });
  [server, carrier] = await Promise.all([RealServer.open(), open]);
  api = await RestClient.setUp(server);
  const audience = await everybody(
    api,
    names.map((name) => `${name}@example.org`),
  );
  const guards = { failurePercent: null };
  const account = await webhookAccount(api, carrier.url, { guards });
  campaign = await send(api, audience, account);
  await reportWhen(api, campaign, isHandedOver);
}, 120_000);

afterAll(async () => {
  await server.close();
  await carrier.close();
});

function callOf(name: string): RogueCall {
  const [call] = carrier.callsTo(`${name}@example.org`);
  if (call === undefined) throw new Error(`nobody wrote to ${name}`);
  return call;
}

async function report(
  url: string,
  receipts: readonly (Said & { key: string })[],
): Promise<unknown> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ receipts }),
  });
  expect(answer.status).toBe(200);
  return answer.json();
}

/** Where everything that was said of a message leads. */
function joinOf(said: readonly Said[]): string {
  const start: Evidence = { gen: 1, state: "submitted", at: 0, reason: "none" };
  const all = said.map(({ state }): Evidence => ({ ...start, state }));
  return all.reduce((best, each) => (compareEvidence(each, best) > 0 ? each : best), start).state;
}

async function expectRows(expected: ReadonlyMap<string, string>): Promise<void> {
  const rows = await rowsOf(api, campaign);
  const states = new Map([...rows].map(([address, { state }]) => [nameOf(address), state]));
  expect(states).toEqual(expected);
  const { counters } = await reportWhen(api, campaign, () => true);
  for (const state of new Set(expected.values())) {
    expect(counters[state]).toBe([...expected.values()].filter((each) => each === state).length);
  }
  const doctor = await runCli(server.dataDir, "doctor");
  expect(doctor).toMatchObject({ status: 0, stdout: expect.stringContaining("ok") });
}

test(
  "S1-D1 I-5 I-13 whatever is said, how often and in which order: each message ends at the join of it, and the tally with it",
  { timeout: 120_000 },
  async () => {
    const all = [...told].flatMap(([name, said]) =>
      said.map((each) => ({ key: callOf(name).key, ...each })),
    );
    const url = callOf(early).callbackUrl;
    // One by one and together, and everything once more in another order.
    for (const each of all.slice(0, 40)) await report(url, [each]);
    for (let at = 40; at < all.length; at += 9) await report(url, all.slice(at, at + 9));
    const thirds = [0, 1, 2].map((n) => all.filter((_, at) => at % 3 === n).toReversed());
    await Promise.all(thirds.map((third) => report(url, third)));

    const expected = new Map([...told].map(([name, said]) => [name, joinOf(said)]));
    expected.set(early, "delivered").set(late, "submitted");
    await expectRows(expected);
    const { marks } = await reportWhen(api, campaign, () => true);
    expect(marks["recovered"]).toBeGreaterThan(0);
  },
);

test(
  "a receipt for a key that nobody has says nothing of anybody, and is kept for the operator",
  { timeout: 60_000 },
  async () => {
    const before = await rowsOf(api, campaign);
    const { key, callbackUrl } = callOf("silence");
    const forged = `${key.slice(0, -2)}${key.endsWith("aa") ? "bb" : "aa"}`;
    const answer = await report(callbackUrl, [
      { key: forged, ...read },
      { key: "nobody", ...read },
    ]);
    expect(answer).toEqual({ received: 2, applied: 0 });
    expect(await rowsOf(api, campaign)).toEqual(before);
    const { items } = await api.get<{ readonly items: readonly object[] }>("/receipts/unmatched");
    expect(items).toHaveLength(2);
  },
);

test(
  "S1-D1 a week of silence is shown as not confirmed, and proof still counts when it comes then",
  { timeout: 120_000 },
  async () => {
    await server.kill();
    await server.startAhead(7 * dayMs);
    await waitFor(
      () => rowsOf(api, campaign),
      (rows) => rows.get(`${late}@example.org`)?.state === "unconfirmed",
      60_000,
    );
    await reportWhen(api, campaign, ({ campaign: { phase } }) => phase === "completed");
    const { key, callbackUrl } = callOf(late);
    await report(callbackUrl, [{ key, ...delivered }]);
    const rows = await rowsOf(api, campaign);
    expect(rows.get(`${late}@example.org`)).toMatchObject({ state: "delivered" });
    expect(rows.get("silence@example.org")).toMatchObject({ state: "unconfirmed" });
    await reportWhen(api, campaign, ({ counters }) => counters["submitted"] === 0);
    const doctor = await runCli(server.dataDir, "doctor");
    expect(doctor).toMatchObject({ status: 0, stdout: expect.stringContaining("ok") });
  },
);
