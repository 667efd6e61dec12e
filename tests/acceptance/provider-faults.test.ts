// A provider that answers wrongly, late, in part, with far too much or not at all: the real
// server gives each message its right state, repeats nothing that may have arrived, stands still
// when nothing goes, and needs no more memory for any of it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import {
  answering,
  bigHead,
  cutBody,
  cutHead,
  drips,
  huge,
  noHttp,
  RogueCarrier,
  silent,
  type Misdeed,
} from "../support/delivery/rogue-carrier.ts";
import {
  everybody,
  isHandedOver,
  reportWhen,
  rowsOf,
  send,
  webhookAccount,
  type SentReport,
} from "../support/delivery/sending.ts";
import { RealServer } from "../support/real-server.ts";

const html = { "content-type": "text/html" };
const page = "<html><body><h1>It works!</h1></body></html>";
const garbage = "\u0000\u0001\ufffd}{][";

interface Fault {
  readonly does: Misdeed;
  readonly state: string;
  readonly reason: string;
}

const taken = { state: "submitted", reason: "none" };
const doubt = { state: "ambiguous", reason: "outcome_unknown" };

/** What each misdeed means for a message whose carrier acts on every call. */
const faults: Readonly<Record<string, Fault>> = {
  "200-html": { does: answering(200, page, html), ...taken },
  "200-garbage": { does: answering(200, garbage), ...taken },
  "200-octets": {
    does: answering(200, garbage, { "content-type": "application/x-what" }),
    ...taken,
  },
  "200-no-gzip": { does: answering(200, garbage, { "content-encoding": "gzip" }), ...taken },
  "200-huge": { does: huge(200), ...taken },
  "204-empty": { does: (response) => void response.writeHead(204).end(), ...taken },
  "202-same-id": { does: answering(202, '{"id":"the same"}'), ...taken },
  "202-same-id-again": { does: answering(202, '{"id":"the same"}'), ...taken },
  "500-huge": { does: huge(500), ...doubt },
  "502-html": { does: answering(502, page, html), ...doubt },
  "cut-head": { does: cutHead, ...doubt },
  "cut-body": { does: cutBody, ...doubt },
  "no-http": { does: noHttp, ...doubt },
  "big-head": { does: bigHead, ...doubt },
  silent: { does: silent, ...doubt },
  drips: { does: drips, ...doubt },
  "302": {
    does: answering(302, "", { location: "http://127.0.0.1:9/" }),
    state: "failed",
    reason: "config_error",
  },
  "400-html": { does: answering(400, page, html), state: "failed", reason: "content_rejected" },
  "413": { does: answering(413), state: "failed", reason: "too_long" },
};

/** What its history says of a call that came to no clear end. */
const doubts: Readonly<Record<string, { readonly code: string; readonly words: unknown }>> = {
  "502-html": { code: "502", words: expect.stringMatching(/^It answered 502 after \S+ seconds: /) },
  "cut-head": { code: "connection_lost", words: expect.stringContaining("before any answer came") },
  "cut-body": {
    code: "answer_cut",
    words: expect.stringContaining("cut off after 6 of 1000 bytes"),
  },
  "no-http": { code: "no_http", words: expect.stringContaining("is no HTTP answer") },
  silent: { code: "no_answer", words: expect.stringMatching(/within 1\d\.\d+ seconds$/) },
  drips: {
    code: "answer_slow",
    words: expect.stringContaining("The answer (200) was not complete"),
  },
};

interface Tries {
  readonly sends: readonly { readonly heard: readonly object[] }[];
}

const names = Object.keys(faults);
/** Three who are served well follow each who is not: nothing may fail five times in a row. */
const wellServed = 3;

let server: RealServer;
let api: RestClient;
let carrier: RogueCarrier;
let audience: string;
/** What the carrier does now. */
let serve: (to: string, call: number) => Misdeed;

/** Whom a time-out tells of is in doubt as those are whose connection is cut, and later. */
function quickly(name: string): Misdeed {
  if (name === "silent" || name === "drips") return cutHead;
  return faults[name]?.does ?? answering(200);
}

const nameOf = (to: string): string => to.split("@")[0] ?? "";
const addressOf = (name: string): string => `${name}@example.org`;

beforeAll(async () => {
  const open = RogueCarrier.open(({ to, call }) => serve(nameOf(to), call));
  [server, carrier] = await Promise.all([RealServer.open(), open]);
  api = await RestClient.setUp(server);
  const emails = names.flatMap((name) => [
    addressOf(name),
    ...Array.from({ length: wellServed }, (_, n) => addressOf(`fine-${n}-after-${name}`)),
  ]);
  audience = await everybody(api, emails);
}, 120_000);

afterAll(async () => {
  await server.close();
  await carrier.close().catch(() => undefined);
});

const people = names.length * (1 + wellServed);
const unguarded = { limits: { concurrency: 4 }, guards: { failurePercent: null } };

describe("single faults", () => {
  test("S3-31 each gets the state and the reason that it means; where no key is honoured nothing is repeated, and memory stays flat", async () => {
    serve = (name) => faults[name]?.does ?? answering(200);
    const over = { ...unguarded, settings: { ignoresKeys: true } };
    const account = await webhookAccount(api, carrier.url, over);
    const before = await server.memory();
    const campaign = await send(api, audience, account, "Faults");
    await reportWhen(api, campaign, isHandedOver);
    const rows = await rowsOf(api, campaign);
    expect(rows.size).toBe(people);
    for (const [address, row] of rows) {
      const { state, reason } = faults[nameOf(address)] ?? taken;
      expect(row).toMatchObject({ address, state, reason });
      expect(carrier.callsTo(address)).toHaveLength(1);
    }
    for (const [name, told] of Object.entries(doubts)) {
      const n = rows.get(addressOf(name))?.n ?? 0;
      const { sends } = await api.get<Tries>(`/campaigns/${campaign}/messages/${n}`);
      expect(sends.flatMap(({ heard }) => heard)).toEqual([expect.objectContaining(told)]);
    }
    // Two answers were of 100 MB.
    const more = (await server.memory()) - before;
    expect(more).toBeLessThan(100 * 1024 * 1024);
  }, 180_000);

  test("where keys are honoured, what nobody knows is asked again under the same key until it is known", async () => {
    serve = (name, call) => (call > 1 ? answering(200) : quickly(name));
    carrier.calls.length = 0;
    const account = await webhookAccount(api, carrier.url, unguarded);
    const campaign = await send(api, audience, account, "Asked again");
    await reportWhen(
      api,
      campaign,
      (report) => isHandedOver(report) && (report.counters["ambiguous"] ?? 0) === 0,
    );
    const rows = await rowsOf(api, campaign);
    for (const [address, row] of rows) {
      const fault = faults[nameOf(address)];
      const isDoubt = fault?.state === "ambiguous";
      expect(row).toMatchObject({ address, state: isDoubt ? "submitted" : (fault ?? taken).state });
      const keys = carrier.callsTo(address).map(({ key }) => key);
      expect(keys).toHaveLength(isDoubt ? 2 : 1);
      expect(new Set(keys).size).toBe(1);
    }
  }, 180_000);
});

describe("S3-28 a storm", () => {
  test.each<[string, Misdeed]>([
    ["of errors with 100 MB each", huge(500)],
    ["of pages of a proxy", answering(503, page, html)],
    ["of cut connections", cutHead],
    ["of something that is no HTTP", noHttp],
  ])(
    "%s pauses after few calls, and costs nobody anything once it is over",
    async (_, misdeed) => {
      serve = () => misdeed;
      carrier.calls.length = 0;
      const account = await webhookAccount(api, carrier.url, { limits: { concurrency: 20 } });
      const campaign = await send(api, audience, account, "Storm");
      await paused(campaign);
      // Five in a row open the breaker; what was in flight with the fifth ends, too.
      expect(carrier.calls.length).toBeLessThanOrEqual(8);
      serve = () => answering(200);
      await api.post(`/campaigns/${campaign}/resume`);
      const { counters } = await reportWhen(api, campaign, (each) => submittedOf(each) === people);
      expect(counters).toMatchObject({ total: people, failed: 0, ambiguous: 0 });
      const keys = new Set(carrier.calls.map(({ key }) => key));
      expect(keys.size).toBe(people);
    },
    120_000,
  );

  test("of refused connections is no try at all: everybody is still queued, and is sent to when somebody listens again", async () => {
    serve = () => answering(200);
    carrier.calls.length = 0;
    const { port } = carrier;
    const account = await webhookAccount(api, carrier.url, { limits: { concurrency: 20 } });
    await carrier.close();
    const campaign = await send(api, audience, account, "Nobody there");
    await paused(campaign);
    const { counters } = await reportWhen(api, campaign, ({ counters: { sending } }) => !sending);
    expect(counters).toMatchObject({ queued: people, ambiguous: 0, failed: 0 });
    await carrier.listen(port);
    await api.post(`/campaigns/${campaign}/resume`);
    await reportWhen(api, campaign, (each) => submittedOf(each) === people);
    expect(carrier.calls).toHaveLength(people);
  }, 120_000);
});

test("S3-27 asked to come later, it does: with a time in seconds or as a date, and no message is lost or repeated", async () => {
  const retryAfter: readonly string[] = ["1", httpDateIn(3_000)];
  const askedAt: number[] = [];
  serve = (_name, call) => {
    const asked = askedAt.length;
    if (call > 1 || carrier.calls.length % 15 !== 3 || asked >= retryAfter.length) {
      return answering(200);
    }
    askedAt.push(Date.now());
    return answering(429, "{}", { "retry-after": retryAfter[asked] });
  };
  carrier.calls.length = 0;
  const account = await webhookAccount(api, carrier.url, { limits: { concurrency: 1 } });
  const campaign = await send(api, audience, account, "Later");
  await reportWhen(api, campaign, (each) => submittedOf(each) === people);
  expect(askedAt).toHaveLength(retryAfter.length);
  expect(new Set(carrier.calls.map(({ key }) => key)).size).toBe(people);
  expect(carrier.calls).toHaveLength(people + retryAfter.length);
}, 120_000);

function httpDateIn(ms: number): string {
  return new Date(Date.now() + ms).toUTCString();
}

function submittedOf({ counters }: SentReport): number {
  return counters["submitted"] ?? 0;
}

function paused(id: string): Promise<unknown> {
  return waitFor(
    () => api.get<{ readonly phase: string }>(`/campaigns/${id}`),
    ({ phase }) => phase === "paused",
    60_000,
  );
}
