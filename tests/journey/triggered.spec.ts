// A campaign that waits for an event, on the screens: set live, who entered, ended.
import { expect, test } from "@playwright/test";
import {
  cardOf,
  choose,
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectAccessible } from "../support/usable.ts";

test("S0-D1 S0-38 S0-48 a campaign is set live for an event, shows who entered, and is ended", async ({
  browser,
}) => {
  const server = await RealServer.open();
  const { admin, api } = await prepareWorkspace(server);
  await importPeople(api, 5);
  const audienceId = await make(api, "/audiences", { name: "All", rule: { kind: "all" } });
  const accountId = await makeSandbox(api, "Sandbox", "email");
  const content = { subject: "Thank you", text: "Thank you, {{ first_name }}" };
  const fields = { name: "Thank you", type: "email", audienceId, accountId, content };
  const id = await make(api, "/campaigns", fields);

  const page = await openDevice(browser, server, admin);
  await page.goto(`/campaigns/${id}/edit?step=review`);
  await page.getByRole("button", { name: "When something happens" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Event").fill("Order Paid");
  await dialog.getByRole("button", { name: "Set live" }).click();
  await expect(dialog.getByText("Small letters, digits")).toBeVisible();
  await dialog.getByLabel("Event").fill("order_paid");
  await dialog.getByLabel("Each person").selectOption("Every time, but not before");
  await expect(dialog.getByText("On “order_paid”, again after 1 day")).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Set live" }).click();
  await expect(page.getByRole("main").getByText("Live", { exact: true })).toBeVisible();
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "active");

  for (const n of [1, 2]) {
    const event = { id: `order ${n}`, name: "order_paid" };
    const contact = { email: `person-${n}@example.org` };
    expect((await api.post("/events", { ...event, contact })).body).toMatchObject({
      entered: [id],
    });
  }
  await page.getByRole("link", { name: /^Recipients/ }).click();
  await expect(page.getByRole("row").filter({ hasText: "Person 1" })).toBeVisible();
  await page.goto("/campaigns");
  await expect(cardOf(page, "Thank you")).toContainText("2 of 2 messages sent so far");
  await page.goto(`/campaigns/${id}`);
  await expect(page.getByText("On “order_paid”, again after 1 day")).toBeVisible();
  await choose(page, "End campaign");
  await page.getByRole("dialog").getByRole("button", { name: "End campaign" }).click();
  await expect(page.getByText("Completed", { exact: true }).first()).toBeVisible();
  await server.close();
});
