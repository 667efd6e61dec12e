// How fast a new account starts: as is usual for its channel, unless whoever adds it says otherwise.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { make, openDevice, prepareWorkspace } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

test("S2-D8 a new account is filled in with its channel's usual speed, which may be changed or emptied; what exists and what the API makes without limits stays unlimited", async ({
  browser,
}) => {
  const server = await RealServer.open();
  try {
    const { admin, api } = await prepareWorkspace(server);
    const settings = { url: "http://127.0.0.1:9/a" };
    const relay = { name: "Relay", channel: "email", provider: "webhook", settings };
    await make(api, "/accounts", relay);
    const page = await openDevice(browser, server, admin);
    const dialog = page.getByRole("dialog");
    const speed = dialog.getByLabel("Messages a second", { exact: true });
    const expectSpeed = async (name: string, perSecond: number | null): Promise<void> => {
      const account = expect.objectContaining({
        name,
        limits: expect.objectContaining({ perSecond }),
      });
      expect((await api.get("/accounts")).body["items"]).toContainEqual(account);
    };

    await page.goto("/settings?tab=accounts");
    await page.getByRole("button", { name: "Edit Relay" }).click();
    await expect(speed).toHaveValue("");
    await page.keyboard.press("Escape");

    await page.getByRole("button", { name: "Add account" }).click();
    await expect(speed).toHaveValue("160");
    await expect(speed).toHaveAccessibleDescription(/Usual for E-mail: 160/);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);

    await dialog.getByLabel("Provider").selectOption("sandbox");
    await expect(speed).toHaveValue("");
    await dialog.getByLabel("Provider").selectOption("webhook");
    await dialog.getByLabel("Channel").selectOption("sms");
    await expect(speed).toHaveValue("250");
    await dialog.getByLabel("Name").fill("Texts");
    await dialog.getByLabel("Address").fill(settings.url);
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog).toBeHidden();
    await expectSpeed("Texts", 250);

    await page.getByRole("button", { name: "Add account" }).click();
    await dialog.getByLabel("Provider").selectOption("webhook");
    await speed.fill("");
    await dialog.getByLabel("Channel").selectOption("sms");
    await expect(speed).toHaveValue("");
    await dialog.getByLabel("Name").fill("Unlimited");
    await dialog.getByLabel("Address").fill(settings.url);
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog).toBeHidden();
    await expectSpeed("Unlimited", null);
    await expectSpeed("Relay", null);
    await page.context().close();
  } finally {
    await server.close();
  }
});
