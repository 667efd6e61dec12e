// Reports across campaigns as files: a chart as a picture, a page as one file that opens anywhere;
// and a dashboard whose tiles are moved with the keys alone.
import { readFile } from "node:fs/promises";
import { expect, test, type Browser, type Page } from "@playwright/test";
import words from "#lib/i18n/texts/ar.json" with { type: "json" };
import { openDevice, prepareDemo } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectAccessible, expectFits } from "../support/usable.ts";

let server: RealServer;
let page: Page;
let admin: Awaited<ReturnType<typeof prepareDemo>>["admin"];

test.beforeAll(async ({ browser }) => {
  server = await RealServer.open();
  ({ admin } = await prepareDemo(server));
  page = await openDevice(browser, server, admin);
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
  // Each word of the legend has its colour, and what is compared its line.
  const keys = page.getByRole("figure", { name: "Submitted over time" }).locator("ul li i");
  const swatches = await keys.and(page.locator(":not(.ghost)")).count();
  expect(swatches).toBeGreaterThan(1);
  expect(svg.text.match(/<rect [^>]*rx="2"/g)).toHaveLength(swatches);
  expect(svg.text).toMatch(/<line [^>]*stroke-width="2" stroke-dasharray=/);
});

test("S2-09 each page of reports is one file that opens without the app and without a network", async ({
  browser,
}) => {
  for (const [tab, title, figures] of [
    ["analytics", "Analytics", 6],
    ["usage", "Segments & usage", 2],
  ] as const) {
    await page.goto(`/reports?tab=${tab}`);
    await expect(page.getByRole("figure").nth(figures - 1)).toBeVisible();
    // The demo goes on sending: what the screen says is read in the moment that the file is of.
    const place =
      tab === "analytics"
        ? page.getByRole("region", { name: "Delivered", exact: true })
        : page.locator("summary").filter({ hasText: "Delivery (Confirmed)" }).locator("b");
    await expect(place).toHaveText(/[1-9]/);
    const button = await page.getByRole("button", { name: "Save as web page" }).elementHandle();
    let told = "";
    const file = await saved(async () => {
      told = await place.evaluate((element, pressed) => {
        if (pressed instanceof HTMLElement) pressed.click();
        return element instanceof HTMLElement ? element.innerText : "";
      }, button);
    });
    const opened = await openAlone(browser, file.path);
    await expect(opened.getByRole("heading", { level: 1 })).toHaveText(title);
    expect(await opened.getByRole("figure").count()).toBeGreaterThanOrEqual(figures);
    await expect(opened.getByText(`${server.url}/reports?tab=${tab}`)).toBeVisible();
    if (tab === "analytics") {
      const [, share = "none"] = /([\d.]+%)/.exec(told) ?? [];
      await expect(opened.locator("dl")).toContainText(share);
      // A number and its share stand apart.
      await expect(opened.getByRole("cell", { name: /^[\d,]+ [\d.]+%$/ }).first()).toBeAttached();
    }
    if (tab === "usage") {
      const facts = opened.locator("dl");
      expect(told).toMatch(/[1-9]/);
      await expect(facts).toContainText("Delivery (Confirmed)");
      await expect(facts).toContainText(told);
      await expect(facts).toContainText("Mobile carriers");
      await expect(facts).toContainText(/as of .* Snapshot /);
    }
    await opened.context().close();
  }
});

test("S2-09 in a language that is read from the right, files and pictures are read from there, too", async ({
  browser,
}) => {
  await page.goto("/campaigns");
  const card = page.getByRole("article").filter({ hasText: "Late summer catalogue" });
  const address = await card.getByRole("link", { name: "Report" }).getAttribute("href");
  const context = await browser.newContext({ baseURL: server.url, locale: "ar-EG" });
  const arabic = await context.newPage();
  await arabic.goto("/");
  await arabic.locator("input[type=email]").fill(admin.email);
  await arabic.locator("input[type=password]").fill(admin.password);
  await arabic.locator("form button[type=submit]").click();
  await expect(arabic.locator("a[href='/campaigns']").first()).toBeVisible();
  await arabic.goto(address ?? "");
  await expect(arabic.getByRole("figure").first()).toBeVisible();
  const web = await saved(
    () => arabic.getByRole("button", { name: words["Save as web page"] }).click(),
    arabic,
  );
  expect(web.text).toContain('<html lang="ar" dir="rtl">');
  expect(web.text).toContain(`<dt>${words["Skipped"]}</dt>`);
  const svg = await saved(async () => {
    await arabic.getByRole("figure").first().locator("button[aria-haspopup]").click();
    await arabic.getByRole("menuitem").nth(1).click();
  }, arabic);
  expect(svg.text).toMatch(/<text [^>]*direction="rtl"/);
  expect(svg.text).toContain(`>${words["State over time"]}</text>`);

  // Every word of it, whatever its direction, and nothing that can only be pressed.
  const funnel = arabic.getByRole("figure").filter({ has: arabic.locator("ol .on-screen") });
  const gap = funnel.locator("summary").first();
  const said = await gap.evaluate((summary) => summary.firstChild?.textContent ?? "");
  expect(said).toMatch(/\p{Nd}/u);
  const steps = await saved(async () => {
    await funnel.locator("button[aria-haspopup]").click();
    await arabic.getByRole("menuitem").nth(1).click();
  }, arabic);
  for (const word of said.split(/\s+/)) expect(steps.text).toContain(word);
  expect(await runningOut(arabic, steps.text)).toEqual([]);
  expect(steps.text).not.toContain(await gap.locator("span").innerText());
  await context.close();
});

test("S2-09 on paper there is nothing to press and nothing that is for the screen alone", async () => {
  await page.goto("/reports?tab=usage&show=all");
  const file = page.getByRole("link", { name: "Export CSV" }).first();
  await expect(file).toBeVisible();
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("link", { name: "Export CSV" }).first()).toBeHidden();
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeHidden();
  await expect(page.locator("main [data-about]")).toBeVisible();
  const buttons = page.locator("main button:visible");
  await expect(buttons.filter({ hasNotText: /[0-9a-f]{4}-[0-9a-f]{4}/ })).toHaveCount(0);
  await page.emulateMedia({ media: null });
});

test("S2-09 on paper a breakdown says what its columns are, and the filters that it is of", async () => {
  await page.goto("/reports?tab=analytics&channel=email");
  const figure = page.getByRole("figure", { name: "By channel" });
  await expect(figure).toBeVisible();
  await page.getByRole("searchbox", { name: "Name" }).fill("a");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/name=a/);
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await expect(figure.getByRole("columnheader", { name: "Delivered" })).toBeVisible();
  await expect(page.getByText(/^Analytics · .*E-mail.* · Name: a$/)).toBeVisible();
  await expect(page.locator("main select:visible")).toHaveCount(0);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
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
  await expect(up).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(up).toBeDisabled();
  const first = page.getByRole("listitem").filter({ has: up });
  await expect(first.getByRole("button").and(page.locator(":focus"))).toBeVisible();
});

test("S2-05 a name is asked for with the caret in its field, and the focus goes on to what was saved", async () => {
  await page.goto("/reports?tab=analytics&kpi=failed");
  await page.getByRole("button", { name: "Save this view" }).click();
  const name = page.getByRole("dialog").getByRole("textbox", { name: "Name" });
  await expect(name).toBeFocused();
  await page.keyboard.type("What failed");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "View What failed" })).toBeFocused();
});

test("S2-05 on a phone the buttons of a tile stand in one line", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto("/reports?tab=dashboards");
  await page.getByRole("button", { name: "Change tiles" }).click();
  const middles = page
    .getByRole("listitem")
    .filter({ has: page.getByRole("button", { name: "Move Over time: Submitted up" }) })
    .getByRole("button");
  await expect(middles).toHaveCount(3);
  const heights = await middles.evaluateAll((all) =>
    all.map((each) => Math.round(each.getBoundingClientRect().top)),
  );
  expect(new Set(heights).size).toBe(1);
  await page.setViewportSize({ width: 1180, height: 820 });
});

test("S2-09 the file of a page is read on a phone and with the keys: charts are not shrunk, and axe finds nothing", async ({
  browser,
}) => {
  await page.goto("/reports?tab=analytics");
  await expect(page.getByRole("figure").nth(5)).toBeVisible();
  const file = await saved(() => page.getByRole("button", { name: "Save as web page" }).click());
  const opened = await openAlone(browser, file.path);
  await opened.setViewportSize({ width: 360, height: 740 });
  const chart = opened.locator("svg:visible").first();
  const [drawn, own] = await chart.evaluate((svg) => [
    svg.getBoundingClientRect().width,
    Number(svg.getAttribute("width")),
  ]);
  expect(own).toBeGreaterThan(360);
  expect(drawn).toBe(own);
  for (const colorScheme of ["light", "dark"] as const) {
    await opened.emulateMedia({ colorScheme });
    await expectFits(opened, colorScheme);
    await expectAccessible(opened);
  }
  await opened.context().close();
});

test("S2-03 who asks for reports that cannot reach them is told so, and why", async () => {
  await page.goto("/reports?tab=subscriptions");
  await expect(page.getByText("Nothing of this can reach you now.")).toBeVisible();
  await expect(
    page.getByText(/No account writes e-mails to people in this workspace/),
  ).toBeVisible();
});

async function saved(act: () => Promise<void>, on: Page = page) {
  const download = on.waitForEvent("download");
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

/** Texts of a picture that do not stand within it. */
function runningOut(shown: Page, svg: string): Promise<readonly string[]> {
  return shown.evaluate((source) => {
    const place = document.createElement("div");
    place.innerHTML = source;
    document.body.append(place);
    const picture = place.querySelector("svg");
    const width = picture?.width.baseVal.value ?? 0;
    const out = [...(picture?.querySelectorAll("text") ?? [])].filter((text) => {
      const { x, width: wide } = text.getBBox();
      return x < 0 || x + wide > width;
    });
    place.remove();
    return out.map((text) => text.textContent);
  }, svg);
}
