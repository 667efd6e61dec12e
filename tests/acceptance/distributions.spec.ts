// The list of distributions and the parts of one, as their requirements have them: what starts it,
// what it needs, how it performs while it is sent, and what can be done from the list.
import { expect, test, type Locator, type Page } from "@playwright/test";
import * as v from "valibot";
import { make, openDevice, prepareDemo, untilLive, type Workspace } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectAccessible } from "../support/usable.ts";

const counted = v.object({ counters: v.record(v.string(), v.number()) });

const sending = "Black Friday early access";
const sent = "Winter coats are in";
const triggered = "Thank you for your order";

let server: RealServer;
let demo: Workspace;
let page: Page;

test.beforeAll(async ({ browser }) => {
  server = await RealServer.open();
  demo = await prepareDemo(server);
  const like = (await demo.api.all("/campaigns")).find(({ name }) => name === sent);
  const { audienceId, accountId } = like ?? {};
  const content = { subject: "Thank you", text: "Thank you, {{ first_name }}", html: "" };
  const fields = { name: triggered, type: "email", audienceId, accountId, content };
  const id = await make(demo.api, "/campaigns", fields);
  const trigger = { kind: "event", event: "order_paid", delayMinutes: 30, againAfterHours: null };
  const live = await demo.api.post(`/campaigns/${id}/live`, { trigger });
  expect(live.status, live.text).toBeLessThan(300);
  page = await openDevice(browser, server, demo.admin, { viewport: { width: 1440, height: 900 } });
});

test.beforeEach(async () => {
  await page.goto("/campaigns?tab=distributions");
  await expect(row(sent)).toBeVisible();
});

test.afterAll(async () => {
  await page.context().close();
  await server.close();
});

test("S0-31 S0-33 S0-34 S0-35 S0-40 S0-41 S0-42 S0-43 the list tells of each distribution its trigger, conditions, channel, status, dates, results and acts", async () => {
  const campaigns = await demo.api.all("/campaigns");
  await expect(table().getByRole("columnheader")).toHaveText(
    ["Title", "Channel", "Status", "Sending date", "Started sending", "Delivery date"]
      .concat("Sent", "Delivered", "Failed", "Actions")
      .map((name) => new RegExp(`^${name}`)),
  );
  await expect(rows()).toHaveCount(campaigns.length);

  await expect(row(triggered)).toContainText("30 minutes after “order_paid”, once per person");
  await expect(row(triggered)).toContainText("Consent: Marketing by e-mail");
  await expect(cellOf(row(triggered), 2)).toHaveText("Set live");
  await expect(row(sent)).toContainText("Sent by hand");

  for (const campaign of campaigns.filter(({ completedAt }) => completedAt !== null)) {
    const { counters } = v.parse(
      counted,
      (await demo.api.get(`/campaigns/${String(campaign["id"])}/report`)).body,
    );
    const line = row(String(campaign["name"]));
    await expect(cellOf(line, 1)).toHaveText(campaign["type"] === "email" ? "E-mail" : "SMS");
    await expect(cellOf(line, 4)).toHaveText(written(campaign["startedAt"]));
    await expect(cellOf(line, 5)).not.toHaveText("–");
    const delivered = (counters["delivered"] ?? 0) + (counters["read"] ?? 0);
    await expect(cellOf(line, 7)).toContainText(delivered.toLocaleString("en"));
  }
  const drafts = campaigns.filter(({ phase }) => phase === "pending" || phase === "draft");
  for (const { name } of drafts) {
    await expect(cellOf(row(String(name)), 2)).toHaveText("Draft");
    await expect(cellOf(row(String(name)), 4)).toHaveText("–");
  }
  await expectAccessible(page);
});

test("S0-31 S2-24 S2-25 it is ordered by its headings, narrowed in its own words and shows the columns that a person chose", async () => {
  await table().getByRole("button", { name: "Title" }).click();
  const names = async () => rows().getByRole("link").allTextContents();
  const ordered = (await names()).toSorted((a, b) => a.localeCompare(b));
  await expect.poll(names).toEqual(ordered);
  await table().getByRole("button", { name: "Title" }).click();
  await expect(rows().getByRole("link").first()).toHaveText(ordered.at(-1) ?? "");
  await expect(table().getByRole("columnheader", { name: "Title" })).toHaveAttribute(
    "aria-sort",
    "descending",
  );

  const filters = page.getByRole("search", { name: "Filter distributions" });
  const words = ["Draft", "Scheduled", "Set live", "Paused", "Sent", "Canceled"];
  await expect(filters.getByRole("group", { name: "Status" }).getByRole("button")).toHaveText(
    words,
  );
  await filters.getByRole("button", { name: "Draft" }).click();
  // All lines at one moment: those of before stand until the filter took effect.
  await expect
    .poll(async () => new Set(await rows().evaluateAll(statusesOf)))
    .toEqual(new Set(["Draft"]));
  await filters.getByRole("button", { name: "Draft" }).click();

  await page.getByRole("button", { name: "Columns" }).click();
  const choice = page.getByRole("group", { name: "Columns" });
  await choice.getByLabel("Delivery date").uncheck();
  await expect(table().getByRole("columnheader", { name: "Delivery date" })).toHaveCount(0);
  await expect(page).toHaveURL(/columns=title,channel,status,sending,started,sent/);
  await page.reload();
  await expect(table().getByRole("columnheader", { name: "Title" })).toBeVisible();
  await expect(table().getByRole("columnheader", { name: "Delivery date" })).toHaveCount(0);
  await page.getByRole("button", { name: "Columns" }).click();
  await choice.getByRole("button", { name: "Usual columns" }).click();
  await expect(table().getByRole("columnheader", { name: "Delivery date" })).toBeVisible();

  // The messaging tab has its four states, and no others.
  await page.goto("/campaigns");
  await expect(page.getByRole("group", { name: "Status" }).getByRole("button")).toHaveText([
    "Pending",
    "Scheduled",
    "In Progress",
    "Completed",
  ]);
});

test("S0-01 S0-16 figures and events of a distribution follow what happens while it is sent", async () => {
  const figure = cellOf(row(sending), 6);
  const before = numberIn(await figure.textContent());
  await expect.poll(async () => numberIn(await figure.textContent())).toBeGreaterThan(before);

  await act(sending, "Pause");
  await expect(cellOf(row(sending), 2)).toContainText("Paused");
  await row(sending).getByRole("link").click();
  await part("Activity").click();
  await expect(page.getByText(/paused/i).first()).toBeVisible();
  await page.goto("/campaigns?tab=distributions");
  await act(sending, "Resume");
  await expect(cellOf(row(sending), 2)).toContainText("Set live");
});

test("S0-02 S0-03 S0-04 S0-05 S0-06 S0-07 a distribution's name leads to its details and workflow, and from there to its audience, consents, analytics and activity", async () => {
  await row(sent).getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1, name: sent })).toBeVisible();
  const workflow = page.getByRole("region", { name: "Workflow" }).getByRole("listitem");
  await expect(workflow).toHaveText([/Trigger/, /Audience/, /Consent/, /Message/, /Result/]);
  await expect(page.getByRole("heading", { name: "Details" })).toBeVisible();

  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const { counters } = v.parse(counted, (await demo.api.get(`/campaigns/${id}/report`)).body);
  const total = (counters["total"] ?? 0).toLocaleString("en");
  await expect(workflow.nth(1)).toContainText(`${total} recipients`);

  await part("Recipients").click();
  await expect(page.getByRole("table", { name: "Recipients" })).toHaveAttribute(
    "aria-rowcount",
    String(counters["total"]),
  );

  await part("Consents").click();
  const required = page.getByRole("region", { name: "Required to send" });
  await expect(required.getByRole("heading", { name: "Marketing by e-mail" })).toBeVisible();
  await expect(required).toContainText("may send me news and offers by e-mail");
  await expect(required).toContainText(/[\d,]+ of [\d,]+ contacts/);
  await expectAccessible(page);

  await part("Report").click();
  await expect(page.getByRole("figure", { name: "State over time" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Key figures" })).toBeVisible();

  await part("Activity").click();
  await untilLive(page);
  await expect(page.getByRole("main").getByRole("listitem").first()).toBeVisible();
});

test("S0-47 the acts of a distribution stay in the window, also where the page moves at the same moment", async () => {
  const button = page.getByRole("button", { name: "Actions of Late summer catalogue" });
  await button.scrollIntoViewIfNeeded();
  // Below the window then, as where what comes above it comes late.
  await button.evaluate((element: HTMLElement) => {
    element.click();
    document.body.style.paddingBlockStart = "100vh";
    scrollTo(0, 0);
  });
  const acts = page.getByRole("menuitem");
  await expect(acts.last()).toHaveText("Delete");
  for (const item of await acts.all()) {
    await expect(item).toBeInViewport({ ratio: 1 });
  }
});

test("S0-47 who deletes a distribution stays in the list, and the activity tells of it", async () => {
  const name = "Late summer catalogue";
  await act(name, "Delete");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(row(name)).toHaveCount(0);
  await expect(page).toHaveURL(/tab=distributions/);
  // The activity is the server's: it has to know first.
  await untilLive(page);
  await page.goto("/activity?show=90d");
  await expect(page.getByText(/deleted/i).first()).toBeVisible();
});

function table(): Locator {
  return page.getByRole("table", { name: "Distributions" });
}

function rows(): Locator {
  return table().getByRole("rowgroup").last().getByRole("row");
}

function row(name: string): Locator {
  return rows().filter({ has: page.getByRole("link", { name, exact: true }) });
}

function cellOf(line: Locator, index: number): Locator {
  return line.getByRole("cell").nth(index);
}

function part(name: string): Locator {
  return page
    .getByRole("navigation", { name: "Parts of the campaign" })
    .getByRole("link", { name: new RegExp(`^${name}`) });
}

async function act(name: string, what: string): Promise<void> {
  await page.getByRole("button", { name: `Actions of ${name}` }).click();
  await page.getByRole("menuitem", { name: what, exact: true }).click();
}

function numberIn(text: string | null): number {
  return Number(/[\d,]+/.exec(text ?? "")?.[0].replaceAll(",", "") ?? 0);
}

/** As the app writes a moment. */
function written(at: unknown): RegExp {
  const [date = ""] = new Date(String(at))
    .toLocaleString("en-US", { dateStyle: "medium", timeStyle: "short" })
    .split(" at ");
  return new RegExp(date.replace(/\s/g, "\\s"));
}

/** What the third cell of each line says; in the page. */
function statusesOf(lines: readonly Element[]): readonly string[] {
  return lines.map((line) => line.querySelectorAll("td")[2]?.textContent.trim() ?? "");
}
