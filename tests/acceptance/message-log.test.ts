// The log of messages across campaigns (Messangi), on the real server: what went out by two channels,
// what people wrote back, page by page and as a file, in Messangi's words and in ours.
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { reasons } from "#domain/message/reason.ts";
import { messageStates } from "#domain/message/state.ts";
import { logStatus, rcsStatuses, smsStatuses } from "#domain/report/log-status.ts";
import { sign } from "#server/receipts/signature.ts";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import {
  audienceOf,
  phaseIs,
  reportOf,
  send,
  startWith,
  type Made,
} from "../support/delivery/started.ts";
import { webhookAccount } from "../support/delivery/sending.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import type { RealServer } from "../support/real-server.ts";

interface Item {
  readonly date: string;
  readonly channel: string;
  readonly direction: string;
  readonly sender: string;
  readonly recipient: string;
  readonly carrier: string | null;
  readonly state: string | null;
  readonly status: string;
  readonly statusDate: string | null;
  readonly campaignId: string | null;
  readonly n: number | null;
  readonly meaning: string | null;
}

interface Log {
  readonly items: readonly Item[];
  readonly next: string | null;
}

const longName = "x".repeat(60);
/** With the long name it has more than 1,600 characters, with the others it has not. */
const text = `${"y".repeat(1_560)} {{ first_name }}`;

/** What becomes of each number, and Messangi's word for it. */
const people = [
  { phone: "+4915112345601", name: "Ann", fate: { state: "delivered" }, status: "DELIVRD" },
  {
    phone: "+4915112345602",
    name: "Bob",
    fate: { state: "undelivered", reason: "spam_filtered" },
    status: "REJECTD",
  },
  {
    phone: "+4915112345603",
    name: "Cleo",
    fate: { state: "undelivered", reason: "unknown_recipient" },
    status: "INVALID_ROUTING",
  },
  { phone: "+4915112345604", name: "Dan", fate: { state: "sent" }, status: "ENROUTE" },
  { phone: "+4915112345605", name: longName, fate: null, status: "SEGMENTS_EXCEEDED" },
  { phone: "+4915112345606", name: "Eve", consent: "no", fate: null, status: "BLACKLISTED" },
] as const;

const secret = "s3cret-of-the-carrier";
const stranger = "+351210000009";

let server: RealServer;
let api: RestClient;
let sink: WebhookSink;
let audienceId: string;
let smsAccount: string;
let smsPath: string;
let mailPath: string;

beforeAll(async () => {
  const lines = people.map((person) =>
    [person.phone, person.name, "consent" in person ? person.consent : "yes"].join(","),
  );
  const csv = ["phone,first_name,sms_consent", ...lines].join("\n");
  const fates = new Map<string, object>(people.map(({ phone, fate }) => [phone, fate ?? {}]));
  [{ server, api, audienceId }, sink] = await Promise.all([
    startWith(csv, { PRIVATE_TARGETS: "allow" }),
    WebhookSink.open({
      reports: true,
      fate: ({ to }) => ({ state: "delivered", ...fates.get(to) }),
    }),
  ]);
  const account = { name: "Shop 4711", channel: "sms", provider: "webhook" };
  const settings = { url: sink.url };
  smsAccount = (await api.post<Made>("/accounts", { ...account, settings })).id;
  const plan = { name: "Autumn", type: "sms", audienceId, accountId: smsAccount, text } as const;
  smsPath = await send(api, plan);
  const mails = await audienceOf(
    api,
    "email,first_name,email_consent\nfay@example.org,Fay,yes\ngus@example.org,Gus,yes",
    "By mail",
  );
  const accountId = await webhookAccount(api, sink.url);
  mailPath = await send(api, { name: "By mail", type: "email", audienceId: mails, accountId });
  await phaseIs(api, mailPath, "completed");
  await waitFor(
    () => log(`campaign=${idOf(smsPath)}`),
    ({ items }) =>
      items.length === people.length &&
      items.every(({ status }, index) => status === people[index]?.status),
  );
  await wrote([
    { from: stranger, text: "STOP" },
    { from: people[0].phone, text: "Thank you!" },
  ]);
}, 120_000);

afterAll(async () => {
  await server.close();
  await sink.close();
});

test("S2-D5 the log has what went out and what came in, the newest first, with its ten columns", async () => {
  const { items, next } = await log();
  expect(next).toBeNull();
  expect(items).toHaveLength(people.length + 2 + 2);
  const dates = items.map(({ date }) => date);
  expect(dates).toEqual(dates.toSorted().toReversed());
  expect(items.slice(0, 2)).toMatchObject([
    { direction: "inbound", sender: people[0].phone, recipient: "Replies", meaning: "other" },
    { direction: "inbound", sender: stranger, status: "RECEIVED", meaning: "stop" },
  ]);
  expect(items.find(({ recipient }) => recipient === people[0].phone)).toEqual({
    date: expect.stringMatching(/Z$/),
    channel: "sms",
    direction: "outbound",
    sender: "Shop 4711",
    recipient: people[0].phone,
    name: "Ann",
    carrier: expect.any(String),
    state: "delivered",
    status: "DELIVRD",
    reason: "none",
    reasonText: "",
    statusDate: expect.stringMatching(/Z$/),
    campaignId: idOf(smsPath),
    campaignNumber: expect.any(Number),
    campaignName: "Autumn",
    n: 1,
    meaning: null,
  });
});

test("S2-D5 pages of any size are the same log, each message once; the file has it too", async () => {
  const whole = (await log()).items;
  for (const limit of [1, 3, 4]) {
    const items: Item[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const page: Log = await log(`limit=${limit}${cursor === "" ? "" : `&cursor=${cursor}`}`);
      items.push(...page.items);
      expect(page.items.length).toBeLessThanOrEqual(limit);
      cursor = page.next;
    }
    expect(items).toEqual(whole);
  }
  const [heading, ...lines] = await file("words=messangi");
  expect(heading).toEqual([
    "Date",
    "Channel",
    "Direction",
    "Sender",
    "Recipient",
    "Carrier",
    "Status",
    "Status Date",
    "Campaign ID",
    "Action",
  ]);
  expect(lines.map(([date, , direction, , , , status]) => ({ date, direction, status }))).toEqual(
    whole.map(({ date, direction, status }) => ({ date, direction, status })),
  );
  const action = lines.find(([, , direction]) => direction === "outbound")?.at(-1) ?? "";
  expect(action).toContain(`${server.url}/api/v1/campaigns/`);
  expect(await api.get(action.replace(`${server.url}/api/v1`, ""))).toMatchObject({ n: 1 });
  expect(lines.map((line) => line.at(-1)).filter((word) => word === "stop")).toHaveLength(1);
});

test.each([
  ["channel=email", 2],
  ["direction=inbound", 2],
  ["direction=outbound", people.length + 2],
  ["state=undelivered,failed", 3],
  ["q=15112345602", 1],
  ["q=gus", 1],
  ["to=2020-01-01T00:00:00Z", 0],
  ["from=2020-01-01T00:00:00Z", people.length + 4],
  ["channel=sms&direction=outbound&state=skipped", 1],
])("S2-D5 the filter %s leaves %i of them, in the file as well", async (query, n) => {
  expect((await log(query)).items).toHaveLength(n);
  expect(await file(query)).toHaveLength(n + 1);
});

test("S2-D5 who may not see addresses gets them masked, and finds out nothing by searching for them", async () => {
  const field = await RestClient.withKey(server, "manager", "phone");
  const { items } = await field.get<Log>("/messages");
  const addresses = items.flatMap(({ direction, recipient, sender }) =>
    direction === "inbound" ? sender : recipient,
  );
  expect(addresses).toHaveLength(people.length + 4);
  for (const address of addresses) expect(address).toContain("•");
  expect((await field.get<Log>("/messages?q=15112345602")).items).toEqual([]);
  await expect(field.get("/messages?cursor=1")).rejects.toThrow("422");
});

test("S2-D6 a text of more than 1,600 characters is refused at the launch, or fails alone where a merge field makes it so", async () => {
  const campaign = { name: "Long", type: "sms", audienceId, accountId: smsAccount };
  const content = { subject: "", text: "z".repeat(1_601) };
  const { id } = await api.post<Made>("/campaigns", { ...campaign, content });
  expect(await api.refused("POST", `/campaigns/${id}/send`, {})).toMatchObject({
    field: "content.text",
    detail: expect.stringContaining("1,600"),
  });
  const called = [...sink.effects.values()].map(({ to }) => to);
  expect(called).not.toContain(people[4].phone);
  expect(await reportOf(api, smsPath)).toMatchObject({
    reasons: expect.arrayContaining([
      expect.objectContaining({ state: "failed", reason: "too_long", n: 1 }),
    ]),
  });
});

test("S2-D6 the statuses of a campaign's log add up to its messages", async () => {
  const { counters } = await reportOf(api, smsPath);
  const { items } = await log(`campaign=${idOf(smsPath)}`);
  expect(items).toHaveLength(counters["total"] ?? 0);
  for (const { status } of items) expect(smsStatuses).toContain(status);
});

const told = fc.record({
  state: fc.constantFrom(...messageStates),
  reason: fc.constantFrom(...reasons),
  n: fc.nat(1_000),
});

test.each([
  ["S2-D6", "sms", smsStatuses],
  ["S2-D7", "rcs", rcsStatuses],
] as const)(
  "%s whatever the messages came to, the counts by %s status add up to all of them",
  (_, channel, words) => {
    fc.assert(
      fc.property(fc.array(told), (rows) => {
        const counts = new Map<string, number>(words.map((word) => [word, 0]));
        for (const { n, ...row } of rows) {
          const word = logStatus(channel, row);
          counts.set(word, (counts.get(word) ?? Number.NaN) + n);
        }
        const sum = [...counts.values()].reduce((all, n) => all + n, 0);
        expect(sum).toBe(rows.reduce((all, { n }) => all + n, 0));
      }),
    );
    // No word stands there for nothing.
    const met = new Set(
      messageStates.flatMap((state) =>
        reasons.map((reason) => logStatus(channel, { state, reason })),
      ),
    );
    expect([...met].toSorted()).toEqual(words.toSorted());
  },
);

function log(query = ""): Promise<Log> {
  return api.get(`/messages?${query}`);
}

async function file(query: string): Promise<readonly (readonly string[])[]> {
  const headers = { authorization: `Bearer ${api.key}` };
  const answer = await fetch(`${server.url}/api/v1/messages.csv?${query}`, { headers });
  expect(answer.status).toBe(200);
  return parse(await answer.text(), { bom: true });
}

function idOf(path: string): string {
  return path.replace("/campaigns/", "");
}

/** Through an account of its own: the carrier of the others signs nothing. */
async function wrote(messages: readonly object[]): Promise<void> {
  const settings = { url: sink.url, secret };
  const account = { name: "Replies", channel: "sms", provider: "webhook", settings };
  const { id } = await api.post<Made>("/accounts", account);
  for (const message of messages) {
    const body = JSON.stringify({ ...message, at: new Date().toISOString() });
    const answer = await fetch(`${server.url}/api/v1/inbound/${id}`, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "fieldcast-signature": sign(secret, body, Math.floor(Date.now() / 1_000)),
      },
    });
    expect(answer.status).toBe(200);
  }
}
