// The list of clicks on a campaign's links: real messages, real clicks over HTTP, a real screen.
import { expect, test, type Page } from "@playwright/test";
import {
  addMember,
  importPeople,
  make,
  openDevice,
  prepareWorkspace,
  untilInstalled,
  untilLive,
  type Workspace,
} from "../support/journey.ts";
import { WebhookSink } from "../support/delivery/webhook-sink.ts";
import { RealServer } from "../support/real-server.ts";

const people = 60;
const agent =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
/** A public address of Germany, as a proxy on this machine would tell it. */
const german = "85.214.132.117";

let server: RealServer;
let sink: WebhookSink;
let workspace: Workspace;
let id: string;

test.beforeAll(async () => {
  [server, sink] = await Promise.all([RealServer.open(), WebhookSink.open({ reports: true })]);
  workspace = await prepareWorkspace(server);
  const { api } = workspace;
  await importPeople(api, people);
  const audienceId = await make(api, "/audiences", { name: "All", all: true });
  const account = { name: "Carrier", channel: "email", provider: "webhook" };
  const accountId = await make(api, "/accounts", { ...account, settings: { url: sink.url } });
  const html = `<a href="https://shop.example/offer">Our offer</a> <a href="https://shop.example/help">Help</a>`;
  const content = { subject: "Hi", text: "Hello", html };
  const campaign = { name: "Autumn", type: "email", content, audienceId, accountId };
  id = await make(api, "/campaigns", { ...campaign, trackLinks: true });
  await api.post(`/campaigns/${id}/send`, {});
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 60_000);
  for (let n = 0; n < people; n++) {
    await follow(linksOf(`person-${n}@`)[0] ?? "", agent);
  }
  // Several links of one message within a second are a scanner's.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await follow(linksOf("person-0@")[1] ?? "", agent);
  await follow(linksOf("person-1@")[1] ?? "", "Mozilla/5.0 (compatible; bingbot/2.0)");
  await expect
    .poll(async () => (await api.get(`/campaigns/${id}/links`)).text, { timeout: 30_000 })
    .toContain(`"people":{"total":${people + 1},"unique":${people}}`);
});

test.afterAll(async () => {
  await server.close();
  await sink.close();
});

test("S1-15 S1-16 S1-17 S1-18 S1-19 each click stands on the screen with number, location, time and the link's name, page by page", async ({
  browser,
}) => {
  const page = await openClicks(await openDevice(browser, server, workspace.admin));
  const table = page.getByRole("table", { name: "Clicks" });
  await expect(table).toHaveAttribute("aria-rowcount", String(people + 2));
  const headings = table.getByRole("columnheader");
  await expect(headings).toHaveText([
    "Number or address",
    "Location",
    "Time",
    "Link",
    "Who",
    "Device",
  ]);
  const first = table.getByRole("row").nth(1);
  await expect(first).toContainText("person-0@example.org");
  await expect(first).toContainText("Germany");
  await expect(first).toContainText("Our offer");
  await expect(first).toContainText("Person");
  await expect(first).toContainText("Phone, iOS");
  await expect(first.locator("time")).toHaveText(/\d{1,2}:\d\d\s[AP]M/);

  const pages = page.getByRole("navigation", { name: "Pages of clicks" });
  await expect(pages).toContainText(`1–50 of ${people + 2}`);
  await pages.getByRole("button", { name: "Next" }).click();
  await expect(pages).toContainText(`51–${people + 2} of ${people + 2}`);
  await expect(pages.getByRole("button", { name: "Next" })).toBeDisabled();
  await pages.getByRole("button", { name: "Previous" }).click();
  await expect(first).toContainText("person-0@example.org");

  await page.getByLabel("Link", { exact: true }).selectOption({ label: "Help" });
  await expect(page).toHaveURL(/[?&]link=2/);
  await expect(table.getByRole("row")).toHaveCount(3);
  await page.getByLabel("Who", { exact: true }).selectOption({ label: "Scanners" });
  await expect(table.getByRole("row")).toHaveCount(2);
  await expect(table).toContainText("person-1@example.org");
  await expect(table).toContainText("Scanner: a robot");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Export CSV" }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^clicks-\d+\.csv$/);
  await page.reload();
  await expect(table.getByRole("row")).toHaveCount(2);
  await page.context().close();
});

test("S1-16 who may not see addresses sees masked ones", async ({ browser }) => {
  const manager = await addMember(workspace.api, "manager", "Mia");
  const page = await openClicks(await openDevice(browser, server, manager));
  const table = page.getByRole("table", { name: "Clicks" });
  await expect(table.getByRole("row").nth(1)).toContainText(/p•+@example\.org/);
  await expect(table).not.toContainText("person-0@");
  await page.context().close();
});

test("S1-15 without a server the sums are there as of when they came, and the list says what it needs", async ({
  browser,
}) => {
  const page = await openDevice(browser, server, workspace.admin);
  await untilInstalled(page);
  await openClicks(page);
  await expect(page.getByRole("table", { name: "Clicks" })).toBeVisible();
  // The sums come another way than the list.
  const sums = page.getByRole("region", { name: "Clicks" });
  await expect(sums).toContainText(`${people + 2} clicks`);
  await untilLive(page);
  await server.kill();
  await expect(page.getByText(/This page of clicks is as the server told it last/)).toBeVisible({
    timeout: 60_000,
  });
  await expect(page.getByRole("table", { name: "Clicks" })).toBeVisible();
  await page.reload();
  await expect(page.getByText(/who followed it is on the server/)).toBeVisible({ timeout: 60_000 });
  await expect(sums).toContainText(`${people + 2} clicks`);
  await server.start();
  await page.context().close();
});

test("S1-15 S1-19 the message's preview carries on each link how many followed it and how often", async ({
  browser,
}) => {
  const page = await openDevice(browser, server, workspace.admin);
  await page.goto(`/campaigns/${id}?tab=content`);
  const mail = page.frameLocator('iframe[title="The e-mail as HTML"]');
  const offer = mail.getByRole("link", { name: /^Our offer/ });
  await expect(offer.getByRole("img")).toHaveText(`${people} / ${people}`);
  await expect(
    mail.getByRole("img", { name: `Our offer: ${people} recipients, ${people} clicks` }),
  ).toBeVisible();
  await expect(mail.getByRole("link", { name: /^Help/ }).getByRole("img")).toHaveText("1 / 1");
  await expect(mail.getByRole("img")).toHaveCount(2);
  await page.context().close();
});

async function openClicks(page: Page): Promise<Page> {
  await page.goto(`/campaigns/${id}?tab=links`);
  await expect(page.getByRole("region", { name: "Clicks" })).toBeVisible();
  return page;
}

/** The short links of what this recipient was sent, in their order. */
function linksOf(to: string): readonly string[] {
  const html = sink.sentTo(to).at(-1)?.content.html ?? "";
  return [...new Set(html.match(/http:\/\/localhost:\d+\/r\/[\w-]{20}(?![\w-])/g))];
}

async function follow(url: string, as: string): Promise<void> {
  const headers = { "user-agent": as, "x-forwarded-for": german };
  const { status } = await fetch(url, { redirect: "manual", headers });
  expect(status).toBe(302);
}
