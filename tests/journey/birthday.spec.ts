// A birthday campaign, on the screens: chosen, set live, kept, looked at on every size.
import { expect, test } from "@playwright/test";
import { make, makeSandbox, openDevice, prepareWorkspace } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectFitsAll } from "../support/usable.ts";

test("S0-D1 S0-38 S0-48 a campaign is set live for the birthdays of its contacts", async ({
  browser,
}) => {
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
  await expectFitsAll(page);
  await dialog.getByRole("button", { name: "Set live" }).click();
  await expect(page.getByRole("main").getByText("Live", { exact: true })).toBeVisible();
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "active");
  await expect(page.getByText(words)).toBeVisible();
  await server.close();
});
