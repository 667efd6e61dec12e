// One tablet for two people: what one left unsent is theirs alone, named at the door, and sent when they are back.
import { expect, test, type Page } from "@playwright/test";
import {
  addMember,
  openDevice,
  prepareWorkspace,
  untilInstalled,
  untilLive,
  type Person,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

test.describe.configure({ timeout: 120_000 });

let server: RealServer;

test.beforeAll(async () => {
  server = await RealServer.open();
});

test.afterAll(() => server.close());

const usual = { timeout: 30_000 };

async function signIn(page: Page, { email, password }: Person): Promise<void> {
  await page.getByRole("textbox", { name: "E-mail" }).fill(email);
  await page.getByLabel("Password").first().fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible(usual);
  await untilLive(page);
}

async function chooseSignOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account: / }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
}

test("[S48] S4 survival: unsent work is named before signing out, waits for its person alone, and is sent when they are back", async ({
  browser,
}) => {
  const { api } = await prepareWorkspace(server);
  const finn = await addMember(api, "field", "Finn");
  const olga = await addMember(api, "office", "Olga");
  const page = await openDevice(browser, server, finn);
  await untilInstalled(page);
  await server.stop();
  await page.getByRole("link", { name: "Campaigns" }).first().click();
  await page.getByRole("link", { name: "New campaign" }).first().click();
  await page.getByRole("textbox", { name: "Name" }).fill("Left by Finn");
  await page.getByRole("radio", { name: /SMS/ }).check();
  await page.getByRole("button", { name: "Next: content" }).click();
  await expect(page.getByRole("link", { name: /^Sync: / })).toContainText("1 unsent", usual);

  await chooseSignOut(page);
  const dialog = page.getByRole("dialog", { name: "Sign out with unsent work?" });
  await expect(dialog).toContainText("1 change has not reached the server yet");
  await expect(dialog.getByRole("button", { name: "Save it first" })).toBeVisible();
  await dialog.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  const left = page.getByText(/1 unsent change of Finn/);
  await expect(left).toBeVisible(usual);

  await server.start();
  await signIn(page, olga);
  await page.goto("/campaigns");
  await untilLive(page);
  // Before the list is drawn nothing is in it.
  await expect(page.getByRole("heading", { name: "No campaigns yet" })).toBeVisible();
  await expect(page.getByText("Left by Finn")).toHaveCount(0);
  expect((await api.get("/campaigns")).body["items"]).toEqual([]);
  await chooseSignOut(page);
  await expect(left).toBeVisible(usual);

  await signIn(page, finn);
  await page.goto("/campaigns");
  await expect(page.getByRole("article", { name: "Left by Finn" })).toBeVisible(usual);
  await expect
    .poll(async () => JSON.stringify((await api.get("/campaigns")).body["items"]), usual)
    .toContain("Left by Finn");
  await page.context().close();
});
