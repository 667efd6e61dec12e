// Reports and a campaign's report, tab by tab: what accessibility.spec.ts asks of every route, and
// the same in Arabic.
import { expect, test, type Page } from "@playwright/test";
import { openDevice, prepareDemo, untilLive } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectFits, expectNothingFound, expectUsable } from "../support/usable.ts";

const reports = [
  "analytics",
  "compare",
  "action",
  "dashboards",
  "subscriptions",
  "usage",
  "messages",
] as const;
const parts = [
  "report",
  "recipients",
  "gap",
  "links",
  "content",
  "overview",
  "consents",
  "activity",
] as const;

test.describe.configure({ timeout: 120_000 });

let server: RealServer;
let page: Page;
/** Of an e-mail that is through, with links that were followed. */
let campaign: string;

test.beforeAll(async ({ browser }) => {
  server = await RealServer.open();
  const { admin, api } = await prepareDemo(server);
  const sent = (await api.all("/campaigns")).find(({ name }) => name === "Winter coats are in");
  campaign = `/campaigns/${String(sent?.["id"])}`;
  page = await openDevice(browser, server, admin, { reducedMotion: "reduce" });
});

test.afterAll(async () => {
  await page.context().close();
  await server.close();
});

test("every tab of Reports and of a campaign is looked at here", async () => {
  await page.goto("/reports?tab=analytics");
  const tabs = page.getByRole("navigation", { name: "Reports" }).getByRole("link");
  await expect(tabs).toHaveCount(reports.length);
  await page.goto(campaign);
  const own = page.getByRole("navigation", { name: "Parts of the campaign" }).getByRole("link");
  await expect(own).toHaveCount(parts.length);
});

for (const tab of reports) {
  test(`nothing keeps anybody from using Reports, ${tab}`, async () => {
    await open(`/reports?tab=${tab}`);
    await expectUsable(page);
  });
}

test("nothing keeps anybody from composing a dashboard", async () => {
  await open("/reports?tab=dashboards");
  await page.getByRole("button", { name: "New dashboard" }).click();
  const dialog = page.getByRole("dialog", { name: "New dashboard" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Each morning");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Change tiles" }).click();
  await expect(page.getByRole("button", { name: "Save dashboard" })).toBeVisible();
  await expectUsable(page);
});

for (const part of parts) {
  test(`nothing keeps anybody from using a campaign's ${part}`, async () => {
    await open(`${campaign}?tab=${part}`);
    await expectUsable(page);
  });
}

test("nothing keeps anybody from reading the tables of a report, and other systems' words", async () => {
  await open(`${campaign}?words=blackbird`);
  const closed = page.getByRole("button", { name: "Show table" });
  const opened = page.getByRole("button", { name: "Show chart" });
  // The last of what stands below the window: what belongs to it comes with it.
  await expect(page.getByRole("region", { name: "Remarks" })).toBeVisible();
  await expect(closed.first()).toBeVisible();
  // What is open is counted, not what is left.
  for (let tables = 1; (await closed.count()) > 0; tables++) {
    await closed.first().click();
    await expect(opened).toHaveCount(tables);
  }
  await expectUsable(page);
});

test("in Arabic reports go from right to left, and nothing keeps anybody from using them", async () => {
  await page.goto("/settings?tab=device");
  await page.getByRole("combobox", { name: "Language" }).selectOption("العربية");
  await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
  await expect(page.locator("html")).toHaveAttribute("lang", "ar");
  const ways = [
    "/",
    ...reports.map((tab) => `/reports?tab=${tab}`),
    ...parts.map((part) => `${campaign}?tab=${part}`),
  ];
  for (const way of ways) {
    await page.goto(way);
    await expect(page.getByRole("link", { name: "الحملات", exact: true }).first()).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    for (const width of [1280, 820, 360]) {
      await page.setViewportSize({ width, height: 800 });
      await expectFits(page, `${way} in Arabic, ${width} wide`);
    }
    await expectNothingFound(page, `${way} in Arabic`);
  }
});

async function open(path: string): Promise<void> {
  await page.goto(path);
  await untilLive(page);
  await expect(page.getByText(/Fetching|Loading part/)).toHaveCount(0);
}
