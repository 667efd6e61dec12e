// A person leaves the workspace by themselves: told what would be lost first, and wiped at once.
import { expect, test, type Page } from "@playwright/test";
import {
  addMember,
  openDevice,
  prepareWorkspace,
  reconnect,
  untilInstalled,
  type Workspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

test.describe.configure({ timeout: 120_000 });

let server: RealServer;
let workspace: Workspace;

test.beforeAll(async () => {
  server = await RealServer.open();
  workspace = await prepareWorkspace(server);
});

test.afterAll(() => server.close());

test("[S44] S4 workspace left: whoever leaves is told what is unsent, and nothing stays on the device", async ({
  browser,
}) => {
  const finn = await addMember(workspace.api, "office", "Finn");
  const page = await openDevice(browser, server, finn);
  await untilInstalled(page);
  await (await openLeaving(page)).getByRole("button", { name: "Stay" }).click();
  await page.context().setOffline(true);
  await page.getByRole("link", { name: "Campaigns" }).first().click();
  await page.getByRole("link", { name: "New campaign" }).first().click();
  await page.getByRole("textbox", { name: "Name" }).fill("Not sent yet");
  await page.getByRole("radio", { name: /SMS/ }).check();
  await page.getByRole("button", { name: "Next: content" }).click();
  await expect(page.getByRole("link", { name: /^Sync: / })).toContainText("1 unsent");

  const dialog = await openLeaving(page);
  await expect(dialog).toContainText("1 change on this device did not reach the server yet");
  await expect(dialog.getByRole("link", { name: "Send it first" })).toBeVisible();
  await dialog.getByLabel("Your password").fill(finn.password);
  await dialog.getByRole("button", { name: "Leave", exact: true }).click();
  await expect(dialog).toContainText("Send what is unsent first, or tick that it may be lost");
  await dialog.getByRole("checkbox", { name: "What is listed above may be lost" }).check();
  await dialog.getByRole("button", { name: "Leave", exact: true }).click();
  // Without the server nobody leaves, and nothing is removed.
  await expect(dialog.getByRole("alert").first()).toContainText(/connection|server/i);
  await dialog.getByRole("button", { name: "Stay" }).click();

  await page.context().setOffline(false);
  await reconnect(page);
  const again = await openLeaving(page);
  await expect(again.getByRole("checkbox")).toBeHidden();
  await again.getByLabel("Your password").fill("not my password");
  await again.getByRole("button", { name: "Leave", exact: true }).click();
  await expect(again).toContainText("This is not your password");
  await again.getByLabel("Your password").fill(finn.password);
  await again.getByRole("button", { name: "Leave", exact: true }).click();
  await expect(page.getByText("You are no longer in this workspace")).toBeVisible();
  await expect(page.getByText("Everything had been sent.")).toBeVisible();
  await expect
    .poll(() => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)))
    .toEqual(["fieldcast"]);
  // What was sent before stays with the workspace.
  const { body } = await workspace.api.get("/campaigns");
  expect(body["items"]).toMatchObject([{ name: "Not sent yet" }]);
});

test("S4 workspace left: the only administrator is told who has to come first", async ({
  browser,
}) => {
  const page = await openDevice(browser, server, workspace.admin);
  await page.goto("/settings?tab=workspace");
  await expect(page.getByText("You are the only administrator, so you cannot leave")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Leave Acme/ })).toBeHidden();
});

async function openLeaving(page: Page) {
  await page.getByRole("button", { name: /^Account: / }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Workspace", exact: true }).click();
  await page.getByRole("button", { name: /^Leave Acme/ }).click();
  const dialog = page.getByRole("dialog", { name: "Leave Acme?" });
  await expect(dialog).toBeVisible();
  return dialog;
}
