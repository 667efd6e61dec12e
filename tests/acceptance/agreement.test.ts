// One campaign, many places that count it: counters, each system's words, reasons, the chart's
// series, segments, the rows by every filter, both files. On two hundred campaigns of all kinds of
// luck, and on the demo workspace, every sum is the same.
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "../support/command-line.ts";
import { RestClient, waitFor } from "../support/delivery/rest-client.ts";
import {
  audienceOf,
  type Counts,
  type Made,
  type MessageRow,
  type Page,
  type Report,
} from "../support/delivery/started.ts";
import { RealServer } from "../support/real-server.ts";

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly phase: string;
  readonly launchedAt: string | null;
}

interface Series {
  readonly series: readonly { readonly entered: Counts; readonly marked: Counts }[];
}

const campaigns = 200;
const failedStates = new Set(["failed", "undelivered"]);

/** The same draws each time. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

let server: RealServer;

beforeAll(async () => {
  server = await RealServer.open();
}, 60_000);

afterAll(() => server.close());

describe("two hundred campaigns", () => {
  let api: RestClient;
  let sent: readonly Listed[];

  beforeAll(async () => {
    api = await RestClient.setUp(server);
    const draw = chance(7);
    const audiences = await Promise.all(
      [0, 1, 2, 3, 4].map((list) => audienceOf(api, peopleOf(list, draw), `List ${list}`)),
    );
    const accounts = {
      email: await accountsOf(api, "email"),
      sms: await accountsOf(api, "sms"),
    };
    const plans = Array.from({ length: campaigns }, (_, n) => {
      const type = draw() < 0.5 ? "email" : "sms";
      const content = {
        subject: type === "email" ? "Hello" : "",
        text: "Hello {{ first_name }}! ".repeat(1 + Math.floor(draw() * 12)),
      };
      const ids = { audienceId: pick(audiences, draw), accountId: pick(accounts[type], draw) };
      return { name: `Campaign ${n}`, type, content, ...ids };
    });
    for (let n = 0; n < campaigns; n += 20) {
      await Promise.all(plans.slice(n, n + 20).map((plan) => sendOrStop(api, plan, draw() < 0.15)));
    }
    sent = await settled(api, campaigns);
  }, 240_000);

  test(
    "I-6 I-10 S1-06 S1-07 S3-14 S4-07 every view, chart, export and answer of each adds up to the same sums",
    { timeout: 240_000 },
    async () => {
      expect(sent).toHaveLength(campaigns);
      const states = new Set<string>();
      for (const { id } of sent) {
        for (const state of await agreed(api, `/campaigns/${id}`)) states.add(state);
      }
      // What is compared here is worth comparing.
      for (const state of ["delivered", "failed", "undelivered", "unconfirmed", "skipped"]) {
        expect(states).toContain(state);
      }
    },
  );

  test("S2-01 I-6 the analytics of all of them is the sum of their reports", async () => {
    expect(of(await agreedAnalytics(api, sent), "submitted")).toBeGreaterThan(0);
  });
});

test("I-6 I-10 the demo workspace agrees with itself, too", { timeout: 120_000 }, async () => {
  await runCli(server.dataDir, "demo");
  const flags = ["--workspace", "Harbour Outfitters", "--role", "admin", "--name", "agreement"];
  const made = await runCli(server.dataDir, "key", "create", ...flags);
  const api = RestClient.with(server, made.stdout.trim().split(/\s+/).at(-1) ?? "");
  const { items } = await api.get<Page<Listed>>("/campaigns?limit=200");
  const done = items.filter(({ phase }) => phase === "completed");
  expect(done.length).toBeGreaterThan(8);
  // One is on its way: its counters would not stand still.
  const underWay = items.filter(({ phase }) => phase === "preparing" || phase === "active");
  expect(underWay.length).toBeGreaterThan(0);
  for (const { id } of underWay) await api.post(`/campaigns/${id}/cancel`);
  for (const { id } of done) await agreed(api, `/campaigns/${id}`);
  expect(of(await agreedAnalytics(api, items), "submitted")).toBeGreaterThan(0);
});

interface Counted {
  readonly counters: Counts;
}

interface Analytics {
  readonly counts: Counts;
  readonly figures: readonly { readonly kpi: string; readonly count: number }[];
  readonly breakdowns: Readonly<Record<string, readonly { readonly counts: Counts }[]>>;
  readonly course: readonly { readonly counts: Counts }[];
  readonly reasons: readonly { readonly n: number }[];
}

/** What is told across campaigns is the sum of what each tells, however it is split. Answers the sum. */
async function agreedAnalytics(api: RestClient, listed: readonly Listed[]): Promise<Counts> {
  const [told, analytics] = await atOneMoment(
    () => reported(api, listed),
    () => api.get<Analytics>("/analytics"),
  );
  const { counts, figures, breakdowns, course, reasons } = analytics;
  const missed = of(told, "failed", "undelivered");
  expect(counts).toMatchObject({
    submitted: of(told, "submitted", "sent", "unconfirmed", "undelivered", "delivered", "read"),
    delivered: of(told, "delivered", "read"),
    opened: of(told, "read"),
    failed: of(told, "failed"),
    undelivered: of(told, "undelivered"),
    skipped: of(told, "skipped", "canceled"),
  });
  expect(figures.find(({ kpi }) => kpi === "failed")?.count).toBe(missed);
  expect(reasons.reduce((sum, { n }) => sum + n, 0)).toBe(missed);
  for (const parts of [course, ...Object.values(breakdowns)]) {
    expect(sumOf(parts.map((part) => part.counts))).toEqual(counts);
  }
  return counts;
}

/** Both while nothing moved between them: a receipt may still be on its way. */
async function atOneMoment<T, U>(
  counted: () => Promise<T>,
  compared: () => Promise<U>,
): Promise<readonly [T, U]> {
  for (let tries = 0; tries < 20; tries++) {
    const before = await counted();
    const found = await compared();
    const after = await counted();
    if (JSON.stringify(before) === JSON.stringify(after)) return [after, found];
  }
  throw new Error("the counters do not stand still");
}

async function reported(api: RestClient, listed: readonly Listed[]): Promise<Counts> {
  const reports: Counts[] = [];
  for (const { id } of listed) {
    reports.push((await api.get<Counted>(`/campaigns/${id}/report`)).counters);
  }
  return sumOf(reports);
}

function sumOf(all: readonly Counts[]): Counts {
  const sums: Record<string, number> = {};
  for (const each of all) {
    for (const [name, n] of Object.entries(each)) sums[name] = (sums[name] ?? 0) + n;
  }
  return sums;
}

/** Checks one campaign; answers the states that its messages are in. */
async function agreed(api: RestClient, path: string): Promise<readonly string[]> {
  const [report, { rows, rowsIn, lines }] = await atOneMoment(
    () => countsOf(api, path),
    () => listedAs(api, path),
  );
  const byState = countsBy(rows, ({ state }) => state);
  const { total = 0, ...counters } = report.counters;

  expect(rows).toHaveLength(total);
  expect(positive(counters)).toEqual(byState);
  expectWords(report, total);
  expectReasons(report, rows);
  expectSeries(report, byState);
  expectSegments(report, rows);
  for (const [state, found] of rowsIn) {
    expect(found).toEqual(rows.filter((row) => row.state === state));
  }
  expectFile(lines, rows);
  return Object.keys(byState);
}

type Told = Pick<
  Report & Series,
  "counters" | "marks" | "segments" | "vocabularies" | "reasons" | "series"
>;

/** What a report counts, without the time at which it was asked for. */
async function countsOf(api: RestClient, path: string): Promise<Told> {
  const report = await api.get<Told>(`${path}/report`);
  const { counters, marks, segments, vocabularies, reasons, series } = report;
  return { counters, marks, segments, vocabularies, reasons, series };
}

type Line = Readonly<Record<string, string>>;

/** The rows of a campaign in the list, by each filter that finds some and one that finds none, and in the file. */
async function listedAs(api: RestClient, path: string) {
  const rows = await allRows(api, path);
  const rowsIn = new Map<string, readonly MessageRow[]>();
  for (const state of new Set([...rows.map((row) => row.state), "ambiguous"])) {
    rowsIn.set(state, await allRows(api, path, `&state=${state}`));
  }
  const lines: readonly Line[] = parse(await api.text(`${path}/export.csv`), {
    columns: true,
    bom: true,
  });
  return { rows, rowsIn, lines };
}

function of(counts: Counts, ...names: readonly string[]): number {
  return names.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
}

/** The identities of each system's words (delivery's states in five vocabularies). */
function expectWords({ vocabularies }: Told, total: number): void {
  const { flow, broadcast, segments, headline } = vocabularies;
  expect(of(flow, "waiting", "submitted", "notSubmitted")).toBe(total);
  expect(of(flow, "success", "notConfirmed", "failed")).toBe(flow["submitted"]);
  expect(of(broadcast, "sent", "failed", "remaining")).toBe(total);
  expect(of(headline, "total")).toBe(total);
  const kinds = ["queued", "failed", "ignored", "unreachable"];
  const told = [...kinds, "undelivered", "unconfirmed", "confirmed"];
  expect(of(segments, ...told)).toBe(segments["total"]);
}

function expectReasons({ reasons }: Told, rows: readonly MessageRow[]): void {
  const told = reasons.map(({ state, reason, n }) => [`${state} ${reason}`, n] as const);
  const withReason = rows.filter(({ reason }) => reason !== "none");
  expect(Object.fromEntries(told)).toEqual(
    countsBy(withReason, ({ state, reason }) => `${state} ${reason}`),
  );
  // Each failed row has a reason (I-10).
  for (const { state, reason, reasonText } of rows) {
    if (failedStates.has(state)) expect([reason, reasonText]).not.toContain("none");
  }
}

/** What entered a state is at least what is in it; final states are left by nobody but a repeat. */
function expectSeries({ series, marks }: Told, byState: Counts): void {
  const entered: Record<string, number> = {};
  const marked: Record<string, number> = {};
  for (const point of series) {
    for (const [state, n] of Object.entries(point.entered))
      entered[state] = (entered[state] ?? 0) + n;
    for (const [mark, n] of Object.entries(point.marked)) marked[mark] = (marked[mark] ?? 0) + n;
  }
  expect(positive(marked)).toEqual(positive(marks));
  // Whoever read it had it before.
  expect(entered["delivered"] ?? 0).toBe((byState["delivered"] ?? 0) + (byState["read"] ?? 0));
  for (const state of ["skipped", "canceled", "unconfirmed", "undelivered", "failed"]) {
    expect(entered[state] ?? 0).toBeGreaterThanOrEqual(byState[state] ?? 0);
  }
}

function expectSegments({ segments }: Told, rows: readonly MessageRow[]): void {
  const { total, ...byState } = segments;
  const counted: Record<string, number> = {};
  for (const row of rows) counted[row.state] = (counted[row.state] ?? 0) + row.segments;
  expect(positive(byState)).toEqual(positive(counted));
  expect(total).toBe(rows.reduce((sum, row) => sum + row.segments, 0));
}

/** Rows exported are rows shown (I-10). */
function expectFile(lines: readonly Line[], rows: readonly MessageRow[]): void {
  expect(lines.map((line) => [line["address"], line["state"], line["reason code"]])).toEqual(
    rows.map(({ address, state, reason }) => [address, state, reason === "none" ? "" : reason]),
  );
  for (const line of lines) {
    if (failedStates.has(line["state"] ?? "")) expect(line["failed reason"]).not.toBe("");
  }
}

async function allRows(api: RestClient, path: string, filter = ""): Promise<readonly MessageRow[]> {
  const rows: MessageRow[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const after: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<MessageRow> & { readonly next: string | null } = await api.get(
      `${path}/messages?limit=1000${filter}${after}`,
    );
    rows.push(...page.items);
    cursor = page.next;
  }
  return rows;
}

/** Some are stopped on their way, wherever that is. */
async function sendOrStop(api: RestClient, plan: object, isStopped: boolean): Promise<void> {
  const { id } = await api.post<Made>("/campaigns", plan);
  await api.post(`/campaigns/${id}/send`);
  if (isStopped) await api.post(`/campaigns/${id}/cancel`);
}

function countsBy<T>(rows: readonly T[], keyOf: (row: T) => string): Counts {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[keyOf(row)] = (counts[keyOf(row)] ?? 0) + 1;
  return counts;
}

function positive(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n > 0));
}

function pick<T>(list: readonly T[], draw: () => number): T {
  const found = list[Math.floor(draw() * list.length)];
  if (found === undefined) throw new Error("nothing to pick from");
  return found;
}

/** A list of up to thirty people: some without consent, an address, or with another's. */
function peopleOf(list: number, draw: () => number): string {
  const rows = Array.from({ length: 5 + Math.floor(draw() * 25) }, (_, n) => {
    const email = draw() < 0.1 ? "" : `p${list}-${n}@example.org`;
    const phone =
      draw() < 0.1 && email !== "" ? "" : `+1202555${list}${String(n).padStart(3, "0")}`;
    const consents = [draw() < 0.85 ? "yes" : "no", draw() < 0.85 ? "yes" : "no"];
    return [email, phone, `P${n}`, ...consents].join(",");
  });
  return ["email,phone,first_name,email_consent,sms_consent", ...rows].join("\n");
}

/** Carriers of different luck: none that fails, some that do, one of whom nobody hears, one that never takes. */
function accountsOf(api: RestClient, channel: "email" | "sms"): Promise<readonly string[]> {
  const lucks = [
    { failurePercent: 0, unconfirmedPercent: 0 },
    { failurePercent: 30, unconfirmedPercent: 0 },
    { failurePercent: 60, unconfirmedPercent: 30 },
    { failurePercent: 100, unconfirmedPercent: 0 },
  ];
  const calm = { latencyMs: 0, receiptDelayMs: 20 };
  return Promise.all(
    lucks.map(async (luck, n) => {
      const made = await api.post<Made>("/accounts", {
        name: `${channel} ${n}`,
        channel,
        provider: "sandbox",
        settings: { ...calm, ...luck },
        guards: { breaker: "provider", failurePercent: null },
      });
      return made.id;
    }),
  );
}

async function settled(api: RestClient, count: number): Promise<readonly Listed[]> {
  const rest = new Set(["completed", "canceled"]);
  const { items } = await waitFor(
    () => api.get<Page<Listed>>("/campaigns?limit=200"),
    (page) => page.items.filter(({ phase }) => rest.has(phase)).length >= count,
    200_000,
  );
  return items;
}
