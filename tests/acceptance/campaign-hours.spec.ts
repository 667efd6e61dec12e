// A campaign that went on for longer than a device holds hours of: the server tells them, and what
// it told stays on the device.
import { expect, test, type Locator, type Page } from "@playwright/test";
import * as v from "valibot";
import { dayMs } from "#domain/core/time.ts";
import type { ApiClient } from "../support/api-client.ts";
import {
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  unguarded,
  untilInstalled,
  untilLive,
  type Workspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

const item = v.object({
  at: v.string(),
  spanMs: v.number(),
  entered: v.record(v.string(), v.number()),
});
const hours = v.object({
  snapshot: v.string(),
  items: v.array(item),
  next: v.nullable(v.string()),
});
const report = v.object({
  snapshot: v.string(),
  spanMs: v.number(),
  series: v.array(v.omit(item, ["spanMs"])),
  counters: v.record(v.string(), v.number()),
});

const hourMs = 3_600_000;

let server: RealServer;
let acme: Workspace;
let short: string;
let long: string;

/** One campaign is over within seconds; the other is sent again, to who failed, twelve days later. */
test.beforeAll(async () => {
  test.setTimeout(120_000);
  server = await RealServer.open();
  await server.stop();
  await server.startAhead(-12 * dayMs);
  acme = await prepareWorkspace(server);
  const { api } = acme;
  await importPeople(api, 60);
  const audienceId = await make(api, "/audiences", { name: "All", rule: { kind: "all" } });
  const failures = { expired: 1 };
  const failing = { failurePercent: 50, failures, guards: unguarded };
  const content = { subject: "Hello", text: "Hello {{ first_name }}" };
  const send = async (name: string, accountId: string): Promise<string> => {
    const fields = { name, type: "email", audienceId, accountId, content };
    const id = await make(api, "/campaigns", fields);
    await api.post(`/campaigns/${id}/send`);
    await completed(api, id);
    return id;
  };
  short = await send("Short", await makeSandbox(api, "Calm", "email"));
  long = await send("Long", await makeSandbox(api, "Rough", "email", failing));
  await server.stop();
  await server.start();
  await api.post(`/campaigns/${long}/retry-failed`, {});
  await api.until(
    `/campaigns/${long}/report`,
    (answer) => v.parse(report, answer).spanMs > hourMs,
    40_000,
  );
  await completed(api, long);
});

test.afterAll(() => server.close());

test("I-6 the hours of a long campaign come from the server, stay without it, and add up to the days and the counters", async ({
  browser,
}) => {
  test.setTimeout(90_000);
  const page = await openDevice(browser, server, acme.admin);
  await untilInstalled(page);
  // A report was drawn once: all of its parts are on the device.
  await page.goto(`/campaigns/${short}`);
  await expect(map(page)).toBeVisible();
  await expect(map(page)).not.toContainText("Hours as of");

  await test.step("without a network it says that hours come with one", async () => {
    await page.context().setOffline(true);
    await page.goto(`/campaigns/${long}`);
    await expect(map(page)).toContainText("this device has days only: hours come with a network");
    await expect(map(page).getByRole("slider")).toHaveCount(0);
  });

  await test.step("with a network it asks for them", async () => {
    await page.context().setOffline(false);
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await expect(map(page)).toContainText("Hours as of");
  });

  const told = v.parse(hours, (await acme.api.get(`/campaigns/${long}/hours`)).body);
  const { counters, series, snapshot } = v.parse(
    report,
    (await acme.api.get(`/campaigns/${long}/report`)).body,
  );
  expect(told).toMatchObject({ snapshot, next: null });
  expect(told.items.every(({ spanMs }) => spanMs === hourMs)).toBe(true);
  const delivered = sum(told.items, "delivered");
  expect(delivered).toBe((counters["delivered"] ?? 0) + (counters["read"] ?? 0));
  for (const state of ["submitted", "delivered", "read", "failed"]) {
    expect(sum(told.items, state), state).toBe(sum(series, state));
  }
  await expect.poll(() => inTable(page)).toBe(delivered);

  await test.step("afterwards they are there without a network", async () => {
    await page.context().setOffline(true);
    await page.reload();
    await expect(map(page)).toContainText("Hours as of");
    await expect(map(page).getByRole("slider")).toBeVisible();
    await expect.poll(() => inTable(page)).toBe(delivered);
  });

  await page.context().setOffline(false);
  await untilLive(page);
  await page.context().close();
});

test("I-6 hours that are told page by page are of one moment", async () => {
  const { api } = acme;
  const whole = v.parse(hours, (await api.get(`/campaigns/${long}/hours`)).body);
  expect(whole.items.length).toBeGreaterThan(1);
  const items = [];
  for (let next: string | null = "0"; next !== null;) {
    const query: string = `limit=1&cursor=${next}&snapshot=${whole.snapshot}`;
    const page = v.parse(hours, (await api.get(`/campaigns/${long}/hours?${query}`)).body);
    items.push(...page.items);
    next = page.next;
  }
  expect(items).toEqual(whole.items);
  const other = "0000-0000-0000-0000";
  expect((await api.get(`/campaigns/${long}/hours?snapshot=${other}`)).status).toBe(410);
  const unknown = long.replace(/.{4}$/, "ffff");
  expect((await api.get(`/campaigns/${unknown}/hours`)).status).toBe(404);
});

async function completed(api: ApiClient, id: string): Promise<void> {
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 40_000);
}

function map(page: Page): Locator {
  return page.getByRole("figure", { name: "By weekday and hour" });
}

/** What the cells of its table come to. */
async function inTable(page: Page): Promise<number> {
  await map(page).getByRole("button", { name: "Show table" }).click();
  const cells = await map(page).locator("tbody td:last-child").allInnerTexts();
  await map(page).getByRole("button", { name: "Show chart" }).click();
  return cells.reduce((total, text) => total + Number(text.replaceAll(/\D/g, "")), 0);
}

function sum(
  points: readonly { readonly entered: Readonly<Record<string, number>> }[],
  state: string,
): number {
  return points.reduce((total, { entered }) => total + (entered[state] ?? 0), 0);
}
