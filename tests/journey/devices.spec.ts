// Who holds the workspace's data, and how a person ends it for a device that is not at hand.
import { expect, test, type Page } from "@playwright/test";
import {
  addMember,
  openDevice,
  prepareWorkspace,
  untilLive,
  type Person,
  type Workspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

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

const usual = { timeout: 20_000 };
const rows = (page: Page, heading: string) =>
  page.getByRole("region", { name: heading }).getByRole("listitem");

async function openCentre(page: Page): Promise<void> {
  await page.getByRole("link", { name: /^Sync: / }).click();
  await expect(page.getByRole("heading", { name: "Sync centre" })).toBeVisible(usual);
}

test("[S44] S4 survival: a person sees their devices, names one, and signs another out knowing what is lost", async ({
  browser,
}) => {
  const lost = await openDevice(browser, server, finn);
  const page = await openDevice(browser, server, finn);
  await openCentre(page);
  await expect(rows(page, "My devices")).toHaveCount(2, usual);
  const mine = rows(page, "My devices").filter({ hasText: "This device" });
  await expect(mine).toHaveCount(1);
  await expect(mine.getByRole("button", { name: /^Sign out/ })).toHaveCount(0);

  await mine.getByRole("button", { name: /^Rename/ }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Stand 4");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(mine).toContainText("Stand 4");

  await page.getByRole("button", { name: /^Sign out / }).click();
  const dialog = page.getByRole("dialog", { name: /^Sign out / });
  await expect(dialog).toContainText("It had sent everything at its last contact");
  await expect(dialog).toContainText("it locks itself on");
  await dialog.getByRole("button", { name: "Sign it out" }).click();
  await expect(rows(page, "My devices")).toHaveCount(1, usual);
  await expect(lost.getByText("This device was signed out")).toBeVisible(usual);
  await page.getByRole("button", { name: "Show 1 signed-out device" }).click();
  await expect(page.getByText("everything had been sent")).toBeVisible();
  await page.reload();
  await untilLive(page);
  await expect(rows(page, "My devices").filter({ hasText: "Stand 4" })).toBeVisible(usual);
  await Promise.all([lost.context().close(), page.context().close()]);
});

test("[S44] S4 survival: an administrator sees everybody's devices, and without the server the list says so", async ({
  browser,
}) => {
  const theirs = await openDevice(browser, server, finn);
  await theirs.context().close();
  const page = await openDevice(browser, server, workspace.admin);
  await openCentre(page);
  await expect(rows(page, "All devices").filter({ hasText: "Finn" }).first()).toBeVisible(usual);
  await page.getByRole("link", { name: "Overview" }).first().click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible(usual);
  await server.stop();
  await openCentre(page);
  await expect(
    page.getByRole("region", { name: "All devices" }).getByText(/No connection/),
  ).toBeVisible(usual);
  await server.start();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(rows(page, "All devices").filter({ hasText: "This device" })).toBeVisible(usual);
  await page.context().close();
});
