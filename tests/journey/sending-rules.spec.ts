// The rules of a workspace for sending, from the settings to a campaign that obeys them.
import { expect, test } from "@playwright/test";
import {
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

test("S0-D2 an administrator sets the rules; the review tells what they mean, and what was sent is taken back", async ({
  browser,
}) => {
  const server = await RealServer.open();
  try {
    const { admin, api } = await prepareWorkspace(server);
    await importPeople(api, 50);
    const audienceId = await make(api, "/audiences", { name: "Everyone", rule: { kind: "all" } });
    const accountId = await makeSandbox(api, "SMS", "sms");
    const content = { text: "Hello {{ first_name }}" };
    const plan = { name: "Spring", type: "sms", audienceId, accountId, content };
    const id = await make(api, "/campaigns", plan);
    const page = await openDevice(browser, server, admin);

    await page.goto("/settings?tab=workspace");
    await page.getByLabel("Keep quiet hours").check();
    await page.getByRole("button", { name: "Add a country with other hours" }).click();
    await page.getByRole("textbox", { name: "Country" }).fill("FR");
    await page.getByLabel("Wait ten minutes after Send now").check();
    await page.getByRole("button", { name: "Save" }).last().click();
    await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeAttached();

    await page.goto(`/campaigns/${id}/edit?step=review`);
    await expect(page.getByText("50 recipients")).toBeVisible();
    await expect(page.getByText(/Nobody is written to from 21:00 to 08:00/)).toBeVisible();
    await expect(page.getByText("50 in all")).toBeVisible();
    // Another time means something else: it is told before anything is planned.
    await page.getByRole("button", { name: "Schedule", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Schedule" });
    await dialog.getByLabel("Date").fill("2097-01-01");
    await dialog.getByLabel("Time", { exact: true }).fill("12:00");
    await dialog.getByLabel("Time zone").selectOption("UTC");
    const meaning = dialog.getByRole("region", { name: "What this means" });
    await expect(meaning.getByText("Through by")).toBeVisible();
    await dialog.getByLabel("Time", { exact: true }).fill("23:30");
    await dialog.getByLabel("At each recipient's local time").check();
    await expect(meaning.getByText(/^50 messages, the last until/)).toBeVisible();
    await dialog.getByRole("button", { name: "Not yet" }).click();

    // So does what repeats, and what waits for people.
    await page.getByRole("button", { name: "Repeat" }).click();
    const repeating = page.getByRole("dialog", { name: "Repeat" });
    await repeating.getByLabel("Time zone").selectOption("UTC");
    await repeating.getByLabel("At", { exact: true }).fill("23:30");
    const run = repeating.getByRole("region", { name: "The first run" });
    await expect(run.getByText("50 of 50 contacts")).toBeVisible();
    // While it is counted anew, what was counted stays: no button moves under a finger.
    const goingOn = Promise.withResolvers<void>();
    await page.route("**/preflight", async (route) => {
      await goingOn.promise;
      await route.continue();
    });
    const asked = page.waitForRequest("**/preflight");
    await repeating.getByLabel("At", { exact: true }).fill("23:45");
    await asked;
    await expect(run).toHaveAttribute("aria-busy", "true");
    await expect(run.getByText("50 of 50 contacts")).toBeVisible();
    goingOn.resolve();
    await expect(run).toHaveAttribute("aria-busy", "false");
    await page.unroute("**/preflight");
    await repeating.getByLabel("At each recipient's local time").check();
    await expect(run.getByText(/^50 messages, the last until/)).toBeVisible();
    await repeating.getByRole("button", { name: "Not yet" }).click();

    await page.getByRole("button", { name: "When something happens" }).click();
    const listening = page.getByRole("dialog", { name: "When something happens" });
    await listening.getByRole("textbox", { name: "Event" }).fill("order_paid");
    const people = listening.getByRole("region", { name: "Who is in the audience now" });
    await expect(people.getByText("Can be written to today")).toBeVisible();
    await expect(people.getByText("50 of 50 contacts")).toBeVisible();
    await listening.getByLabel("Write to people when").selectOption({
      label: "They come into the audience",
    });
    await listening.getByLabel("Those who are in it already").selectOption("send");
    await expect(people.getByText("Written to at once")).toBeVisible();
    await expect(people.getByText("50 in all")).toBeVisible();
    await listening.getByRole("button", { name: "Not yet" }).click();

    await page.getByRole("button", { name: "Send now" }).click();
    await page.getByRole("button", { name: "Send", exact: true }).click();

    await expect(page.getByRole("timer")).toHaveText(/^(?:10:00|9:\d\d)$/);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(page.getByRole("timer")).toBeHidden();
    const { body } = await api.until(`/campaigns/${id}`, ({ phase }) => phase === "pending");
    expect(body).toMatchObject({ schedule: null, launchedAt: null });
    await page.context().close();
  } finally {
    await server.close();
  }
});
