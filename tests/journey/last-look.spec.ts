// The start page is there before the app is: as this device showed it last, and only for who is in.
import { expect, test, type Page } from "@playwright/test";
import { make, openDevice, prepareWorkspace } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

const code = "**/_app/**/*.js";

let server: RealServer;

test.beforeAll(async () => {
  server = await RealServer.open();
});

test.afterAll(() => server.close());

test("a start shows at once what was seen last, until the app itself has it", async ({
  browser,
}) => {
  const { admin, api } = await prepareWorkspace(server);
  // What intercepts the app's own files here would not see them behind a service worker.
  const page = await openDevice(browser, server, admin, { serviceWorkers: "block" });
  await make(api, "/campaigns", { name: "Unfinished business", type: "email" });
  const seen = page.getByText("Unfinished business");
  await page.goto("/");
  await expect(seen).toBeVisible();
  await page.evaluate(() => localStorage.setItem("fieldcast.theme", "dark"));
  await untilKept(page, "Unfinished business");

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

async function untilKept(page: Page, text: string): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => localStorage.getItem("fieldcast.look")))
    .toContain(text);
}
