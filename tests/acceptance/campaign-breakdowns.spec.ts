// A campaign's report by carrier, country, reason and link: on the screen, in the API and in the
// workbook the same digits, with and without a server.
import { readFile } from "node:fs/promises";
import { Workbook } from "@cj-tech-master/excelts";
import { expect, test, type Page } from "@playwright/test";
import * as v from "valibot";
import { openDevice, prepareDemo, untilInstalled, type Workspace } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

const counts = v.record(v.string(), v.number());
const part = v.object({
  country: v.nullable(v.string()),
  carrier: v.nullable(v.string()),
  rest: v.boolean(),
  messages: counts,
  segments: counts,
});
const clicks = v.object({ total: v.number(), unique: v.number() });
const report = v.object({
  snapshot: v.string(),
  counters: counts,
  segments: counts,
  carriers: v.nullable(v.array(part)),
  countries: v.nullable(v.array(part)),
  reasons: v.array(v.object({ text: v.string(), state: v.string(), n: v.number() })),
  links: v.nullable(v.array(v.object({ name: v.string(), people: clicks, scanners: clicks }))),
});
type Report = v.InferOutput<typeof report>;

const plain = "Half-term offers";
const linked = "Winter coats are in";

let server: RealServer;
let demo: Workspace;
let page: Page;

test.beforeAll(async ({ browser }) => {
  server = await RealServer.open();
  demo = await prepareDemo(server);
  page = await openDevice(browser, server, demo.admin);
  await untilInstalled(page);
});

test.afterAll(async () => {
  await page.context().close();
  await server.close();
});

test("S4-06 S4-22 I-6 a text campaign's segments by carrier and by country add up to its report and are the same in screen, API and workbook", async () => {
  const { id, told } = await tell(plain);
  await open(id);
  for (const [title, parts] of [
    ["By carrier", told.carriers],
    ["By country", told.countries],
  ] as const) {
    expect(parts?.length).toBeGreaterThan(0);
    expect(sum(parts ?? [], ({ segments }) => segments)).toBe(told.segments["total"]);
    expect(sum(parts ?? [], ({ messages }) => messages)).toBe(told.counters["total"]);
    expect(await tableOf(title)).toEqual(
      (parts ?? []).map(({ messages, segments }) =>
        [messages["total"], ...statuses.map((status) => segments[status])].map(Number),
      ),
    );
  }

  const lines = await breakdownsOf(`/campaigns/${id}/export.xlsx`);
  expect(of(lines, "carrier", "segments")).toBe(told.segments["total"]);
  expect(of(lines, "country", "messages")).toBe(told.counters["total"]);
  for (const { country, carrier, rest, segments } of told.carriers ?? []) {
    const mine = lines.filter(
      (line) =>
        line.by === "carrier" &&
        line.country === (country ?? "") &&
        line.name === (rest ? "others" : (carrier ?? "")),
    );
    expect(of(mine, "carrier", "segments")).toBe(segments["total"]);
  }
  for (const { text, state, n } of told.reasons) {
    expect(lines).toContainEqual({
      by: "reason",
      country: "",
      name: text,
      counted: `messages ${state}`,
      n,
    });
  }
});

test("S1-15 I-6 a campaign with tracked links tells them one by one on its report, and each leads to its clicks", async () => {
  const { id, told } = await tell(linked);
  expect(told.links?.length).toBeGreaterThan(0);
  await open(id);
  const shown = await tableOf("By link");
  expect(shown).toEqual(
    (told.links ?? [])
      .toSorted((a, b) => b.people.unique - a.people.unique)
      .map(({ people, scanners }) => [people.unique, people.total, scanners.total]),
  );
  const lines = await breakdownsOf(`/campaigns/${id}/export.xlsx`);
  for (const { name, people } of told.links ?? []) {
    if (people.total === 0) continue;
    expect(lines).toContainEqual({
      by: "link",
      country: "",
      name,
      counted: "clicks of people",
      n: people.total,
    });
  }
});

test("I-6 I-10 without a server the same breakdowns are shown, and the device's workbook has them", async () => {
  const { id, told } = await tell(plain);
  await open(id);
  const online = await tableOf("By carrier");
  await page.getByRole("link", { name: /^Recipients/ }).click();
  await expect(page.getByRole("table", { name: "Recipients" })).toHaveAttribute(
    "aria-rowcount",
    String(told.counters["total"]),
  );
  await server.kill();
  await page.reload();
  await expect(page.getByText(/snapshot/)).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export Excel" }).click(),
  ]);
  const file = await readFile(await download.path());
  const lines = await linesOf(new Uint8Array(file));
  expect(of(lines, "carrier", "segments")).toBe(told.segments["total"]);
  expect(download.suggestedFilename()).toContain(told.snapshot);
  await page.goto(`/campaigns/${id}`);
  expect(await tableOf("By carrier")).toEqual(online);
});

/** In the order of the table's columns. */
const statuses = [
  "total",
  "confirmed",
  "unconfirmed",
  "undelivered",
  "unreachable",
  "failed",
  "ignored",
  "queued",
];

function sum(
  parts: NonNullable<Report["carriers"]>,
  countsOf: (part: NonNullable<Report["carriers"]>[number]) => Readonly<Record<string, number>>,
): number {
  return parts.reduce((all, each) => all + (countsOf(each)["total"] ?? 0), 0);
}

const word = v.nullish(v.string(), "");
const cellsOfLine = v.tuple([word, word, word, word, v.number()]);

interface Line {
  readonly by: string;
  readonly country: string;
  readonly name: string;
  readonly counted: string;
  readonly n: number;
}

/** All that is counted in this unit. */
function of(lines: readonly Line[], by: string, unit: string): number {
  return lines
    .filter((line) => line.by === by && line.counted.startsWith(`${unit} `))
    .reduce((all, { n }) => all + n, 0);
}

async function breakdownsOf(path: string): Promise<readonly Line[]> {
  const answer = await page.request.get(`/api/v1${path}`);
  expect(answer.status()).toBe(200);
  return linesOf(new Uint8Array(await answer.body()));
}

async function linesOf(file: Uint8Array): Promise<readonly Line[]> {
  const book = new Workbook();
  await book.xlsx.load(file);
  const sheet = book.getWorksheet("Breakdowns");
  const lines: Line[] = [];
  for (let row = 2; row <= (sheet?.rowCount ?? 0); row++) {
    const cells = [1, 2, 3, 4, 5].map((column) => sheet?.getCell(row, column).value);
    const [by, country, name, counted, n] = v.parse(cellsOfLine, cells);
    lines.push({ by, country, name, counted, n });
  }
  return lines;
}

/** The numbers of the figure's table, row by row. */
async function tableOf(title: string): Promise<readonly (readonly number[])[]> {
  const figure = page.getByRole("figure", { name: title, exact: true });
  await figure.getByRole("button", { name: "Show table" }).click();
  const rows = figure.locator("tbody tr");
  await expect(rows.first()).toBeVisible();
  const texts = await rows.evaluateAll((list) =>
    list.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent)),
  );
  return texts.map((cells) => cells.map((text) => Number(text.replaceAll(",", ""))));
}

async function tell(name: string): Promise<{ readonly id: string; readonly told: Report }> {
  const campaigns = await demo.api.all("/campaigns");
  const id = String(campaigns.find((each) => each["name"] === name)?.["id"]);
  return { id, told: v.parse(report, (await demo.api.get(`/campaigns/${id}/report`)).body) };
}

async function open(id: string): Promise<void> {
  await page.goto(`/campaigns/${id}`);
  await expect(page.getByRole("figure", { name: "From all to who acted" })).toBeVisible();
}
