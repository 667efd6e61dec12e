// A tablet that meets no server for too long locks itself, keeps what was typed, and opens again.
import { expect, test, type Page } from "@playwright/test";
import {
  addMember,
  openDevice,
  prepareWorkspace,
  untilInstalled,
  untilLive,
  type Person,
  type Workspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectAccessible } from "../support/usable.ts";

test.describe.configure({ timeout: 120_000 });

let server: RealServer;
let workspace: Workspace;
let finn: Person;

test.beforeAll(async () => {
  server = await RealServer.open();
  workspace = await prepareWorkspace(server);
  finn = await addMember(workspace.api, "field", "Finn");
});

test.afterAll(() => server.close());

const usual = { timeout: 30_000 };
const dayMs = 24 * 60 * 60_000;

/** From the next load on the device's clock is so much ahead of now. */
async function setClock(page: Page, aheadMs: number): Promise<void> {
  await page.clock.setSystemTime(Date.now() + aheadMs);
}

async function draft(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name: "Campaigns" }).first().click();
  await page.getByRole("link", { name: "New campaign" }).first().click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("radio", { name: /SMS/ }).check();
  await page.getByRole("button", { name: "Next: content" }).click();
  await expect(page.getByRole("link", { name: /^Sync: / })).toContainText("1 unsent", usual);
}

test("[S46] S4 survival: after its lease a tablet shows nothing but why, and opens with everything unsent when the server answers", async ({
  browser,
}) => {
  const page = await openDevice(browser, server, finn);
  await untilInstalled(page);
  await server.stop();
  await draft(page, "Kept through the lock");

  // While it is open, as after a long sleep: the first look of the page finds out.
  await setClock(page, 15 * dayMs);
  await page.evaluate(() => dispatchEvent(new Event("focus")));
  await expect(page.getByRole("heading", { name: "Locked" })).toBeVisible(usual);
  await expect(page.getByText("1 change has not been sent.")).toBeVisible();
  await expect(page.getByText("Kept through the lock")).toHaveCount(0);

  // A clock that is set back opens nothing, at a start neither.
  await setClock(page, 0);
  await page.goto("/campaigns");
  await expect(page.getByRole("heading", { name: "Locked" })).toBeVisible(usual);
  const again = page.getByRole("button", { name: /^Try again/ });
  await again.click();
  // Until it has looked, everything is as it was.
  await expect(again).not.toHaveAttribute("aria-busy", "true");
  await expect(page.getByRole("heading", { name: "Locked" })).toBeVisible();
  await expect(page.getByRole("navigation")).toHaveCount(0);

  await server.start();
  await page.getByLabel("Password").first().fill(finn.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await untilLive(page);
  await expect(page.getByRole("article", { name: "Kept through the lock" })).toBeVisible(usual);
  await page.context().close();
});

test("[S46] S4 survival: a clock that is years off is told so, and costs nothing once it is right", async ({
  browser,
}) => {
  const page = await openDevice(browser, server, finn);
  await untilInstalled(page);
  await server.stop();
  await draft(page, "Typed before the clock jumped");
  await setClock(page, 4_000 * dayMs);
  await page.goto("/campaigns");
  await expect(page.getByText(/the clock may be wrong/)).toBeVisible(usual);
  for (const [width, colorScheme] of [
    [360, "dark"],
    [820, "light"],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
  await setClock(page, dayMs);
  await page.getByRole("button", { name: /^Try again/ }).click();
  await expect(page.getByRole("article", { name: "Typed before the clock jumped" })).toBeVisible(
    usual,
  );
  await page.context().close();
  await server.start();
});

test("[S46] S4 survival: a week after the lease everything is removed, and what was lost is said", async ({
  browser,
}) => {
  const page = await openDevice(browser, server, finn);
  await untilInstalled(page);
  await server.stop();
  await draft(page, "Never sent");
  await setClock(page, 16 * dayMs);
  await page.goto("/");
  await expect(page.getByText(/with what was not sent, is removed after/)).toBeVisible(usual);
  await setClock(page, 22 * dayMs);
  await page.goto("/");
  await expect(page.getByText("One change that had not been sent is lost.")).toBeVisible(usual);
  await expect
    .poll(() => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)))
    .toEqual(["fieldcast"]);
  await page.context().close();
  await server.start();
});
