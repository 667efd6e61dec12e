// A birthday campaign, on the screens: chosen, set live, kept, looked at on every size.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import { make, makeSandbox, openDevice, prepareWorkspace } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

/** On every width, and in the dark. */
async function expectToFit(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [360, 820, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(over).toBeLessThanOrEqual(0);
      await page.screenshot({ path: test.info().outputPath(`${width}-${colorScheme}.png`) });
    }
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }
}

test("S0-D1 S0-38 S0-48 a campaign is set live for the birthdays of its contacts", async ({
  browser,
}) => {
  test.setTimeout(90_000);
  const server = await RealServer.open();
  const { admin, api } = await prepareWorkspace(server);
  const audienceId = await make(api, "/audiences", { name: "All", rule: { kind: "all" } });
  const accountId = await makeSandbox(api, "Sandbox", "email");
  const content = { subject: "Happy birthday", text: "Happy birthday, {{ first_name }}" };
  const fields = { name: "Birthdays", type: "email", audienceId, accountId, content };
  const id = await make(api, "/campaigns", fields);

  const page = await openDevice(browser, server, admin);
  await page.goto(`/campaigns/${id}/edit?step=review`);
  await page.getByRole("button", { name: "When something happens" }).click();
  const dialog = page.getByRole("dialog");
  const kind = dialog.getByLabel("Write to people when");
  await kind.selectOption("They come into the audience");
  await expect(dialog.getByText("On coming into the audience, once per person")).toBeVisible();
  await expect(dialog.getByLabel("Those who are in it already")).toBeVisible();
  await kind.selectOption("They redeem a code");
  await dialog.getByRole("textbox", { name: /^Code/ }).fill("two words");
  await dialog.getByRole("button", { name: "Set live" }).click();
  await expect(dialog.getByText("Letters, digits and _ . -")).toBeVisible();
  await kind.selectOption("A date of theirs comes, such as a birthday");
  await dialog.getByRole("button", { name: "Set live" }).click();
  await expect(dialog.getByText("Enter the heading of the column")).toBeVisible();
  await dialog.getByLabel("Field with the date").fill("Birthday");
  await dialog.getByLabel("Write to them").selectOption("Days before it");
  await dialog.getByLabel("Days", { exact: true }).fill("3");
  await dialog.getByLabel("At", { exact: true }).fill("08:30");
  const words = "3 days before “Birthday” each year at 08:30, each recipient's local time";
  await expect(dialog.getByText(words)).toBeVisible();
  await expectToFit(page);
  await dialog.getByRole("button", { name: "Set live" }).click();
  await expect(page.getByRole("main").getByText("Live", { exact: true })).toBeVisible();
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "active", 10_000);
  await expect(page.getByText(words)).toBeVisible();
  await server.close();
});
