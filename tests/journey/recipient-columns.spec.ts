// The columns of the recipients' table: chosen once, kept on the device, ordered by their headings,
// with and without a server, and the same in the file.
import { readFile } from "node:fs/promises";
import { Workbook } from "@cj-tech-master/excelts";
import { expect, test, type Page } from "@playwright/test";
import * as v from "valibot";
import { recipientColumns } from "#domain/report/recipient-line.ts";
import {
  openDevice,
  prepareDemo,
  untilInstalled,
  untilLive,
  type Workspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

const report = v.object({
  carriers: v.array(
    v.object({ carrier: v.nullable(v.string()), messages: v.object({ total: v.number() }) }),
  ),
});

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

test("S1-14 S4-06 the columns of the message delivery report are chosen, kept and ordered by, and its carriers are those of the report, without a server too", async () => {
  const campaigns = await demo.api.all("/campaigns");
  const id = String(campaigns.find(({ name }) => name === "Half-term offers")?.["id"]);
  const { carriers } = v.parse(report, (await demo.api.get(`/campaigns/${id}/report`)).body);
  const last =
    carriers
      .map(({ carrier }) => carrier ?? "")
      .toSorted()
      .at(-1) ?? "";
  await page.goto(`/campaigns/${id}?tab=recipients`);
  // Reasons have a column where somebody on the page has one, and that is chance.
  await expect(page.getByRole("columnheader", { name: "Carrier" })).toBeVisible();

  await page.getByRole("button", { name: "Columns" }).click();
  const dialog = page.getByRole("dialog", { name: "Columns" });
  await dialog.getByRole("checkbox", { name: "Time" }).uncheck();
  await dialog.getByRole("checkbox", { name: "Failed reason" }).uncheck();
  await dialog.getByRole("checkbox", { name: "Attempts" }).uncheck();
  await dialog.getByRole("checkbox", { name: "Segments" }).check();
  await dialog.getByRole("button", { name: "Done" }).click();
  const chosen = ["Recipient", "State", "Segments", "Carrier"];
  await expect(headings()).toHaveText(chosen);

  await untilKept();
  await server.kill();
  await page.reload();
  await expect(headings()).toHaveText(chosen);
  await page.getByRole("button", { name: "Carrier" }).click();
  await expect(page).toHaveURL(/sort=carrier/);
  await expect(page.getByRole("columnheader", { name: "Carrier" })).toHaveAttribute(
    "aria-sort",
    "ascending",
  );
  await page.getByRole("button", { name: "Carrier" }).click();
  await expect(page).toHaveURL(/sort=-carrier/);
  await expect(page.getByRole("row").nth(1)).toContainText(last);

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export Excel" }).click();
  const rows = await rowsOf(await (await download).path());
  const counted = carriers.flatMap(({ carrier, messages }) =>
    Array.from({ length: messages.total }, () => carrier ?? ""),
  );
  expect(rows.toSorted()).toEqual(counted.toSorted());
  await server.start();
});

test("S4-06 S1-20 S1-21 recipients are narrowed to one carrier, and the file has exactly these, without a server too", async () => {
  const campaigns = await demo.api.all("/campaigns");
  const id = String(campaigns.find(({ name }) => name === "Half-term offers")?.["id"]);
  const { carriers } = v.parse(report, (await demo.api.get(`/campaigns/${id}/report`)).body);
  const name = carriers.find(({ carrier }) => carrier !== null)?.carrier ?? "";
  const people = carriers
    .filter(({ carrier }) => carrier === name)
    .reduce((sum, { messages }) => sum + messages.total, 0);
  await page.goto(`/campaigns/${id}?tab=recipients`);
  await untilKept();
  await server.kill();
  await page.reload();
  const filter = page.getByRole("combobox", { name: "Carrier" });
  await expect(filter).toContainText(name);
  await filter.selectOption(name);
  await expect(page).toHaveURL((url) => url.searchParams.get("carrier") === name);
  await expect(
    page.getByRole("paragraph").filter({ hasText: `${people} recipients` }),
  ).toBeVisible();

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export Excel" }).click();
  const path = await (await download).path();
  expect(await rowsOf(path)).toEqual(Array.from({ length: people }, () => name));
  const book = new Workbook();
  await book.xlsx.load(await readFile(path));
  const about = book.getWorksheet("About")?.getSheetValues() ?? [];
  expect(about).toContainEqual(expect.arrayContaining(["carrier", name]));
  await server.start();
});

/** All recipients are on this device: before that, their file is the server's. */
async function untilKept(): Promise<void> {
  await expect(page.getByRole("button", { name: "Export Excel" })).toBeEnabled();
  await untilLive(page);
}

function headings() {
  return page.getByRole("table", { name: "Recipients" }).getByRole("columnheader");
}

/** The carrier of each row. */
async function rowsOf(path: string): Promise<readonly string[]> {
  const book = new Workbook();
  await book.xlsx.load(await readFile(path));
  const sheet = book.getWorksheet("Recipients");
  const found: string[] = [];
  const at = recipientColumns.indexOf("carrier") + 1;
  expect(sheet?.getCell(1, at).value).toBe("carrier");
  for (let row = 2; row <= (sheet?.rowCount ?? 0); row++) {
    found.push(v.parse(v.nullish(v.string(), ""), sheet?.getCell(row, at).value));
  }
  return found;
}
