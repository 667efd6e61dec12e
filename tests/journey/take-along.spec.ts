// A report leaves the app: as pictures, on paper, and as one file that opens without any network.
import { readFile } from "node:fs/promises";
import { expect, test, type Download, type Page } from "@playwright/test";
import {
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  unguarded,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

test("a report is taken along as pictures, as a page for paper, and as one file that needs no network", async ({
  browser,
}) => {
  const server = await RealServer.open();
  try {
    const { admin, api } = await prepareWorkspace(server);
    await importPeople(api, 40);
    const audienceId = await make(api, "/audiences", { name: "All", all: true });
    const failing = { failurePercent: 40, guards: unguarded };
    const accountId = await makeSandbox(api, "Sandbox", "email", failing);
    const content = { subject: "Hi", text: "Hello" };
    const campaign = { name: "Autumn <b>", type: "email", content, audienceId, accountId };
    const id = await make(api, "/campaigns", campaign);
    await api.post(`/campaigns/${id}/send`, {});
    await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 60_000);
    const { snapshot } = JSON.parse((await api.get(`/campaigns/${id}/report`)).text);

    const page = await openDevice(browser, server, admin);
    await page.goto(`/campaigns/${id}`);
    await expect(page.getByText(snapshot)).toBeVisible();
    const reasons = page.getByRole("figure", { name: "Reasons" });
    await expect(reasons).toBeVisible();

    const menu = page.getByRole("button", { name: "Take “Reasons” with you" });
    await menu.click();
    const svg = await saved(page, () =>
      page.getByRole("menuitem", { name: "Save as SVG" }).click(),
    );
    expect(svg.name).toBe("autumn-b-reasons.svg");
    const picture = svg.bytes.toString("utf8");
    expect(picture).toContain(`Snapshot ${snapshot}`);
    expect(picture).toContain("Autumn &lt;b&gt;");
    // Nothing in it points to the page that it comes from.
    expect(picture).not.toMatch(/var\(--|class=|href=/);
    await menu.click();
    const png = await saved(page, () =>
      page.getByRole("menuitem", { name: "Save as PNG" }).click(),
    );
    const [, width = 0] = /width="(\d+)"/.exec(picture) ?? [];
    expect(png.bytes.readUInt32BE(16)).toBe(2 * Number(width));

    const file = await saved(page, () =>
      page.getByRole("button", { name: "Save as web page" }).click(),
    );
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await expect(page.getByRole("heading", { level: 1, name: "Autumn <b>" })).toBeVisible();
    await expect(page.getByText(snapshot, { exact: true })).toBeVisible();
    await expect(reasons.getByRole("table")).toBeVisible();
    await expect(page.getByRole("button", { name: "Print" })).toBeHidden();
    await expect(page.getByRole("navigation")).toHaveCount(0);
    // Once at the head what it is of, then its name and the page on each further page.
    await expect(
      page.getByText(/^Autumn <b> · Campaign No\. \d+ · As of .* · Snapshot /),
    ).toBeVisible();
    const rules = await page.evaluate(() =>
      document.adoptedStyleSheets.flatMap((sheet) => [...sheet.cssRules].map((r) => r.cssText)),
    );
    expect(rules.join(" ")).toMatch(/@top-left \{ content: "Autumn <b>";.*counter\(pages/);
    // No heading of a table lies on its rows, and no two cards on each other.
    const heading = reasons.getByRole("columnheader").first();
    await expect(heading).toHaveCSS("position", "static");
    expect(await overlapping(page)).toEqual([]);
    expect((await page.pdf({ format: "A4" })).toString("latin1")).toContain("/Type /Page");
    expect(await page.evaluate(() => document.adoptedStyleSheets.length)).toBe(0);

    const alone = await browser.newContext({ offline: true });
    const reader = await alone.newPage();
    await reader.goto(`file://${file.path}`);
    await expect(reader.getByRole("heading", { level: 1 })).toHaveText("Autumn <b>");
    await expect(reader.getByText(snapshot, { exact: true })).toBeVisible();
    await expect(reader.getByRole("heading", { name: "Reasons" })).toBeVisible();
    const told = reader.getByRole("figure").filter({ hasText: "Reasons" });
    await expect(told.locator(".light svg")).toBeVisible();
    await expect(told.locator(".dark svg")).toBeHidden();
    await reader.emulateMedia({ colorScheme: "dark" });
    await expect(told.locator(".dark svg")).toBeVisible();
    await expect(told.getByRole("table")).toContainText("Recipients");
    await alone.close();
  } finally {
    await server.close();
  }
});

/** Which wrappers of cards are still grids: Chromium lays their parts over each other between pages. */
function overlapping(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("main :is(div, section):has(.card, figure), main .card")]
      .filter((each) => getComputedStyle(each).display !== "block")
      .map(({ className }) => className),
  );
}

async function saved(page: Page, press: () => Promise<void>) {
  const [download]: [Download, void] = await Promise.all([page.waitForEvent("download"), press()]);
  const name = download.suggestedFilename();
  // By its ending the browser knows how to read it.
  const path = test.info().outputPath(name);
  await download.saveAs(path);
  return { name, path, bytes: await readFile(path) };
}
