// What people begin with is there before the app is: as this device showed it last, and only for who
// is in.
import { expect, test, type Page } from "@playwright/test";
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

  await page.route(code, (route) => route.abort());
  await page.goto("/");
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

  await page.route(code, (route) => route.abort());
  await page.goto(report);
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
  const kept = await page.evaluate((at) => localStorage.getItem(`fieldcast.look${at}`), path);
  expect(kept).toBeNull();
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

async function untilKept(page: Page, path: string, text: string): Promise<void> {
  await expect
    .poll(() => page.evaluate((at) => localStorage.getItem(`fieldcast.look${at}`), path))
    .toContain(text);
}
