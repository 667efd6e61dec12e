// The links and opens of a campaign that repeats: those of all its runs, whose texts may differ, in
// the app, the API and the file the same, also after a run was deleted.
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, type Page } from "@playwright/test";
import { dayMs, hourMs } from "#domain/core/time.ts";
import { openDevice, untilLive } from "../support/journey.ts";
import { putNextAt } from "../support/delivery/next-run.ts";
import { ana, RestClient, waitFor } from "../support/delivery/rest-client.ts";
import type { Made } from "../support/delivery/rest-parts.ts";
import { everybody, reportWhen, webhookAccount } from "../support/delivery/sending.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { RealServer } from "../support/real-server.ts";

interface Counted {
  readonly total: number;
  readonly unique: number;
}

interface Links {
  readonly people: Counted;
  readonly scanners: Counted;
  readonly countries: readonly (Counted & { readonly name: string })[];
  readonly links: readonly {
    readonly n: number;
    readonly url: string;
    readonly people: Counted;
    readonly devices: readonly Counted[];
  }[];
}

interface Report {
  readonly links: Links["links"] | null;
  readonly opens: { readonly people: Counted; readonly programs: Counted } | null;
  readonly marks: Readonly<Record<string, number>>;
}

interface Click {
  readonly campaign: string;
  readonly number: string;
  readonly link: number;
}

interface Page2<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

const person = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1";
const offer = "https://shop.example/offer";
const news = "https://shop.example/news";
const shortLinks = /http:\/\/localhost:\d+\/r\/[\w-]{20}(?![\w-])/g;
const people = 3;

let server: RealServer;
let sink: WebhookSink;
let api: RestClient;
let id: string;

test.beforeAll(async () => {
  [server, sink] = await Promise.all([RealServer.open(), WebhookSink.open({ reports: true })]);
  api = await RestClient.setUp(server);
  const emails = Array.from({ length: people }, (_, n) => `p${n}@example.org`);
  const audienceId = await everybody(api, emails);
  const accountId = await webhookAccount(api, sink.url);
  const content = contentOf(`<a href="${offer}">Our offer</a>`);
  const fields = { name: "Every day", type: "email", audienceId, accountId, content };
  ({ id } = await api.post<Made>("/campaigns", fields));
  const at = `${new Date(Date.now() - dayMs).toISOString().slice(0, 10)}T09:00`;
  await api.post(`/campaigns/${id}/schedule`, { at, zone: "UTC", repeat: { every: "day" } });
});

test.afterAll(async () => {
  await server.close();
  await sink.close();
});

test("S1-15 S1-16 S1-19 S0-D1 I-6 I-10 AMB-22 a campaign that repeats tells the links and opens of all its runs, the same in app, API and file", async ({
  browser,
}) => {
  test.setTimeout(240_000);
  const first = await runAfter(3 * hourMs);
  await open("p0@");
  await follow("p0@", 0);
  await follow("p1@", 0);
  await until({ clicks: 2, opens: 1 });

  // The next run has another link before the one that stays.
  const content = contentOf(`<a href="${news}">News</a> <a href="${offer}">To the offer</a>`);
  await api.patch(`/campaigns/${id}`, { content });
  const second = await runAfter(hourMs);
  await open("p1@");
  await follow("p0@", 1);
  await follow("p2@", 0);
  await follow("p1@", 1, "Mozilla/5.0 (compatible; bingbot/2.0)");
  await until({ clicks: 4, opens: 2 });
  const links = await waitFor(linksOf, ({ scanners }) => scanners.total === 1);

  expect(links).toMatchObject({
    people: { total: 4, unique: 4 },
    scanners: { total: 1, unique: 1 },
    countries: [{ name: "", total: 4, unique: 4 }],
  });
  expect(
    links.links.map(({ n, url, people: { total, unique } }) => [n, url, total, unique]),
  ).toEqual([
    [1, offer, 3, 3],
    [2, news, 1, 1],
  ]);
  expect(links.links.map(({ devices }) => sumOf(devices))).toEqual([3, 1]);
  const report = await waitFor(
    () => api.get<Report>(`/campaigns/${id}/report`),
    ({ marks }) => (marks["clicked"] ?? 0) >= 4,
  );
  expect(report.links).toMatchObject(
    links.links.map(({ n, url, people: of }) => ({ n, url, people: of })),
  );
  expect(report.opens?.people).toEqual({ total: 2, unique: 2 });
  expect(report.marks["clicked"]).toBe(4);

  const offered = await clicksOf("link=1&visitor=person");
  expect(offered.map(({ campaign, number }) => [campaign, number])).toEqual([
    [first, "p0@example.org"],
    [first, "p1@example.org"],
    [second, "p0@example.org"],
  ]);
  expect(await fileOf("link=1&visitor=person")).toBe(3);
  expect(await fileOf("")).toBe((await clicksOf("")).length);

  const page = await openDevice(browser, server, ana);
  await expectShown(page);
  await expectRuns(page, 2);
  // A run that is deleted leaves the list of runs, and no total.
  await api.delete(`/campaigns/${first}`);
  expect(await linksOf()).toEqual(links);
  await expectRuns(page, 1);
  await expectShown(page);
  await page.context().close();
});

function contentOf(html: string) {
  return { subject: "Hi", text: "", html: `<body>${html}</body>` };
}

/** Its next time was that long ago: a run comes of it. Answers the run's id once everybody has its message. */
async function runAfter(ago: number): Promise<string> {
  const runs = () => api.get<Page2<Made>>(`/campaigns/${id}/runs`);
  const known = new Set((await runs()).items.map((run) => run.id));
  await server.kill();
  putNextAt(server, id, ago);
  await server.start();
  const isNew = (run: Made): boolean => !known.has(run.id);
  const { items } = await waitFor(runs, (page) => page.items.some(isNew));
  const run = items.find(isNew)?.id ?? "";
  await reportWhen(api, run, ({ counters }) => counters["delivered"] === people);
  // Who acts within two seconds of a message's arrival is a program.
  await sleep(2_500);
  return run;
}

function pageOf(to: string): string {
  return sink.sentTo(to).at(-1)?.content.html ?? "";
}

/** The link that stands at this place of the newest message. */
function follow(to: string, place: number, agent = person) {
  const url = [...pageOf(to).matchAll(/<a href="([^"]+)"/g)][place]?.[1] ?? "";
  expect(url).toMatch(shortLinks);
  return fetch(url, { redirect: "manual", headers: { "user-agent": agent } });
}

function open(to: string) {
  const [, url = ""] = /<img src="([^"]+)"/.exec(pageOf(to)) ?? [];
  return fetch(url, { headers: { "user-agent": person } });
}

const linksOf = (): Promise<Links> => api.get<Links>(`/campaigns/${id}/links`);

async function until({ clicks, opens }: { readonly clicks: number; readonly opens: number }) {
  await waitFor(linksOf, (links) => links.people.total === clicks);
  await waitFor(
    () => api.get<Report>(`/campaigns/${id}/report`),
    (report) => report.opens?.people.total === opens,
  );
}

/** Page after page, one click on each. */
async function clicksOf(filter: string): Promise<readonly Click[]> {
  const found: Click[] = [];
  for (let next: string | null = ""; next !== null;) {
    const cursor: string = next === "" ? "" : `&cursor=${next}`;
    const page: Page2<Click> = await api.get(`/campaigns/${id}/clicks?limit=1&${filter}${cursor}`);
    found.push(...page.items);
    next = page.next;
  }
  return found;
}

/** How many clicks the file has. */
async function fileOf(filter: string): Promise<number> {
  const text = await api.text(`/campaigns/${id}/clicks.csv?${filter}`);
  return text.trim().split("\r\n").length - 1;
}

function sumOf(shares: readonly Counted[]): number {
  return shares.reduce((sum, { total }) => sum + total, 0);
}

async function expectRuns(page: Page, count: number): Promise<void> {
  await page.goto(`/campaigns/${id}?tab=runs`);
  await expect(page.getByRole("row").filter({ hasText: "of 3 sent" })).toHaveCount(count);
}

async function expectShown(page: Page): Promise<void> {
  await page.goto(`/campaigns/${id}?tab=links`);
  await untilLive(page);
  const main = page.getByRole("main");
  await expect(
    main.getByText("4 recipients (66.7%) followed a link, 4 clicks in all."),
  ).toBeVisible();
  await expect(main.getByText("A recipient counts once in each run")).toBeVisible();
  const rows = main.getByRole("region", { name: "Links" }).getByRole("row");
  await expect(rows.filter({ hasText: offer })).toContainText(/offer\s*3\s*3/);
  await expect(rows.filter({ hasText: news })).toContainText(/news\s*1\s*1/);
  await expect(main.getByText("5 clicks", { exact: false }).first()).toBeVisible();
  await page.goto(`/campaigns/${id}`);
  await expect(main.getByText("2 recipients (33.3%) opened it, 2 opens in all.")).toBeVisible();
}
