// Segments & usage (S4), on the real server: a carrier whose receipts say whose number it was.
import { Workbook } from "@cj-tech-master/excelts";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitFor, type RestClient } from "../support/delivery/rest-client.ts";
import {
  phaseIs,
  reportOf,
  send,
  startWith,
  type Counts,
  type Made,
} from "../support/delivery/started.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import type { RealServer } from "../support/real-server.ts";

interface Part {
  readonly country: string | null;
  readonly carrier: string | null;
  readonly messages: Counts;
  readonly segments: Counts;
}

interface Usage {
  readonly campaigns: number;
  readonly messages: Counts;
  readonly segments: Counts;
  readonly carriers: readonly Part[];
  readonly countries: readonly Part[];
  readonly factors: Counts;
  readonly months: readonly {
    readonly month: string;
    readonly type: string;
    readonly messages: number;
    readonly segments: number;
    readonly costs: readonly { readonly currency: string; readonly amount: number }[];
  }[];
  readonly customersReached: number;
  readonly clicked: number;
  readonly estimatedReach: readonly { readonly contacts: number; readonly sms: number }[];
}

/** Two segments in the usual alphabet: 161 to 306 characters. */
const text = `Hello ${"x".repeat(180)}`;
const each = 2;

/** What becomes of each number; the ranges of the first two countries tell their carriers. */
const ends: Readonly<Record<string, End>> = {
  "+4915112345601": { state: "delivered" },
  "+4915112345602": { state: "delivered", carrier: "Lebara" },
  "+4915112345603": { state: "undelivered", reason: "unreachable" },
  "+447512345601": { state: "undelivered", reason: "not_capable" },
  "+447512345602": { state: "undelivered", reason: "carrier_rejected" },
  "+12025550101": { state: "delivered", carrier: "Verizon" },
  "+12025550102": { state: "undelivered", reason: "spam_filtered", carrier: "Verizon" },
  "+12025550103": { state: "delivered" },
};

interface Named {
  readonly n: number;
  readonly address: string;
  readonly carrier: string | null;
}

interface End {
  readonly state: string;
  readonly reason?: string;
  readonly carrier?: string;
}

let server: RealServer;
let api: RestClient;
let carrier: WebhookSink;
let sms: string;
let began: string;

beforeAll(async () => {
  began = new Date(Date.now() - 1_000).toISOString();
  carrier = await WebhookSink.open({ latencyMs: 5 });
  const rows = Object.keys(ends).map((phone, n) => `person${n}@example.org,${phone},yes,yes`);
  const csv = ["email,phone,email_consent,sms_consent", ...rows].join("\n");
  let audienceId: string;
  ({ server, api, audienceId } = await startWith(csv, { PRIVATE_TARGETS: "allow" }));
  const account = {
    name: "Carrier",
    channel: "sms",
    provider: "webhook",
    settings: { url: carrier.url },
    guards: { breaker: "provider", failurePercent: null },
    price: { currency: "EUR", perUnit: 0.05 },
  };
  const accountId = (await api.post<Made>("/accounts", account)).id;
  sms = await send(api, { name: "By text", type: "sms", audienceId, accountId, text });
  await phaseIs(api, sms, "settling");
  // Nothing is sent again by itself any more.
  await api.post(`${sms}/cancel`);
  await carrier.tell([...carrier.effects.values()], ({ to }) => ends[to] ?? { state: "sent" });
  await waitFor(
    () => reportOf(api, sms),
    ({ counters }) => counters["delivered"] === 4 && counters["undelivered"] === 4,
  );
  const mail = {
    name: "Mail",
    channel: "email",
    provider: "sandbox",
    settings: { failurePercent: 0, unconfirmedPercent: 0, receiptDelayMs: 100 },
  };
  const mailId = (await api.post<Made>("/accounts", mail)).id;
  const byMail = await send(api, {
    name: "By mail",
    type: "email",
    audienceId,
    accountId: mailId,
    text: "Hi",
  });
  await phaseIs(api, byMail, "completed");
}, 90_000);

afterAll(async () => {
  await server.close();
  await carrier.close();
});

const usage = (query = ""): Promise<Usage> => api.get<Usage>(`/usage${query}`);

const statuses = [
  "queued",
  "failed",
  "ignored",
  "unreachable",
  "undelivered",
  "unconfirmed",
  "confirmed",
];

function sumOf(counts: Counts): number {
  return statuses.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
}

function named(parts: readonly Part[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    parts.map(({ country, carrier: name, segments }) => [
      `${country} ${name}`,
      segments["total"] ?? 0,
    ]),
  );
}

test("S4-02 S4-20 S4-22 segments by status over all campaigns, and the statuses add up to all", async () => {
  const all = await waitFor(
    () => usage(),
    ({ segments }) => segments["total"] === 8 * each + 8,
  );
  expect(all.campaigns).toBe(2);
  expect(all.messages["total"]).toBe(16);
  expect(all.segments).toMatchObject({
    confirmed: 4 * each + 8,
    unreachable: 3 * each,
    undelivered: each,
  });
  for (const counts of [all.messages, all.segments]) expect(sumOf(counts)).toBe(counts["total"]);
});

test("S4-04 S4-05 they are narrowed by time and by message type", async () => {
  const texts = await usage("?type=sms");
  expect(texts.segments["total"]).toBe(8 * each);
  expect((await usage("?type=email")).segments["total"]).toBe(8);
  expect((await usage(`?from=${began}`)).campaigns).toBe(2);
  expect(await usage(`?to=${began}`)).toMatchObject({ campaigns: 0, segments: { total: 0 } });
  await expect(usage("?type=fax")).rejects.toThrow(/type/);
});

test("S4-06 I-6 they are narrowed by carrier: by the number's range, until a receipt names another", async () => {
  const { carriers, countries, segments } = await usage("?type=sms");
  expect(named(carriers)).toEqual({
    "DE T-Mobile": 2 * each,
    "DE Lebara": each,
    "GB O2": 2 * each,
    "US Verizon": 2 * each,
    "US null": each,
  });
  expect(named(countries)).toEqual({
    "DE null": 3 * each,
    "GB null": 2 * each,
    "US null": 3 * each,
  });
  for (const parts of [carriers, countries]) {
    expect(parts.reduce((sum, part) => sum + sumOf(part.segments), 0)).toBe(segments["total"]);
  }
  for (const [name, confirmed] of [
    ["T-Mobile", each],
    ["verizon", each],
    ["unknown", each],
    ["O2", 0],
  ]) {
    const narrowed = await usage(`?carrier=${name}`);
    expect([name, narrowed.segments["confirmed"], narrowed.customersReached]).toEqual([
      name,
      confirmed,
      confirmed === 0 ? 0 : 1,
    ]);
  }
  // One campaign's own report says the same.
  const report = await api.get<{ readonly carriers: readonly Part[] }>(`${sms}/report`);
  expect(named(report.carriers)).toEqual(named(carriers));
});

test("S4-06 I-10 each recipient has the carrier in the list, in the files and in one's own history", async () => {
  const { items } = await api.get<{ readonly items: readonly Named[] }>(`${sms}/messages`);
  const byAddress = new Map(items.map((row) => [row.address, row.carrier]));
  expect(byAddress.get("+4915112345602")).toBe("Lebara");
  expect(byAddress.get("+12025550101")).toBe("Verizon");
  expect(byAddress.get("+4915112345601")).toMatch(/Telekom|T-Mobile/);

  const { carriers } = await api.get<Pick<Usage, "carriers">>(`${sms}/report`);
  const counted = carriers.flatMap(({ carrier: name, messages }) =>
    Array.from({ length: messages["total"] ?? 0 }, () => name ?? ""),
  );
  expect(items.map((row) => row.carrier ?? "").toSorted()).toEqual(counted.toSorted());

  const file = parse((await api.bytes(`${sms}/export.csv`)).toString("utf8"), {
    columns: true,
    bom: true,
  });
  expect(file).toHaveLength(items.length);
  for (const row of items) {
    expect(file).toContainEqual(
      expect.objectContaining({ address: row.address, carrier: row.carrier ?? "" }),
    );
    const own = await api.get<Named>(`${sms}/messages/${row.n}`);
    expect(own.carrier).toBe(row.carrier);
  }
});

test("S4-06 S1-20 S1-21 I-10 recipients are narrowed to one carrier, and the files have exactly these and say so", async () => {
  const { items: all } = await api.get<{ readonly items: readonly Named[] }>(`${sms}/messages`);
  const addresses = (rows: readonly Pick<Named, "address">[]) => rows.map((row) => row.address);
  for (const [asked, wanted] of [
    ["Verizon", "Verizon"],
    ["lebara", "Lebara"],
    ["unknown", null],
    ["Nobody's", "Nobody's"],
  ] as const) {
    const query = new URLSearchParams({ carrier: asked }).toString();
    const { items } = await api.get<{ readonly items: readonly Named[] }>(
      `${sms}/messages?${query}`,
    );
    expect(items).toEqual(all.filter(({ carrier: name }) => name === wanted));
    const csv = await api.text(`${sms}/export.csv?${query}`);
    const file = parse<Record<"address", string>>(csv, { columns: true, bom: true });
    expect(addresses(file)).toEqual(addresses(items));
    const book = await aboutIn(await api.bytes(`${sms}/export.xlsx?${query}`));
    expect(book.get("carrier")).toBe(asked);
    expect(book.get("filter")).toContain(`"${asked}"`);
    expect(book.get("recipients in this file")).toBe(items.length);
  }
  const stopped = await api.get<{ readonly items: readonly Named[] }>(
    `${sms}/messages?state=undelivered&carrier=Verizon`,
  );
  expect(addresses(stopped.items)).toEqual(["+12025550102"]);
});

/** What the sheet "About" says, by its first column. */
async function aboutIn(bytes: Uint8Array): Promise<ReadonlyMap<unknown, unknown>> {
  const book = new Workbook();
  await book.xlsx.load(bytes);
  const rows = book.getWorksheet("About")?.getSheetValues() ?? [];
  return new Map(rows.flatMap((row) => (Array.isArray(row) ? [[row[1], row[2]] as const] : [])));
}

test("S4-01 what kept messages from arriving: content, carrier, signal, device", async () => {
  expect((await usage("?type=sms")).factors).toEqual({
    content: 1,
    carrier: 1,
    signal: 1,
    device: 1,
  });
});

test("S4-21 S4-D1 S4-D4 usage of a month by type, with its cost, reach and customers reached", async () => {
  const { months, customersReached, clicked, estimatedReach } = await usage();
  const texts = months.find(({ type }) => type === "sms");
  expect(texts).toMatchObject({ messages: 8, segments: 8 * each });
  expect(texts?.month).toMatch(/^\d{4}-\d{2}$/);
  expect(texts?.costs).toEqual([{ currency: "EUR", amount: 0.8 }]);
  expect(months.find(({ type }) => type === "email")).toMatchObject({
    messages: 8,
    segments: 8,
    costs: [],
  });
  // All eight had the mail, four of them the text as well.
  expect(customersReached).toBe(8);
  expect((await usage("?type=sms")).customersReached).toBe(4);
  expect(clicked).toBe(0);
  expect(estimatedReach).toMatchObject([{ contacts: 8, sms: 8 }]);
});

interface Stopped {
  readonly items: readonly {
    readonly address: string;
    readonly reason: string;
    readonly carrier: string | null;
  }[];
  readonly next: string | null;
}

test("S4-24 S4-25 messages that carriers blocked, and phones that were out of reach, page by page", async () => {
  const blocked = await api.get<Stopped>("/usage/messages?kind=blocked");
  expect(blocked.items.map(({ address, reason }) => [address, reason])).toEqual([
    ["+447512345602", "carrier_rejected"],
    ["+12025550102", "spam_filtered"],
  ]);
  const first = await api.get<Stopped>("/usage/messages?kind=unreachable&limit=1");
  const second = await api.get<Stopped>(
    `/usage/messages?kind=unreachable&limit=1&cursor=${first.next}`,
  );
  expect([...first.items, ...second.items].map(({ reason }) => reason)).toEqual([
    "unreachable",
    "not_capable",
  ]);
  expect(second.next).toBeNull();
  const ofVerizon = await api.get<Stopped>("/usage/messages?kind=blocked&carrier=Verizon");
  expect(ofVerizon.items.map(({ address }) => address)).toEqual(["+12025550102"]);
  expect((await api.get<Stopped>("/usage/messages?kind=blocked&type=email")).items).toEqual([]);
});

test("S4-24 S4-25 I-10 the file of them has exactly the rows of the list, each with its reason", async () => {
  for (const kind of ["blocked", "unreachable"]) {
    const { items } = await api.get<Stopped>(`/usage/messages?kind=${kind}`);
    const file = await api.text(`/usage/messages.csv?kind=${kind}`);
    const [heading = [], ...lines] = parse(file, { bom: true });
    const [address, reason, code] = ["recipient", "failed reason", "reason code"].map((name) =>
      heading.indexOf(name),
    );
    expect(lines.map((line) => [line[address ?? -1], line[code ?? -1]])).toEqual(
      items.map((item) => [expect.stringContaining(item.address.slice(1)), item.reason]),
    );
    for (const line of lines) expect(line[reason ?? -1]).not.toBe("");
  }
});

test("S0-D6 one customer on two channels is two messages, and each failure says its reason", async () => {
  const { messages, customersReached } = await usage();
  expect([messages["total"], customersReached]).toEqual([16, 8]);
  const failed = await api.get<{
    readonly items: readonly { readonly reason: string; readonly reasonText: string }[];
  }>(`${sms}/messages?state=undelivered`);
  expect(failed.items).toHaveLength(4);
  for (const { reason, reasonText } of failed.items) {
    expect(reason).not.toBe("none");
    expect(reasonText).not.toBe("");
  }
});

test("S2-D9 a query may span more than 92 days, and tells at once what happened just now", async () => {
  const far = await usage("?from=2020-01-01T00:00:00.000Z&to=2040-01-01T00:00:00.000Z");
  expect(far.messages["total"]).toBe(16);
  expect(far.customersReached).toBe(8);
});
