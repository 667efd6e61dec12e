// The list of campaigns as its requirements have it: how it is reached and narrowed, what a card
// tells, and what its one step leads to, for each of the four states.
import { expect, test, type Locator, type Page } from "@playwright/test";
import { choose, openDevice, prepareDemo, untilLive, type Workspace } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

const states = ["Pending", "Scheduled", "In Progress", "Completed"];

const rangeLabels = `All, Today, Yesterday, Last 7 days, Last 14 days, Last 30 days, Last 90 days,
  This month, Last month, Choose days…`.split(/,\s+/);

let server: RealServer;
let demo: Workspace;
let page: Page;

test.beforeAll(async ({ browser }) => {
  server = await RealServer.open();
  demo = await prepareDemo(server);
  page = await openDevice(browser, server, demo.admin);
});

test.beforeEach(async () => {
  await page.goto("/campaigns");
  await expect(cards().first()).toBeVisible();
});

test.afterAll(async () => {
  await page.context().close();
  await server.close();
});

test("S2-10 S2-11 the navigation leads to the tabs Messaging and Interactive Campaigns, with the list of both beside them, and to Reports", async () => {
  await page.goto("/");
  const main = page.getByRole("navigation", { name: "Main" });
  await main.getByRole("link", { name: "Campaigns", exact: true }).click();
  const tabs = page.getByRole("navigation", { name: "Kinds of campaigns" }).getByRole("link");
  await expect(tabs).toHaveText([/^Messaging/, /^Interactive/, /^Distributions/]);
  await expect(tabs.first()).toHaveAttribute("aria-current", "page");
  await tabs.nth(1).click();
  await expect(tabs.nth(1)).toHaveAttribute("aria-current", "page");
  await main.getByRole("link", { name: "Reports" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Reports" })).toBeVisible();
  const reports = page.getByRole("navigation", { name: "Reports" }).getByRole("link");
  await expect(reports.first()).toHaveText("Analytics");
  await expect(reports.first()).toHaveAttribute("aria-current", "page");
});

test("S2-13 S2-18 S2-19 S2-22 S2-23 AMB-18 AMB-19 one of eight ranges narrows by day, and All is everything", async () => {
  const campaigns = await demo.api.all("/campaigns");
  const range = page.getByLabel("Show", { exact: true });
  await expect(range).toHaveValue("all");
  await expect(range.getByRole("option")).toHaveText(rangeLabels);
  await expect(cards()).toHaveCount(campaigns.length);
  for (const [label, days] of [
    ["Last 7 days", 6],
    ["Last 30 days", 29],
    ["Today", 0],
  ] as const) {
    await range.selectOption(label);
    const from = startOfToday();
    from.setDate(from.getDate() - days);
    const within = campaigns.filter((campaign) => lastMoment(campaign) >= +from);
    await expect(cards()).toHaveCount(within.length);
  }
  await range.selectOption("All");
  await expect(cards()).toHaveCount(campaigns.length);
});

test("S2-17 S2-20 S2-21 days are chosen on two months and hold once OKAY is pressed; the address keeps them", async () => {
  const all = await allShown();
  const range = page.getByLabel("Show", { exact: true });
  await page.getByRole("button", { name: "Choose days" }).click();
  const dialog = page.getByRole("dialog", { name: "Choose days" });
  await expect(dialog.getByRole("grid")).toHaveCount(2);
  await expect(dialog.getByRole("button", { name: "OKAY" })).toBeDisabled();

  const last = dayBefore(startOfToday());
  const first = dayBefore(new Date(`${last}T12:00:00`));
  await dayIn(dialog, first).click();
  await dayIn(dialog, last).click();
  await expect(cards()).toHaveCount(all);
  await dialog.getByRole("button", { name: "OKAY" }).click();
  await expect(page).toHaveURL(`/campaigns?show=custom&from=${first}&to=${last}`);
  await expect(range.getByRole("option", { selected: true })).toContainText("–");
  await expect.poll(() => cards().count()).toBeLessThan(all);

  // By the keyboard: a day is found with arrows, and closed without OKAY nothing changes.
  await range.selectOption("Last 7 days");
  await expect(page).toHaveURL("/campaigns?show=7d");
  const address = page.url();
  await page.getByRole("button", { name: "Choose days" }).press("Enter");
  await dayIn(dialog, first).focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  expect(page.url()).toBe(address);
});

test("S2-14 S2-15 S2-16 S2-46 type and status show exactly what passes both", async () => {
  const campaigns = await demo.api.all("/campaigns");
  const filters = page.getByRole("search", { name: "Filter campaigns" });
  await filters.getByRole("button", { name: "E-mail" }).click();
  const emails = campaigns.filter(({ type }) => type === "email");
  await expect(cards()).toHaveCount(emails.length);
  for (const each of await cards().all()) await expect(each).toContainText("E-mail #");

  await filters.getByRole("button", { name: "Pending" }).click();
  await expect(cards()).toHaveCount(emails.filter(isPending).length);
  for (const each of await cards().all()) {
    await expect(each.getByText("Pending", { exact: true })).toBeVisible();
  }
  await filters.getByRole("button", { name: "E-mail" }).click();
  await expect(cards()).toHaveCount(campaigns.filter(isPending).length);
});

test("S2-26 S2-46 there are four states, and each shows only its own campaigns", async () => {
  const group = page.getByRole("group", { name: "Status" });
  await expect(group.getByRole("button")).toHaveText(states);
  const all = await allShown();
  let sum = 0;
  for (const state of states) {
    const chip = group.getByRole("button", { name: state });
    await chip.click();
    await expect(page.getByText(/^\d+ campaigns?$/)).toBeVisible();
    // Cards of before stand until the filter took effect, and those below the window come later.
    const word = page.getByText(state, { exact: true });
    await expect(cards().filter({ hasNot: word })).toHaveCount(0);
    const told = Number.parseInt(await page.getByText(/^\d+ campaigns?$/).innerText(), 10);
    expect(told).toBeGreaterThan(0);
    await expect(cards().filter({ has: word })).toHaveCount(told);
    sum += told;
    await chip.click();
    await expect(cards()).toHaveCount(all);
  }
  expect(sum).toBe(all);
});

test("S0-32 S0-36 S2-35 S2-36 S2-37 S2-38 S2-39 S2-40 a card tells who, what, where it stands and since when", async () => {
  const colours = new Set<string>();
  for (const campaign of await demo.api.all("/campaigns")) {
    const about = card(String(campaign["name"]));
    await expect(about.getByRole("heading", { name: String(campaign["name"]) })).toBeVisible();
    await expect(about.getByText(String(campaign["accountId"]), { exact: true })).toBeVisible();
    const type = campaign["type"] === "email" ? "E-mail" : "SMS";
    await expect(about.getByText(type, { exact: true })).toBeVisible();
    await expect(about.getByText(`#${String(campaign["number"])}`, { exact: true })).toBeVisible();
    const created = about.locator("time");
    await expect(created).toHaveAttribute("datetime", String(campaign["createdAt"]));
    // "Feb 9, 2022, 1:07 PM"
    await expect(created).toHaveText(/^[A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d\d\s[AP]M$/);
    const status = about.getByText(/^\s*(Pending|Scheduled|In Progress|Completed)\s*$/).first();
    colours.add(await status.evaluate((badge) => getComputedStyle(badge).color));
  }
  expect(colours.size).toBe(states.length);
});

test("S2-47 a card has the colour that the filter's menu has for its state, and says the state in words", async () => {
  const group = page.getByRole("group", { name: "Status" });
  for (const state of states) {
    const chip = group.getByRole("button", { name: state });
    await chip.click();
    await expect(page.getByText(/^\d+ campaigns?$/)).toBeVisible();
    const badge = cards().first().getByText(state, { exact: true });
    await expect(badge).toBeVisible();
    const inMenu = chip.locator("svg");
    const colour = await inMenu.evaluate((icon) => getComputedStyle(icon).color);
    await expect(badge).toHaveCSS("color", colour);
    await expect(badge.locator("svg")).toHaveCount(1);
    await chip.click();
  }
});

test("S2-28 S2-41 S2-43 a card has one step: Report when completed, Details otherwise", async () => {
  await allShown();
  const done = page.getByText("Completed", { exact: true });
  for (const each of await cards().all()) {
    await expect(each.getByRole("link")).toHaveCount(1);
    await expect(each.getByRole("button")).toHaveCount(0);
  }
  for (const [which, step] of [
    [{ has: done }, /^\s*Report/],
    [{ hasNot: done }, /^\s*Details/],
  ] as const) {
    const steps = cards().filter(which).getByRole("link");
    await expect(steps.first()).toBeVisible();
    await expect(steps.filter({ hasNotText: step })).toHaveCount(0);
  }
  await card("Winter coats are in")
    .getByRole("link", { name: /^Report/ })
    .click();
  for (const counter of ["Total", "Sent", "Delivered", "Failed", "Skipped", "To go"]) {
    await expect(page.getByRole("term").filter({ hasText: counter }).first()).toBeVisible();
  }
  await expect(page.getByRole("figure", { name: "State over time" })).toBeVisible();
});

test("S2-31 S2-32 S2-42 the details of a scheduled campaign change its date or delete it", async () => {
  const name = "Advent calendar, day one";
  await expect(card(name).getByText(/^Planned for /)).toBeVisible();
  await open(name);
  await expect(page.getByRole("heading", { name: "Details" })).toBeVisible();
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("link", { name: /Review$/ }).click();
  await page.getByRole("button", { name: "Reschedule" }).click();
  const dialog = page.getByRole("dialog", { name: "Reschedule" });
  await dialog.getByLabel("Date").fill("2098-12-01");
  await dialog.getByRole("button", { name: "Reschedule" }).click();
  await expect(page.getByText(/Dec 1, 2098/).first()).toBeVisible();
  await page.goto("/campaigns");
  await expect(card(name).getByText(/^Planned for Dec 1, 2098/)).toBeVisible();
  await open(name);
  await deleteOpen(name);
});

test("S0-47 S2-33 S2-34 S2-42 the details of a pending campaign set its date or delete it", async () => {
  const name = "January sale teaser";
  await expect(card(name).getByText("Pending", { exact: true })).toBeVisible();
  await expect(card(name).getByText(/^Planned for/)).toHaveCount(0);
  await open(name);
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("link", { name: /Review$/ }).click();
  await page.getByRole("button", { name: "Schedule" }).click();
  const dialog = page.getByRole("dialog", { name: "Schedule" });
  await dialog.getByLabel("Date").fill("2098-01-02");
  await dialog.getByRole("button", { name: "Schedule" }).click();
  await expect(page).toHaveURL(/\/campaigns\/[^/]+$/);
  await page.goto("/campaigns");
  await expect(card(name).getByText("Scheduled", { exact: true })).toBeVisible();
  await open("Stocktaking: closed on the 3rd");
  await deleteOpen("Stocktaking: closed on the 3rd");
});

test("S0-45 S1-01 S2-29 S2-42 a campaign that sends is In Progress, and its details are its report from the first moment on", async () => {
  const name = "Black Friday early access";
  await expect(card(name).getByText("In Progress", { exact: true })).toBeVisible();
  await expect(card(name).getByRole("progressbar")).toBeVisible();
  await open(name);
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  const total = page.getByRole("term").filter({ hasText: "Total" }).first();
  await expect(total.locator("xpath=following-sibling::dd[1]")).toHaveText(/^[\d,]+$/);
  await expect(page.getByRole("region", { name: "Key figures" })).toBeVisible();
  await page.getByRole("link", { name: /^Recipients/ }).click();
  await expect(page.getByRole("table", { name: "Recipients" })).toBeVisible();
});

test("S2-68 S2-70 S2-71 S2-72 S2-74 a message is begun from the tab as from the navigation", async () => {
  const ways = [
    page.getByRole("link", { name: "New Message" }),
    page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "New Campaign" }),
  ];
  const offered: (readonly string[])[] = [];
  for (const [index, way] of ways.entries()) {
    await page.goto("/campaigns");
    await way.click();
    await page.getByRole("textbox", { name: "Name" }).fill(`Begun in way ${index}`);
    const channels = page.getByRole("group", { name: "Channel" });
    await expect(channels.getByRole("radio").first()).toBeVisible();
    offered.push(
      await channels
        .getByRole("radio")
        .evaluateAll((all) => all.map((radio) => radio.closest("label")?.textContent ?? "")),
    );
    await channels.getByRole("radio", { name: index === 0 ? /E-mail/ : /SMS/ }).check();
    await page.getByRole("button", { name: "Next: content" }).click();
    await expect(page.getByRole("textbox", { name: "Text", exact: true })).toBeVisible();
    await expect(page.getByRole("textbox", { name: "Subject" })).toHaveCount(index === 0 ? 1 : 0);
    await expect(page.getByRole("heading", { name: `Begun in way ${index}` })).toBeVisible();
  }
  expect(offered[0]).toHaveLength(2);
  expect(offered[1]).toEqual(offered[0]);
});

test("S0-19 S2-17 S2-23 the activity is narrowed to a span of days by the same filter, without All", async () => {
  const today = startOfToday();
  const tomorrow = new Date(today);
  tomorrow.setDate(tomorrow.getDate() + 1);
  await page.goto(`/activity?show=custom&from=2020-01-01&to=${dayBefore(tomorrow)}`);
  await untilLive(page);
  const entries = page.getByRole("main").getByRole("listitem");
  await expect(entries.first()).toBeVisible();
  const all = await momentsOf(entries);
  const range = page.getByLabel("Show", { exact: true });
  await expect(range.getByRole("option", { name: "All" })).toHaveCount(0);
  await range.selectOption("Today");
  const recent = all.filter((at) => at >= +today);
  await expect(entries).toHaveCount(recent.length);
  expect(recent.length).toBeLessThan(all.length);

  await page.goto(`/activity?show=custom&from=2020-01-01&to=${dayBefore(today)}`);
  const older = all.filter((at) => at < +today);
  await expect(entries).toHaveCount(older.length);
  expect(await momentsOf(entries)).toEqual(older);
});

function isPending({ phase }: Readonly<Record<string, unknown>>): boolean {
  return phase === "draft" || phase === "pending";
}

async function momentsOf(entries: Locator): Promise<readonly number[]> {
  const times = await entries
    .locator("time")
    .evaluateAll((all) => all.map((time) => time.getAttribute("datetime") ?? ""));
  return times.map((time) => Date.parse(time));
}

function startOfToday(): Date {
  return new Date(new Date().setHours(0, 0, 0, 0));
}

/** The last that is known of a campaign. */
function lastMoment(campaign: Readonly<Record<string, unknown>>): number {
  const moments = [campaign["createdAt"], campaign["launchedAt"], campaign["completedAt"]];
  return Math.max(...moments.map((at) => (typeof at === "string" ? Date.parse(at) : 0)));
}

/** A day of the calendar by its date. */
function dayIn(dialog: Locator, day: string): Locator {
  return dialog.locator(`[data-range-calendar-day][data-value="${day}"]:not([data-outside-month])`);
}

/** As it is written in addresses. */
function dayBefore(day: Date): string {
  const before = new Date(day);
  before.setDate(before.getDate() - 1);
  const parts = [before.getFullYear(), before.getMonth() + 1, before.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

function cards(): Locator {
  return page.getByRole("main").getByRole("article");
}

function card(name: string): Locator {
  return page.getByRole("article", { name, exact: true });
}

async function open(name: string): Promise<void> {
  await card(name).getByRole("link").click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

/** Of the open campaign: it leads to the list, which has all the others. */
async function deleteOpen(name: string): Promise<void> {
  await choose(page, "Delete");
  await expect(page.getByRole("heading", { name: "Campaigns", level: 1 })).toBeVisible();
  // Before the list is drawn nothing is in it.
  await expect(cards().first()).toBeVisible();
  await expect(card(name)).toHaveCount(0);
}

/** How many there are; those below the window are drawn a moment after the first. */
async function allShown(): Promise<number> {
  const { length } = await demo.api.all("/campaigns");
  await expect(cards()).toHaveCount(length);
  return length;
}
