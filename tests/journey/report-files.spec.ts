// Reports across campaigns as files: a chart as a picture, a page as one file that opens anywhere;
// and a dashboard whose tiles are moved with the keys alone.
import { readFile } from "node:fs/promises";
import { expect, test, type Browser, type Page } from "@playwright/test";
import { openDevice, prepareDemo } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

let server: RealServer;
let page: Page;

test.beforeAll(async ({ browser }) => {
  server = await RealServer.open();
  page = await openDevice(browser, server, (await prepareDemo(server)).admin);
});

test.afterAll(async () => {
  await page.context().close();
  await server.close();
});

test("S2-07 S2-09 a chart of the analytics is saved as a picture that says which days it is of", async () => {
  await page.goto("/reports");
  const svg = await saved(async () => {
    await page.getByRole("button", { name: "Take “Submitted over time” with you" }).click();
    await page.getByRole("menuitem", { name: "Save as SVG" }).click();
  });
  expect(svg.name).toBe("analytics-submitted-over-time.svg");
  expect(svg.text).toContain("Submitted over time");
  expect(svg.text).toMatch(/Analytics · .*campaigns.*, as of /);
});

test("S2-09 each page of reports is one file that opens without the app and without a network", async ({
  browser,
}) => {
  for (const [tab, title, figures] of [
    ["analytics", "Analytics", 6],
    ["usage", "Segments & usage", 2],
  ] as const) {
    await page.goto(`/reports?tab=${tab}`);
    await expect(page.getByRole("figure").first()).toBeVisible();
    const file = await saved(() => page.getByRole("button", { name: "Save as web page" }).click());
    const opened = await openAlone(browser, file.path);
    await expect(opened.getByRole("heading", { level: 1 })).toHaveText(title);
    expect(await opened.getByRole("figure").count()).toBeGreaterThanOrEqual(figures);
    await expect(opened.getByText(`${server.url}/reports?tab=${tab}`)).toBeVisible();
    if (tab === "analytics") {
      const delivered = await page
        .getByRole("region", { name: "Delivered", exact: true })
        .innerText();
      const [, share = "none"] = /([\d.]+%)/.exec(delivered) ?? [];
      await expect(opened.locator("dl")).toContainText(share);
      // A number and its share stand apart.
      await expect(opened.getByRole("cell", { name: /^[\d,]+ [\d.]+%$/ }).first()).toBeAttached();
    }
    if (tab === "usage") {
      const facts = opened.locator("dl");
      const delivered = page.locator("summary").filter({ hasText: "Delivery (Confirmed)" });
      const told = await delivered.locator("b").textContent();
      expect(told).toMatch(/[1-9]/);
      await expect(facts).toContainText("Delivery (Confirmed)");
      await expect(facts).toContainText(told ?? "nothing");
      await expect(facts).toContainText("Mobile carriers");
      await expect(facts).toContainText(/as of .* Snapshot /);
    }
    await opened.context().close();
  }
});

test("S2-09 on paper there is nothing to press and nothing that is for the screen alone", async () => {
  await page.goto("/reports?tab=usage&show=all");
  const file = page.getByRole("link", { name: "Export CSV" }).first();
  await expect(file).toBeVisible();
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("link", { name: "Export CSV" }).first()).toBeHidden();
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeHidden();
  for (const button of await page.locator("main button:visible").all()) {
    await expect(button).toHaveText(/[0-9a-f]{4}-[0-9a-f]{4}/);
  }
  await expect(page.locator("main [data-about]")).toBeVisible();
  await page.emulateMedia({ media: null });
});

test("S2-05 a tile that is moved with the keys keeps the focus, up to the end of the list", async () => {
  await page.goto("/reports?tab=dashboards");
  await page.getByRole("button", { name: "New dashboard" }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("Morning");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Change tiles" }).click();
  const down = page.getByRole("button", { name: "Move Figure: Delivered down" });
  await down.focus();
  await page.keyboard.press("Enter");
  await expect(down).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(down).toBeFocused();
  const up = page.getByRole("button", { name: "Move Figure: Delivered up" });
  await up.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect(up).toBeDisabled();
  const first = page.getByRole("listitem").filter({ has: up });
  await expect(first.getByRole("button").and(page.locator(":focus"))).toBeVisible();
});

async function saved(act: () => Promise<void>) {
  const download = page.waitForEvent("download");
  await act();
  const file = await download;
  const path = await file.path();
  return { name: file.suggestedFilename(), path, text: await readFile(path, "utf8") };
}

/** As somebody opens it who was sent it. */
async function openAlone(browser: Browser, path: string): Promise<Page> {
  const context = await browser.newContext({ offline: true });
  const opened = await context.newPage();
  await opened.setContent(await readFile(path, "utf8"));
  return opened;
}
