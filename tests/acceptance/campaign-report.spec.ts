// The report of a campaign as its requirements have it: reached from the list, its figures those of
// the API in every system's words, each gap explained by the rows behind it.
import { expect, test, type Locator, type Page } from "@playwright/test";
import * as v from "valibot";
import { openDevice, prepareDemo, type Workspace } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

const counted = v.record(v.string(), v.number());
const report = v.object({ counters: counted, vocabularies: v.record(v.string(), counted) });

const mail = "Winter coats are in";

let server: RealServer;
let demo: Workspace;
let page: Page;

test.beforeAll(async ({ browser }) => {
  server = await RealServer.open();
  demo = await prepareDemo(server);
  page = await openDevice(browser, server, demo.admin);
});

test.beforeEach(() => open(mail));

test.afterAll(async () => {
  await page.context().close();
  await server.close();
});

test("S1-02 S1-03 S2-04 S2-06 S2-44 S2-D4 S0-20 a campaign's report has its figures by channel, its message, its people and their search", async () => {
  await expect(figures()).toHaveText(
    ["Delivered", "Opened", "Clicked", "Bounced", "Complained", "Unsubscribed", "Submitted"].map(
      (name) => new RegExp(`^\\s*${name}`),
    ),
  );
  const { counters } = await told(mail);
  const delivered = (counters["delivered"] ?? 0) + (counters["read"] ?? 0);
  await expect(figures().first()).toContainText(`${written(delivered)} of`);

  const parts = page.getByRole("navigation", { name: "Parts of the campaign" });
  await parts.getByRole("link", { name: "Content" }).click();
  await expect(page.getByRole("heading", { name: "Message" }).first()).toBeVisible();
  await parts.getByRole("link", { name: /^Recipients/ }).click();
  await expect(page.getByRole("searchbox").first()).toBeVisible();
  await expect(page.getByRole("row").nth(1)).toBeVisible();

  await open("Reminder: your voucher ends Sunday");
  await expect(figures().filter({ hasText: "Segments per message" })).toBeVisible();
  await expect(figures().filter({ hasText: "Opened" })).toHaveCount(0);
});

test("S1-06 S1-07 S1-08 S1-09 S1-10 S1-12 S0-22 S0-25 S0-29 S2-27 S3-12 S3-18 S4-08 S4-18 S4-19 the switch tells the same campaign in each system's words", async () => {
  const { vocabularies } = await told(mail);
  const words = page.getByLabel("In the words of");
  const flow = vocabularies["flow"] ?? {};
  await words.selectOption("Unifonic");
  await expect(page).toHaveURL(/[?&]words=unifonic/);
  await counts({
    Total: flow["total"],
    "Submitted to flow studio": flow["submitted"],
    Success: flow["success"],
    "Delivery not confirmed": flow["notConfirmed"],
    Failed: flow["failed"],
    "Not submitted": flow["notSubmitted"],
  });
  await page.reload();
  await expect(words).toHaveValue("unifonic");

  const segments = vocabularies["segments"] ?? {};
  await words.selectOption("Blackbird");
  await counts({
    "Total Segments": segments["total"],
    Queued: segments["queued"],
    Ignored: segments["ignored"],
    Unreachable: segments["unreachable"],
    "Delivery (Unconfirmed)": segments["unconfirmed"],
    "Delivery (Confirmed)": segments["confirmed"],
  });
  const broadcast = vocabularies["broadcast"] ?? {};
  await words.selectOption("Fiko");
  await counts({ "Total Recipients": broadcast["total"], "Sent Count": broadcast["sent"] });
  await expect(system().getByText("Partial", { exact: true })).toBeVisible();
  await words.selectOption("Messangi");
  await expect(system().getByText("Completed", { exact: true })).toBeVisible();
  await words.selectOption("Voucherify");
  await counts({ "Messages delivered": vocabularies["dashboard"]?.["delivered"] });
  await expect(system().getByText("Channels", { exact: true })).toBeVisible();
  await words.selectOption("Fieldcast");
  await expect(page).not.toHaveURL(/words=/);
});

test("S1-14 I-10 a gap of the funnel is explained by reasons, and each leads to its rows", async () => {
  const funnel = page.getByRole("figure", { name: "From all to who acted" });
  const gap = funnel.getByRole("group").filter({ hasText: "fewer than submitted" });
  await gap.getByText("explain the gap").click();
  const reason = gap.getByRole("listitem").first();
  const n = await reason.locator("b").innerText();
  await reason.getByRole("link").click();
  await expect(page).toHaveURL(/tab=recipients&state=/);
  const table = page.getByRole("table", { name: "Recipients" });
  await expect(table).toHaveAttribute("aria-rowcount", n.replace(/\D/g, ""));
  // Each with the time of what became of it.
  await expect(table.getByRole("row").nth(1)).toContainText(/\d{1,2}:\d\d\s[AP]M/);
});

test("a remark stands on the chart, in the timeline and in the list, and its removal can be undone", async () => {
  const text = "Rain in the north";
  await page.getByRole("button", { name: "Add a remark" }).click();
  await page.getByLabel("Remark", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Save remark" }).click();
  const chart = page.getByRole("figure", { name: "State over time" });
  const timeline = page.getByRole("region", { name: "Timeline" });
  for (const place of [chart, timeline]) {
    await expect(place.getByRole("listitem").filter({ hasText: text })).toBeVisible();
  }
  const list = page.getByRole("region", { name: "Remarks" });
  await list.getByRole("button", { name: /^Remove/ }).click();
  await expect(list.getByText(text)).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(list.getByRole("listitem").filter({ hasText: text })).toBeVisible();
});

/** Numbers under the words of the system that is shown. */
async function counts(expected: Readonly<Record<string, number | undefined>>): Promise<void> {
  for (const [word, n] of Object.entries(expected)) {
    const term = system()
      .getByRole("term")
      .filter({ hasText: new RegExp(`^${escaped(word)}$`) });
    await expect(term.locator("xpath=following-sibling::dd[1]")).toHaveText(written(n ?? NaN));
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[()]/g, String.raw`\$&`);
}

function system(): Locator {
  return page.getByRole("figure", { name: / tells it$/ });
}

function figures(): Locator {
  return page.getByRole("region", { name: "Key figures" }).getByRole("listitem");
}

function written(n: number): string {
  return new Intl.NumberFormat("en-US").format(n);
}

async function told(name: string): Promise<v.InferOutput<typeof report>> {
  const campaigns = await demo.api.all("/campaigns");
  const id = campaigns.find((each) => each["name"] === name)?.["id"];
  const { body } = await demo.api.get(`/campaigns/${String(id)}/report`);
  return v.parse(report, body);
}

/** By the one step of its card. */
async function open(name: string): Promise<void> {
  await page.goto("/campaigns");
  await page.getByRole("article", { name, exact: true }).getByRole("link").click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}
