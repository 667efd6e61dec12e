// A tablet that went missing: its data goes when it hears of it, and it may begin anew.
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

test.describe.configure({ timeout: 90_000 });

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

test("[S35] S4 a tablet that was away hears of it when it is back, and what it had not sent is lost and counted", async ({
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
  await revokeAll();
  await page.context().setOffline(false);
  await expect(page.getByText("This device was signed out")).toBeVisible({ timeout: 40_000 });
  await expect(page.getByText("One change that had not been sent is lost.")).toBeVisible();
  await expect.poll(() => databases(page)).toEqual(["fieldcast"]);
});

async function revokeAll(): Promise<void> {
  const { body } = await workspace.api.get("/devices");
  const items: readonly { id: string; state: string }[] = JSON.parse(JSON.stringify(body["items"]));
  const active = items.filter(({ state }) => state === "active");
  for (const { id } of active) await workspace.api.post(`/devices/${id}/revoke`, {});
}

function databases(page: Page): Promise<readonly (string | undefined)[]> {
  return page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
}
