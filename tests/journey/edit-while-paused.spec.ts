// A campaign is paused half-way, its text is changed, and it goes on; also while the server cannot
// be reached.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { importPeople, make, openDevice, prepareWorkspace } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

let server: RealServer;
let page: Page;

test.beforeAll(async () => {
  server = await RealServer.open();
});

test.afterAll(async () => {
  await page.context().close();
  await server.close();
});

test("S2-51 S2-52 a paused campaign is edited on its page, which says who had the earlier text and who gets the new one", async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const workspace = await prepareWorkspace(server);
  const { api } = workspace;
  await importPeople(api, 60);
  const audienceId = await make(api, "/audiences", { name: "Everyone", rule: { kind: "all" } });
  const slow = { name: "Slow SMS", channel: "sms", provider: "sandbox", settings: {} };
  const accountId = await make(api, "/accounts", { ...slow, limits: { perSecond: 4 } });
  const content = { subject: "", text: "Hello {{ first_name }}", html: "" };
  const campaign = { name: "Autumn news", type: "sms", content, audienceId, accountId };
  const id = await make(api, "/campaigns", campaign);
  await api.post(`/campaigns/${id}/send`, {});
  await api.until(`/campaigns/${id}`, ({ startedAt }) => startedAt !== null, 20_000);

  page = await openDevice(browser, server, workspace.admin);
  await page.goto(`/campaigns/${id}`);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("Paused by a person")).toBeVisible();
  await isAccessible(page);
  await page.getByRole("link", { name: "Edit the text" }).click();
  await expect(
    page.getByText(/\d+ recipients? ha(s|ve) already been sent the earlier text, \d+ will get/),
  ).toBeVisible();
  const save = page.getByRole("button", { name: "Save the new text" });
  await expect(save).toBeDisabled();
  await page.getByRole("textbox", { name: "Text" }).fill("Better words, {{ first_name }}");
  await isAccessible(page);

  // What was typed outlives a reload; saving works without the server.
  await expect(page.getByText("Not saved yet")).toBeVisible();
  await page.waitForTimeout(500);
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Text" })).toHaveValue(/^Better words/);
  await server.stop();
  await save.click();
  await expect(page).toHaveURL(new RegExp(`/campaigns/${id}$`));
  await expect(page.getByText("Your changes are safe on this device")).toBeVisible();
  await server.start();
  await expect(page.getByText("Text changed")).toBeVisible({ timeout: 30_000 });

  await page.getByRole("button", { name: "Resume" }).click();
  await api.until(`/campaigns/${id}`, ({ submittedAt }) => submittedAt !== null, 60_000);
  await page.goto(`/campaigns/${id}?tab=content`);
  await expect(page.getByText("Texts of this campaign")).toBeVisible();
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page.getByRole("status").getByText("Hello {{ first_name }}")).toBeVisible();
  await isAccessible(page);
});

async function isAccessible(shown: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page: shown }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
}
