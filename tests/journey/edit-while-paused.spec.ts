// A campaign is paused half-way, its text is changed, and it goes on; also while the server cannot
// be reached.
import { expect, test, type Page } from "@playwright/test";
import { minuteMs } from "#domain/core/time.ts";
import {
  importPeople,
  make,
  openDevice,
  prepareWorkspace,
  reconnect,
  untilDraftKept,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectAccessible } from "../support/usable.ts";

let server: RealServer;
let page: Page;

test.beforeAll(async () => {
  server = await RealServer.open();
});

test.afterAll(async () => {
  await page.context().close();
  await server.close();
});

test("S1-D6 S2-51 S2-52 a paused campaign is edited on its page, which says who had the earlier text and who gets the new one", async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const workspace = await prepareWorkspace(server);
  const { api } = workspace;
  await importPeople(api, 60);
  const audienceId = await make(api, "/audiences", { name: "Everyone", rule: { kind: "all" } });
  const slow = { name: "Slow SMS", channel: "sms", provider: "sandbox", settings: {} };
  const accountId = await make(api, "/accounts", { ...slow, limits: { perSecond: 1 } });
  const content = { subject: "", text: "Hello {{ first_name }}", html: "" };
  const campaign = { name: "Autumn news", type: "sms", content, audienceId, accountId };
  const id = await make(api, "/campaigns", campaign);
  await api.post(`/campaigns/${id}/send`, {});
  // Some have had it, and a minute's work is left for whoever comes late.
  await api.until(`/campaigns/${id}/report`, ({ vocabularies }) => sentOf(vocabularies) > 0);

  page = await openDevice(browser, server, workspace.admin);
  await page.goto(`/campaigns/${id}`);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("Paused by a person")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Edit the text" }).click();
  await expect(
    page.getByText(/\d+ recipients? ha(s|ve) already been sent the earlier text, \d+ will get/),
  ).toBeVisible();
  const save = page.getByRole("button", { name: "Save the new text" });
  await expect(save).toBeDisabled();
  const text = page.getByRole("textbox", { name: "Text" });
  await text.fill("Other words");
  const before = await untilDraftKept(page, `campaign:${id}`);
  // No time passes: what is typed is kept when the page goes out of sight, and not only later.
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + minuteMs);
  await text.fill("Better words, {{ first_name }}");
  await expect(page.getByText("Not saved yet")).toBeVisible();
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide")));
  await untilDraftKept(page, `campaign:${id}`, before);
  await page.clock.resume();
  await expectAccessible(page);

  // What was typed outlives a reload; saving works without the server.
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Text" })).toHaveValue(/^Better words/);
  await server.stop();
  await save.click();
  await expect(page).toHaveURL(new RegExp(`/campaigns/${id}$`));
  await expect(page.getByText("Your changes are safe on this device")).toBeVisible();
  await server.start();
  await reconnect(page);
  await expect(page.getByText("Text changed")).toBeVisible();

  await api.patch(`/accounts/${accountId}`, { limits: { perSecond: null } });
  await page.getByRole("button", { name: "Resume" }).click();
  await api.until(`/campaigns/${id}`, ({ submittedAt }) => submittedAt !== null);
  await page.goto(`/campaigns/${id}?tab=content`);
  await expect(page.getByText("Texts of this campaign")).toBeVisible();
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page.getByRole("status").getByText("Hello {{ first_name }}")).toBeVisible();
  await expectAccessible(page);
  await toldPerRecipient(id);
});

function sentOf(vocabularies: unknown): number {
  return Number(Object(Object(vocabularies).headline).sent);
}

/** S1-D6 Who got which text: a column, a filter, and the text itself in one recipient's history. */
async function toldPerRecipient(id: string): Promise<void> {
  await page.goto(`/campaigns/${id}?tab=recipients`);
  await expect(page.getByRole("columnheader", { name: "Text" })).toBeVisible();
  await page.getByRole("combobox", { name: "Text" }).selectOption("2");
  await expect(page).toHaveURL(/edition=2/);
  const rows = page.getByRole("table", { name: "Recipients" }).getByRole("row");
  await expect(rows.nth(1)).toContainText("Text 2");
  await expect(rows.filter({ hasText: "Text 1" })).toHaveCount(0);
  await expectAccessible(page);
  await rows
    .nth(1)
    .getByRole("button", { name: /show the tries/ })
    .click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("Carries text 2")).toBeVisible();
  await expect(dialog.getByText("Better words, {{ first_name }}")).toBeVisible();
  await expectAccessible(page);
}
