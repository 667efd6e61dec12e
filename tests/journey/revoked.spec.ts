// A tablet that went missing, and one whose person left the workspace: its data goes when it hears of it.
import { expect, test, type Browser, type Page } from "@playwright/test";
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

let server: RealServer;
let workspace: Workspace;
let finn: Person;

test.beforeAll(async () => {
  server = await RealServer.open();
  workspace = await prepareWorkspace(server);
  finn = await addMember(workspace.api, "field", "Finn");
});

test.afterAll(() => server.close());

test("[S35] S4 a revoked tablet says so, keeps nothing, and works again after signing in", async ({
  browser,
}) => {
  const page = await openDevice(browser, server, finn);
  await revokeAll();
  await expect(page.getByText("This device was signed out")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("Everything had been sent.")).toBeVisible();
  await expect.poll(() => databases(page)).toEqual(["fieldcast"]);

  await page.getByRole("textbox", { name: "E-mail" }).fill(finn.email);
  await page.getByLabel("Password").first().fill(finn.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await untilLive(page);
});

test("[S35] S4 workspace left: whoever was removed while their tablet was away is told so when it is back, with what is lost", async ({
  browser,
}) => {
  const page = await openDevice(browser, server, finn);
  await untilInstalled(page);
  await page.context().setOffline(true);
  await page.getByRole("link", { name: "Campaigns" }).first().click();
  await page.getByRole("link", { name: "New campaign" }).first().click();
  await page.getByRole("textbox", { name: "Name" }).fill("Never sent");
  await page.getByRole("radio", { name: /SMS/ }).check();
  await page.getByRole("button", { name: "Next: content" }).click();
  await expect(page.getByRole("link", { name: /^Sync: / })).toContainText("1 unsent");
  await removeFinn(browser);
  await page.context().setOffline(false);
  await expect(page.getByText("This device was signed out")).toBeVisible({ timeout: 40_000 });
  await expect(page.getByText("You are no longer in this workspace")).toBeVisible();
  await expect(page.getByText("One change that had not been sent is lost.")).toBeVisible();
  await expect.poll(() => databases(page)).toEqual(["fieldcast"]);
});

/** In the office, which is told first what goes with the person. */
async function removeFinn(browser: Browser): Promise<void> {
  const office = await openDevice(browser, server, workspace.admin);
  await office.goto("/settings?tab=people");
  await office.getByRole("button", { name: "Remove Finn" }).click();
  const dialog = office.getByRole("dialog", { name: "Remove Finn?" });
  await expect(dialog).toContainText("had sent everything at the last contact");
  await dialog.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(dialog).toBeHidden();
  await office.context().close();
}

async function revokeAll(): Promise<void> {
  const { body } = await workspace.api.get("/devices");
  const items: readonly { id: string; state: string }[] = JSON.parse(JSON.stringify(body["items"]));
  const active = items.filter(({ state }) => state === "active");
  for (const { id } of active) await workspace.api.post(`/devices/${id}/revoke`, {});
}

function databases(page: Page): Promise<readonly (string | undefined)[]> {
  return page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
}
