// Settings, tab by tab, and two of its dialogs: what accessibility.spec.ts asks of every route.
import { expect, test, type Page } from "@playwright/test";
import { openDevice, prepareDemo, untilLive } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectUsable } from "../support/usable.ts";

const tabs = [
  "accounts",
  "people",
  "keys",
  "workspace",
  "limits",
  "consent",
  "notices",
  "dead-letters",
  "device",
] as const;

let server: RealServer;
let page: Page;

test.beforeAll(async ({ browser }) => {
  server = await RealServer.open();
  const { admin } = await prepareDemo(server);
  page = await openDevice(browser, server, admin, { reducedMotion: "reduce" });
});

test.afterAll(async () => {
  await page.context().close();
  await server.close();
});

test("every tab of Settings is looked at here", async () => {
  await page.goto("/settings");
  const shown = page.getByRole("navigation", { name: "Settings" }).getByRole("link");
  await expect(shown).toHaveCount(tabs.length);
});

for (const tab of tabs) {
  test(`nothing keeps anybody from using Settings, ${tab}`, async () => {
    await page.goto(`/settings?tab=${tab}`);
    await untilLive(page);
    await expect(page.getByText(/Fetching|Loading part/)).toHaveCount(0);
    await expectUsable(page);
  });
}

test("nothing keeps anybody from giving an account prices and a warm-up", async () => {
  await page.goto("/settings?tab=accounts");
  await page.getByRole("button", { name: "Edit Sandbox SMS", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Edit Sandbox SMS" });
  await dialog.getByText("Price, warm-up, more limits and pauses").click();
  await dialog.getByRole("textbox", { name: "Price of a segment" }).fill("0.075");
  await dialog.getByRole("textbox", { name: /^Other prices/ }).fill("+49 0.075\n+33 free");
  await dialog.getByRole("checkbox", { name: "Warm up a new sender" }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("textbox", { name: /^Other prices/ })).toHaveAttribute(
    "aria-invalid",
    "true",
  );
  await expectUsable(page);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("nothing keeps anybody from changing what people agree to", async () => {
  await page.goto("/settings?tab=consent");
  await page.getByRole("button", { name: "Change: E-mails" }).click();
  await expect(page.getByRole("textbox", { name: "New words" })).toBeVisible();
  await expectUsable(page);
});
