// A report is kept on the device, and looked through, searched and exported while there is no server.
import { readFile } from "node:fs/promises";
import { Workbook } from "@cj-tech-master/excelts";
import { expect, test } from "@playwright/test";
import {
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  reconnect,
  untilInstalled,
  unguarded,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

test("I-10 a pinned report is filtered, sorted, searched and exported without a server", async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const server = await RealServer.open();
  try {
    const { admin, api } = await prepareWorkspace(server);
    await importPeople(api, 120);
    const audienceId = await make(api, "/audiences", { name: "All", all: true });
    const failing = { failurePercent: 30, guards: unguarded };
    const accountId = await makeSandbox(api, "Sandbox", "email", failing);
    const content = { subject: "Hi", text: "Hello" };
    const campaign = { name: "Autumn", type: "email", content, audienceId, accountId };
    const id = await make(api, "/campaigns", campaign);
    await api.post(`/campaigns/${id}/send`, {});
    await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 60_000);
    const wanted = (await api.get(`/campaigns/${id}/export.csv?q=person-11`)).text;
    const { snapshot } = JSON.parse((await api.get(`/campaigns/${id}/report`)).text);

    const page = await openDevice(browser, server, admin);
    await untilInstalled(page);
    await page.goto(`/campaigns/${id}?tab=recipients`);
    const strip = page.getByRole("region", { name: "Available offline" });
    await expect(strip).toContainText("120 recipients can be kept on your devices, about 11 kB");
    await strip.getByRole("button", { name: "Make available offline" }).click();
    await expect(strip).toContainText("all of it");
    await expect(strip).toContainText(/as of \d/);

    const other = await openDevice(browser, server, admin);
    await other.goto(`/campaigns/${id}?tab=recipients`);
    await expect(other.getByRole("region", { name: "Available offline" })).toContainText(
      "all of it",
    );

    await other.goto("/sync");
    const kept = other.getByRole("region", { name: "Reports kept offline" });
    await expect(kept).toContainText(/Autumn.*as of .* · all of it · 120 recipients/);

    await server.kill();
    await page.reload();
    await expect(strip).toContainText("all of it");
    await expect(strip).toContainText(/as of \d/);
    await expect(page.getByText("120 recipients")).toBeVisible();
    await page.getByRole("searchbox", { name: "Search" }).fill("person-11");
    await expect(page.getByText(/^11 recipients/)).toBeVisible();
    await page.getByLabel("Order").selectOption({ label: "Audience order" });
    const [workbook] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export Excel" }).click(),
    ]);
    const book = new Workbook();
    await book.xlsx.load(await readFile(await workbook.path()));
    expect(book.getWorksheet("Recipients")?.rowCount).toBe(wanted.trimEnd().split("\r\n").length);
    expect(book.getWorksheet("About")?.getColumn(2).values).toContain(snapshot);
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export CSV" }).click();
    const file = await readFile(await (await downloading).path(), "utf8");
    expect(file.replace("\uFEFF", "")).toBe(wanted);

    await page.getByRole("searchbox", { name: "Search" }).fill("");
    await page.getByLabel("State").selectOption({ label: "Failed" });
    await expect(page).toHaveURL((url) => url.searchParams.get("state") === "failed");
    const rows = page.getByRole("table", { name: "Recipients" }).locator("tbody tr");
    await expect(rows.filter({ hasNotText: "Failed" })).toHaveCount(0);
    await expect(rows.first()).toContainText("Failed");
    await expect(page.getByText(/^\d+ recipients? of 120/)).toBeVisible();
    await expect(page.locator("tbody")).not.toContainText("Delivered");

    // Of a campaign that was deleted nothing stays but the note.
    await server.start();
    await reconnect(other);
    await api.delete(`/campaigns/${id}`);
    await expect(kept).toContainText("A campaign that was deleted", { timeout: 30_000 });
    await kept.getByRole("button", { name: "Dismiss" }).click();
    await expect(kept).toBeHidden();
  } finally {
    await server.close();
  }
});
