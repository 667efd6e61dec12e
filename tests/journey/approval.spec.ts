// Two people before a launch: one asks, the other says no with a reason, and later yes, on a
// device that has no network at that moment.
import { expect, test, type Page } from "@playwright/test";
import {
  addMember,
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  reconnect,
  untilInstalled,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectAccessible } from "../support/usable.ts";

test("S0-D7 S1-D2 a launch is asked for, rejected with a reason, asked for again, and approved without a network", async ({
  browser,
}) => {
  test.setTimeout(150_000);
  const server = await RealServer.open();
  try {
    const { admin, api } = await prepareWorkspace(server);
    await importPeople(api, 20);
    const audienceId = await make(api, "/audiences", { name: "Everyone", rule: { kind: "all" } });
    const accountId = await makeSandbox(api, "SMS", "sms");
    const content = { text: "Hello {{ first_name }}" };
    const id = await make(api, "/campaigns", {
      name: "Spring",
      type: "sms",
      audienceId,
      accountId,
      content,
    });
    const mia = await addMember(api, "manager", "Mia");
    const office = await openDevice(browser, server, admin);
    const phone = await openDevice(browser, server, mia, { viewport: { width: 360, height: 740 } });

    await office.goto("/settings?tab=workspace");
    await office.getByLabel("Ask another person before anything goes out").check();
    await office.getByRole("button", { name: "Save" }).last().click();
    await expect(office.getByRole("status").filter({ hasText: "Saved" })).toBeAttached();
    await ask(office, id);
    await expect(office.getByText("Pending approval", { exact: true })).toBeVisible();
    await expect(office.getByRole("button", { name: "Approve" })).toHaveCount(0);

    await phone.goto("/");
    await expect(phone.getByText("Waits for your approval")).toBeVisible();
    await phone.getByRole("link", { name: "Spring" }).first().click();
    await expect(phone.getByText(/Ana asked\s+on\s[^]*that it goes out/)).toBeVisible();
    await expectAccessible(phone);
    await phone.getByRole("button", { name: "Reject" }).click();
    const dialog = phone.getByRole("dialog");
    await dialog.getByRole("button", { name: "Reject" }).click();
    await expect(dialog.getByText("Say what has to change")).toBeVisible();
    await dialog.getByRole("textbox", { name: "Reason" }).fill("Name the shop");
    await dialog.getByRole("button", { name: "Reject" }).click();

    await expect(office.getByText(/Rejected by Mia/)).toBeVisible();
    await expect(office.getByText("Name the shop")).toBeVisible();
    await api.patch(`/campaigns/${id}`, { content: { text: "Hello from the shop" } });
    await expect(office.getByText(/Rejected by Mia/)).toBeHidden();
    await ask(office, id);

    await expect(phone.getByRole("button", { name: "Approve" })).toBeVisible();
    await untilInstalled(phone);
    await server.kill();
    await phone.getByRole("button", { name: "Approve" }).click();
    await expect(phone.getByText("Will be approved when online").first()).toBeVisible();
    await server.start();
    await reconnect(phone);
    await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 30_000);
    await office.goto(`/campaigns/${id}?tab=activity`);
    for (const told of ["asked for approval", "rejected the campaign", "approved the campaign"]) {
      await expect(office.getByText(new RegExp(told)).first()).toBeVisible();
    }
    await Promise.all([office.context().close(), phone.context().close()]);
  } finally {
    await server.close();
  }
});

async function ask(page: Page, id: string): Promise<void> {
  await page.goto(`/campaigns/${id}/edit?step=review`);
  await page.getByRole("button", { name: "Ask to send now" }).click();
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page).toHaveURL(/\/campaigns\/[^/]+$/);
}
