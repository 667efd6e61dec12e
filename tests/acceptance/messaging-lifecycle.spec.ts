// What a person does with a message campaign from its first draft to its report, and what the
// screen tells meanwhile, on accounts whose luck the test knows.
import { readFileSync } from "node:fs";
import { Workbook } from "@cj-tech-master/excelts";
import { expect, test, type Page } from "@playwright/test";
import { parse } from "csv-parse/sync";
import {
  choose,
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  unguarded,
  untilLive,
  type Workspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

const people = 150;

let server: RealServer;
let workspace: Workspace;
let page: Page;
let audienceId: string;
let accounts: Readonly<Record<"good" | "fair" | "slow" | "steady" | "live", string>>;

test.beforeAll(async ({ browser }) => {
  server = await RealServer.open();
  workspace = await prepareWorkspace(server);
  const { api } = workspace;
  await importPeople(api, people);
  audienceId = await make(api, "/audiences", { name: "Everyone", rule: { kind: "all" } });
  await make(api, "/audiences", {
    name: "Americans",
    rule: { kind: "filter", filter: { countries: ["US"] } },
  });
  accounts = {
    good: await makeSandbox(api, "Good SMS", "sms"),
    fair: await makeSandbox(api, "Fair SMS", "sms", {
      failurePercent: 25,
      failures: { invalid_address: 1, unknown_recipient: 1 },
      guards: unguarded,
    }),
    slow: await makeSandbox(api, "Slow SMS", "sms"),
    steady: await makeSandbox(api, "Steady SMS", "sms"),
    live: await makeSandbox(api, "Live SMS", "sms"),
  };
  await limit(accounts.good, 60);
  await limit(accounts.fair, 60);
  await limit(accounts.slow, 1);
  // Ten recipients take four seconds: a busy machine has time for a page, too.
  await limit(accounts.steady, 2.5);
  // Everybody takes ten seconds: who looks sees it under way, too.
  await limit(accounts.live, 15);
  page = await openDevice(browser, server, workspace.admin);
});

test.afterAll(async () => {
  await page.context().close();
  await server.close();
});

test("S0-46 S3-02 S3-03 a draft is neither sent nor scheduled; its content and audience are edited", async () => {
  const id = await draft("A draft", "good");
  await page.goto(`/campaigns/${id}`);
  await expect(page.getByText("Pending", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("link", { name: "Next: content" }).click();
  await page.getByRole("textbox", { name: "Text" }).fill("Other words");
  await page.getByRole("link", { name: "Next: audience" }).click();
  await page.getByRole("radio", { name: /Americans/ }).check();
  await page.getByRole("button", { name: "Save and close" }).click();
  await expect(page.getByText("Other words").first()).toBeVisible();
  const details = page.getByRole("region", { name: "Details" });
  await expect(details.getByText("Americans", { exact: true })).toBeVisible();
  // Each step saves by itself: the words first, the audience after them.
  const { body } = await workspace.api.until(
    `/campaigns/${id}`,
    (campaign) => campaign["audienceId"] !== audienceId,
    10_000,
  );
  expect(body).toMatchObject({ phase: "pending", schedule: null, launchedAt: null });
  expect(body["content"]).toMatchObject({ text: "Other words" });
});

test("S3-04 S3-05 S3-06 S3-07 a scheduled campaign is rescheduled, edited and canceled", async () => {
  const id = await draft("Planned", "good");
  const path = `/campaigns/${id}`;
  await page.goto(`${path}/edit?step=review`);
  await plan("Schedule", "2097-03-04");
  await expect(page.getByText("Scheduled", { exact: true }).first()).toBeVisible();
  await workspace.api.until(path, ({ phase }) => phase === "scheduled", 10_000);

  await page.goto(`${path}/edit?step=review`);
  await plan("Reschedule", "2097-05-06");
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("link", { name: "Next: content" }).click();
  await page.getByRole("textbox", { name: "Text" }).fill("Words after planning");
  await page.getByRole("button", { name: "Save and close" }).click();
  const { body } = await workspace.api.until(
    path,
    ({ content }) => JSON.stringify(content).includes("after planning"),
    10_000,
  );
  expect(body).toMatchObject({ phase: "scheduled" });
  expect(JSON.stringify(body["schedule"])).toContain("2097-05-06");

  await choose(page, "Take off the schedule");
  await expect(page.getByText("Pending", { exact: true }).first()).toBeVisible();
  await workspace.api.until(path, ({ phase }) => phase === "pending", 10_000);
  await page.goto(`${path}/edit?step=review`);
  await plan("Schedule", "2097-05-06");
  await workspace.api.until(path, ({ phase }) => phase === "scheduled", 10_000);
  await choose(page, "Cancel campaign");
  await page.getByRole("button", { name: "Cancel campaign" }).click();
  await expect(page.getByText("Canceled", { exact: true }).first()).toBeVisible();
  const canceled = await workspace.api.until(path, ({ phase }) => phase === "canceled", 10_000);
  expect(canceled.body).toMatchObject({ launchedAt: null });
});

test("S2-30 S3-01 S3-08 S3-09 S3-10 counters rise by WebSocket until everybody was sent to", async () => {
  await draft("All goes well", "live");
  let frames = 0;
  page.on("websocket", (socket) => {
    if (socket.url().includes("/sync/live")) socket.on("framereceived", () => (frames += 1));
  });
  await page.goto("/campaigns");
  await untilLive(page);
  const card = page.getByRole("article", { name: "All goes well", exact: true });
  await card.getByRole("link", { name: /Details/ }).click();
  await expect(page.getByRole("heading", { name: "All goes well", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("link", { name: /Review$/ }).click();
  await page.getByRole("button", { name: "Send now" }).click();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page).toHaveURL(/\/campaigns\/[^/]+$/);
  const before = frames;
  const seen = new Set<number>();
  const status = page.getByText(/^\s*(In Progress|Completed)\s*$/).first();
  await expect(status).toHaveText(/In Progress/);
  await expect
    .poll(
      async () => {
        // Completed is never said while anybody is still to be sent to.
        const said = await status.innerText();
        const toGo = await counter("To go");
        seen.add(await counter("Sent"));
        if (said.includes("Completed")) expect(toGo).toBe(0);
        return said;
      },
      { timeout: 60_000, intervals: [100] },
    )
    .toContain("Completed");
  expect(seen.size).toBeGreaterThan(3);
  expect(frames - before).toBeGreaterThan(3);
  expect(await counter("Sent")).toBe(people);
  await expect(page.getByText("Sent", { exact: true }).first()).toBeVisible();
});

test("S3-13 the counters of its page move by themselves, every ten recipients or sooner", async () => {
  const id = await draft("Watched", "steady");
  await page.goto(`/campaigns/${id}`);
  await untilLive(page);
  await workspace.api.post(`/campaigns/${id}/send`);
  await expect.poll(() => counter("Total")).toBe(people);
  // Every value that is shown from now on, whether or not somebody asks for it.
  const value = term("Sent").locator("xpath=following-sibling::dd[1]").first();
  await value.evaluate((shown) => {
    const seen = [shown.textContent];
    const look = (): void => void seen.push(shown.textContent);
    new MutationObserver(look).observe(shown, {
      childList: true,
      characterData: true,
      subtree: true,
    });
    Object.assign(window, { seenSent: seen });
  });
  await expect.poll(() => counter("Sent"), { timeout: 60_000 }).toBeGreaterThan(30);
  const seen: readonly string[] = await page.evaluate(() => Reflect.get(window, "seenSent"));
  const steps = seen.map(Number);
  for (const [index, step] of steps.entries()) {
    expect(step - (steps[index - 1] ?? step)).toBeLessThanOrEqual(10);
  }
  expect(steps.length).toBeGreaterThan(4);
  expect((await workspace.api.post(`/campaigns/${id}/cancel`)).status).toBe(200);
});

test("S0-16 S0-17 the activity tells each change of a campaign as it happens", async () => {
  await page.goto("/activity");
  await untilLive(page);
  const id = await draft("Told at once", "good");
  await workspace.api.post(`/campaigns/${id}/send`);
  const about = page.getByRole("listitem").filter({ hasText: "Told at once" });
  for (const event of ["created the campaign", "sent the campaign", "Sending started"]) {
    await expect(about.filter({ hasText: event })).toHaveCount(1, { timeout: 15_000 });
  }
  await workspace.api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 20_000);
  await expect(about.filter({ hasText: "The campaign is complete" })).toHaveCount(1, {
    timeout: 15_000,
  });
});

test.describe("the report of a campaign of which some messages failed", () => {
  let id: string;

  test.beforeAll(async () => {
    id = await draft("Some fail", "fair");
    expect((await workspace.api.post(`/campaigns/${id}/send`)).status).toBe(200);
    await workspace.api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 25_000);
  });

  test("S3-12 S3-14 S3-15 S3-16 S3-17 S3-18 S3-19 S3-20 its page tells what the server counted", async () => {
    const { body } = await workspace.api.get(`/campaigns/${id}/report`);
    const { headline } = Object(body["vocabularies"]);
    expect(headline.failed).toBeGreaterThan(0);
    await page.goto(`/campaigns/${id}`);
    await expect(page.getByText("Partly sent", { exact: true }).first()).toBeVisible();
    await expect.poll(() => counter("Total")).toBe(people);
    expect(await counter("Sent")).toBe(headline.sent);
    expect(await counter("Delivered")).toBe(headline.delivered);
    expect(await counter("Failed")).toBe(headline.failed);
    expect(headline.sent + headline.failed).toBe(people);
    await expect(page.getByRole("figure", { name: "State over time" })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Timeline" })).toBeVisible();
  });

  test("S3-21 S3-22 S3-23 S3-24 S3-25 its timeline has every station, a schedule only if there was one", async () => {
    const { body } = await workspace.api.get(`/campaigns/${id}`);
    await page.goto(`/campaigns/${id}`);
    for (const [label, at] of [
      ["Created", body["createdAt"]],
      ["Sending began", body["startedAt"]],
      ["All messages handed over", body["submittedAt"]],
      ["Completed", body["completedAt"]],
    ] as const) {
      await expect(station(label).locator("time")).toHaveAttribute("datetime", String(at));
    }
    await expect(station("Completed")).toContainText(/took \d+ s/);
    await expect(station("Scheduled for")).toHaveCount(0);

    const planned = await draft("With a schedule", "good");
    const at = "2097-05-06T07:00:00.000Z";
    await workspace.api.post(`/campaigns/${planned}/schedule`, { at, zone: "UTC" });
    await page.goto(`/campaigns/${planned}`);
    await expect(station("Scheduled for").locator("time")).toHaveAttribute("datetime", at);
  });

  test("S1-04 S1-05 S1-20 S1-21 S1-22 S3-31 each failed recipient has its precise reason, on screen and in the export", async () => {
    const { body } = await workspace.api.get(`/campaigns/${id}/report`);
    const failed: number = Object(body["vocabularies"]).headline.failed;
    await page.goto(`/campaigns/${id}?tab=recipients`);
    await expect(page.getByText(`${people} recipients`)).toBeVisible();
    await page.getByLabel("State", { exact: true }).selectOption("Failed");
    const rows = page.getByRole("table", { name: "Recipients" }).getByRole("row");
    await expect(rows).toHaveCount(failed + 1);
    const reason = /address|number|account|mailbox/i;
    for (const row of (await rows.all()).slice(1)) {
      await expect(row).toContainText("Failed");
      await expect(row).toContainText(reason);
    }
    const button = page.getByRole("button", { name: "Export CSV" });
    const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
    const exported: Readonly<Record<string, string>>[] = parse(
      readFileSync(await download.path(), "utf8"),
      { bom: true, columns: true },
    );
    expect(exported).toHaveLength(failed);
    for (const row of exported) {
      expect(row).toMatchObject({ state: "failed" });
      expect(["invalid_address", "unknown_recipient"]).toContain(row["reason code"]);
      expect(row["failed reason"]).toMatch(reason);
    }
    const excel = page.getByRole("button", { name: "Export Excel" });
    const [workbook] = await Promise.all([page.waitForEvent("download"), excel.click()]);
    expect(workbook.suggestedFilename()).toMatch(/\.xlsx$/);
    const book = new Workbook();
    await book.xlsx.load(readFileSync(await workbook.path()));
    // The heading and the rows.
    expect(book.getWorksheet("Recipients")?.rowCount).toBe(failed + 1);
  });
});

test("S0-39 S0-48 a paused campaign is resumed, and goes on sending", async () => {
  const id = await draft("Paused and resumed", "slow");
  const path = `/campaigns/${id}`;
  await workspace.api.post(`${path}/send`);
  await page.goto(path);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("Paused", { exact: true }).first()).toBeVisible();
  await workspace.api.until(path, ({ phase }) => phase === "paused", 10_000);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await workspace.api.until(path, ({ phase }) => phase === "active", 10_000);
  const sent = await counter("Sent");
  await expect.poll(() => counter("Sent"), { timeout: 10_000 }).toBeGreaterThan(sent);
  await choose(page, "Cancel campaign");
  await page.getByRole("button", { name: "Cancel campaign" }).click();
  await workspace.api.until(path, ({ phase }) => phase === "canceled", 10_000);
  await expect.poll(() => counter("To go")).toBe(0);
});

async function limit(account: string, perSecond: number): Promise<void> {
  const limits = { perSecond, concurrency: 4 };
  expect((await workspace.api.patch(`/accounts/${account}`, { limits })).status).toBe(200);
}

function draft(name: string, account: keyof typeof accounts): Promise<string> {
  const content = { subject: "", text: "Hello {{ first_name }}", html: "" };
  const parts = { content, audienceId, accountId: accounts[account] };
  return make(workspace.api, "/campaigns", { name, type: "sms", ...parts });
}

async function plan(act: "Schedule" | "Reschedule", day: string): Promise<void> {
  await page.getByRole("button", { name: act, exact: true }).click();
  const dialog = page.getByRole("dialog", { name: act });
  await dialog.getByLabel("Date").fill(day);
  await dialog.getByRole("button", { name: act }).click();
  await expect(page).toHaveURL(/\/campaigns\/[^/]+$/);
}

/** A live counter of the campaign page, as it reads; not a number before the first row exists. */
async function counter(name: string): Promise<number> {
  const value = term(name).locator("xpath=following-sibling::dd[1]").first();
  await expect(value).toBeVisible();
  return Number((await value.innerText()).replaceAll(",", ""));
}

function term(name: string) {
  return page.getByRole("term").filter({ hasText: name });
}

/** A station of the timeline. */
function station(label: string) {
  return page.getByRole("listitem").filter({ has: page.getByText(label, { exact: true }) });
}
