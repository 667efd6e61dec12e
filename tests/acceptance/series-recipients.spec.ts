// The recipients of a campaign that repeats: those of all its runs in one list, one file and the
// log, with the run that each is of.
import { expect, test } from "@playwright/test";
import { parse } from "csv-parse/sync";
import { dayMs, hourMs } from "#domain/core/time.ts";
import { openDevice } from "../support/journey.ts";
import { putNextAt } from "../support/delivery/next-run.ts";
import { ana, RestClient, waitFor } from "../support/delivery/rest-client.ts";
import { makeParts, type Made } from "../support/delivery/rest-parts.ts";
import type { Counts, Page } from "../support/delivery/started.ts";
import { RealServer } from "../support/real-server.ts";
import { expectAccessible } from "../support/usable.ts";

interface Row {
  readonly n: number;
  readonly address: string;
  readonly state: string;
  readonly run?: { readonly campaignId: string; readonly n: number | null };
}

interface Run extends Made {
  readonly phase: string;
}

let server: RealServer;
let api: RestClient;
let path: string;
let runs: readonly string[];

test.beforeAll(async () => {
  test.setTimeout(120_000);
  server = await RealServer.open();
  api = await RestClient.setUp(server);
  const content = { subject: "Hi", text: "Hello {{ first_name }}" };
  const fields = { name: "Every day", type: "email", content, ...(await makeParts(api)) };
  const { id } = await api.post<Made>("/campaigns", fields);
  path = `/campaigns/${id}`;
  const at = `${new Date(Date.now() - dayMs).toISOString().slice(0, 10)}T09:00`;
  await api.post(`${path}/schedule`, { at, zone: "UTC", repeat: { every: "day" } });
  runs = [await runAfter(id, 3 * hourMs), await runAfter(id, hourMs)];
});

test.afterAll(() => server.close());

test("S0-D1 S1-14 S1-21 I-6 I-10 the recipients of all runs are one list, page by page, and one file, with their run", async () => {
  const own = await Promise.all(
    runs.map(async (run) => (await api.get<Page<Row>>(`/campaigns/${run}/messages`)).items),
  );
  const wanted = own.flatMap((items, index) =>
    items.map((row) => ({ ...row, run: { campaignId: runs[index], n: index + 1 } })),
  );
  expect(wanted.length).toBe(4);
  expect(await rowsOf("")).toEqual(wanted);
  const { counters } = await api.get<{ readonly counters: Counts }>(`${path}/report`);
  for (const state of ["delivered", "failed", "queued"]) {
    const rows = await rowsOf(`state=${state}`);
    expect(rows).toEqual(wanted.filter((row) => row.state === state));
    expect(rows.length).toBe(counters[state]);
  }
  const [first] = wanted;
  expect(await rowsOf(`q=${encodeURIComponent(first?.address ?? "")}`)).toEqual(
    wanted.filter(({ address }) => address === first?.address),
  );

  const file = parse<Record<string, string>>(await api.text(`${path}/export.csv`), {
    columns: true,
    bom: true,
  });
  expect(file.map((row) => [row["address"], row["n"], row["run"]])).toEqual(
    wanted.map(({ address, n, run }) => [address, String(n), String(run.n)]),
  );
  expect((await api.bytes(`${path}/export.xlsx`)).byteLength).toBeGreaterThan(1_000);
  const log = await api.get<Page<{ readonly campaignId: string }>>(
    `/messages?campaign=${path.split("/").at(-1)}`,
  );
  expect(log.items.map(({ campaignId }) => campaignId).toSorted()).toEqual(
    wanted.map(({ run }) => run.campaignId ?? "").toSorted(),
  );
});

test("S0-D1 S1-20 the tab Recipients of a campaign that repeats lists them, narrows them and leads to each run", async ({
  browser,
}) => {
  const page = await openDevice(browser, server, ana);
  await page.goto(`${path}?tab=recipients`);
  const rows = page.getByRole("table", { name: "Recipients" }).getByRole("row");
  await expect(rows).toHaveCount(5);
  await expect(rows.filter({ hasText: "Run 1" })).toHaveCount(2);
  await expect(rows.filter({ hasText: "Run 2" })).toHaveCount(2);
  await expectAccessible(page);

  await rows
    .nth(1)
    .getByRole("button", { name: /show the tries/ })
    .click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("Send 1")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "State" }).selectOption("queued");
  await expect(page.getByText("Nobody fits this filter.")).toBeVisible();
  await page.getByRole("combobox", { name: "State" }).selectOption("");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export CSV" }).click();
  expect((await download).suggestedFilename()).toMatch(/\.csv$/);
  await page.getByRole("link", { name: "Run 2" }).first().click();
  await expect(page).toHaveURL(new RegExp(`${runs[1]}\\?tab=recipients`));
  await expect(rows).toHaveCount(3);
  await page.context().close();
});

/** Page after page, one row on each. */
async function rowsOf(filter: string): Promise<readonly Row[]> {
  const found: Row[] = [];
  for (let next: string | null = ""; next !== null;) {
    const cursor: string = next === "" ? "" : `&cursor=${next}`;
    const page: Page<Row> & { readonly next: string | null } = await api.get(
      `${path}/messages?limit=1&${filter}${cursor}`,
    );
    found.push(...page.items);
    next = page.next;
  }
  return found;
}

/** Its next time was that long ago: a run comes of it. Answers the run's id when it is over. */
async function runAfter(id: string, ago: number): Promise<string> {
  const list = () => api.get<Page<Run>>(`/campaigns/${id}/runs`);
  const known = new Set((await list()).items.map((run) => run.id));
  const isNew = (run: Run): boolean => !known.has(run.id) && run.phase === "completed";
  await server.kill();
  putNextAt(server, id, ago);
  await server.start();
  const { items } = await waitFor(list, (page) => page.items.some(isNew));
  return items.find(isNew)?.id ?? "";
}
