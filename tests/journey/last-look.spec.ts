// What people begin with is there before the app is: as this device showed it last, and only for who
// is in.
import { readFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import * as v from "valibot";
import {
  cardOf,
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  type Workspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

const code = "**/_app/**/*.js";
/** The file of what stands below on the start page. */
const lower = `**/${fileOf("lib/features/overview/Lower.svelte")}`;

let server: RealServer;
let workspace: Workspace;

test.beforeAll(async () => {
  server = await RealServer.open();
  workspace = await prepareWorkspace(server);
});

test.afterAll(() => server.close());

test("a start shows at once what was seen last, until the app itself has it", async ({
  browser,
}) => {
  const { admin, api } = workspace;
  // What intercepts the app's own files here would not see them behind a service worker.
  const page = await openDevice(browser, server, admin, { serviceWorkers: "block" });
  await make(api, "/campaigns", { name: "Unfinished business", type: "email" });
  const seen = page.getByText("Unfinished business");
  await page.goto("/");
  await expect(seen).toBeVisible();
  await page.evaluate(() => localStorage.setItem("fieldcast.theme", "dark"));
  await untilKept(page, "/", "Unfinished business");

  await openWithoutCode(page, "/");
  await expect(seen).toBeVisible();
  await expect(page.getByRole("heading", { name: "Overview" })).toHaveCount(0);
  await expect(page.getByText("Live", { exact: true })).toBeHidden();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.goto("/campaigns");
  await expect(seen).toHaveCount(0);

  await page.unroute(code);
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await expect(seen).toBeVisible();
  await expect(page.locator("#last-look")).toHaveCount(0);

  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.route(code, (route) => route.abort());
  await page.goto("/");
  await expect(seen).toHaveCount(0);
  await page.context().close();
});

test("who leaves before a page is whole finds it again as it was seen before", async ({
  browser,
}) => {
  const { admin, api } = workspace;
  const page = await openDevice(browser, server, admin, { serviceWorkers: "block" });
  await make(api, "/campaigns", { name: "Seen before", type: "email" });
  await page.goto("/");
  await untilKept(page, "/", "Seen before");

  // Of the app itself all comes but one part, in which it is.
  const asked = page.waitForRequest(lower);
  await page.route(lower, () => undefined);
  await page.goto("/", { waitUntil: "commit" });
  await asked;
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await openWithoutCode(page, "/");
  await expect(page.getByText("Seen before")).toBeVisible();
  await page.context().close();
});

test("the list of campaigns is there at once, as it was seen last", async ({ browser }) => {
  const { admin, api } = workspace;
  for (let n = 1; n <= 30; n++) await make(api, "/campaigns", { name: `Listed ${n}`, type: "sms" });
  const page = await openDevice(browser, server, admin, { serviceWorkers: "block" });
  await page.goto("/campaigns");
  await expect(cardOf(page, "Listed 30")).toBeVisible();
  // What did not fit the screen came with the next frame.
  await expect(cardOf(page, "Listed 1")).toHaveCount(1);
  await untilKept(page, "/campaigns", "Listed 30");

  await openWithoutCode(page, "/campaigns");
  const look = page.locator("#last-look");
  await expect(look.getByRole("heading", { includeHidden: true, name: "Listed 30" })).toBeVisible();
  await expect(look.getByText("Listed 1", { exact: true })).toHaveCount(0);
  await page.goto("/campaigns?tab=interactive");
  await expect(look).toHaveCount(0);

  await page.unroute(code);
  await page.goto("/campaigns");
  await expect(cardOf(page, "Listed 30")).toBeVisible();
  await expect(look).toHaveCount(0);
  await page.context().close();
});

test("S1-01 a report that was seen shows its numbers at once, and what has an address is not kept", async ({
  browser,
}) => {
  const { admin, api } = workspace;
  const id = await makeCampaign("Autumn", 23);
  await api.post(`/campaigns/${id}/send`, {});
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 60_000);
  const report = `/campaigns/${id}`;

  const page = await openDevice(browser, server, admin, { serviceWorkers: "block" });
  await page.goto(report);
  await expect(page.getByRole("region", { name: "Key figures" })).toBeVisible();
  await untilKept(page, report, "Key figures");
  await page.goto(`${report}?tab=recipients`);
  await expect(page.getByText("person-7@example.org", { exact: true })).toBeVisible();
  await page.goto("/campaigns");
  const kept = await page.evaluate(() => JSON.stringify(Object.entries(localStorage)));
  expect(kept).not.toContain("person-7@");

  await openWithoutCode(page, report);
  const look = page.locator("#last-look");
  await expect(look.locator("dd").filter({ hasText: /^23$/ }).first()).toBeVisible();
  await expect(look.getByText("Key figures")).toBeVisible();
  await page.goto(`${report}?tab=recipients`);
  await expect(look).toHaveCount(0);

  await page.unroute(code);
  await page.goto(report);
  await expect(page.getByRole("region", { name: "Key figures" })).toBeVisible();
  await expect(look).toHaveCount(0);
  await page.context().close();
});

test("S1-01 what has moved on is not shown as it was", async ({ browser }) => {
  const { admin, api } = workspace;
  const id = await makeCampaign("Winter", 5);
  const path = `/campaigns/${id}`;
  const page = await openDevice(browser, server, admin, { serviceWorkers: "block" });
  await page.goto(path);
  await untilKept(page, path, "Winter");

  await page.goto("/campaigns");
  await api.post(`/campaigns/${id}/send`, {});
  await expect(cardOf(page, "Winter")).toContainText("Completed", { timeout: 60_000 });
  await page.goto("/audience");
  await expect.poll(() => page.evaluate(lookAt, path)).toBeNull();
  await page.context().close();
});

/** To so many people as the workspace has now, ready to be sent. */
async function makeCampaign(name: string, people: number): Promise<string> {
  const { api } = workspace;
  await importPeople(api, people);
  const audienceId = await make(api, "/audiences", { name, rule: { kind: "all" } });
  const accountId = await makeSandbox(api, name, "email");
  const content = { subject: "Hi", text: "Hello" };
  return make(api, "/campaigns", { name, type: "email", content, audienceId, accountId });
}

/** Nothing of the app comes: what stands there goes after some seconds, so nobody waits for more. */
async function openWithoutCode(page: Page, path: string): Promise<void> {
  await page.route(code, (route) => route.abort());
  await page.goto(path, { waitUntil: "commit" });
}

/** As the last build has it. */
function fileOf(part: string): string {
  const manifest = readFileSync(".svelte-kit/output/client/.vite/manifest.json", "utf8");
  const parts = v.parse(v.record(v.string(), v.object({ file: v.string() })), JSON.parse(manifest));
  return v.parse(v.string(), parts[part]?.file);
}

async function untilKept(page: Page, path: string, text: string): Promise<void> {
  await expect.poll(() => page.evaluate(lookAt, path)).toContain(text);
}

/** In the page. */
function lookAt(path: string): string | null {
  return localStorage.getItem(`fieldcast.look${path}`);
}
