// The operator's side of receipts: what comes back to a mail account, and what belongs to nothing.
import { expect, test } from "@playwright/test";
import { make, openDevice, prepareWorkspace } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectAccessible } from "../support/usable.ts";

test("an account's way back is set up and tried, and what matches no message is looked at and discarded", async ({
  browser,
}) => {
  const server = await RealServer.open();
  try {
    const { admin, api } = await prepareWorkspace(server);
    const settings = { host: "127.0.0.1", port: 9, from: "news@example.org" };
    await make(api, "/accounts", { name: "Relay", channel: "email", provider: "smtp", settings });
    const hook = { name: "Hook", channel: "email", provider: "webhook" };
    const hookId = await make(api, "/accounts", {
      ...hook,
      settings: { url: "http://127.0.0.1:9/a" },
    });
    for (const state of ["failed", "teleported"]) {
      const told = { key: "nobody", state, words: "no bo@shop.example" };
      expect((await api.post(`/receipts/${hookId}`, told)).status).toBe(200);
    }
    const page = await openDevice(browser, server, admin);

    await page.goto("/settings?tab=accounts");
    await page.getByRole("button", { name: "Edit Relay" }).click();
    await page.getByLabel("Mails that come back").selectOption("imap");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Fill in: Address they come back to")).toBeVisible();
    await page.getByLabel("Address they come back to").fill("bounces@example.org");
    await page.getByLabel("IMAP server").fill("127.0.0.1");
    await page.getByLabel("IMAP port").fill("9");
    await page.getByLabel("IMAP user").fill("bounces");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    await page.getByRole("button", { name: "Edit Relay" }).click();
    await page.getByRole("button", { name: "Try to read it" }).click();
    await expect(page.getByText(/It cannot be read/)).toBeVisible();
    await page.keyboard.press("Escape");

    await page.goto("/settings?tab=dead-letters");
    await expect(page.getByText("Tried again now: 1. Given up so far: 1.")).toBeVisible();
    await expect(
      page.getByRole("heading", { name: "Names no message of this account" }),
    ).toBeVisible();
    await expect(page.getByText("no •••@•••").first()).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: /^Discard: state "teleported"/ }).click();
    await expect(
      page.getByRole("heading", { name: "Uses a word that nobody here knows" }),
    ).toBeHidden();
    await page.getByRole("button", { name: "Discard all" }).click();
    await expect(page.getByText("Nothing here")).toBeVisible();
    await page.context().close();
  } finally {
    await server.close();
  }
});

test("what was saved of an account stands in its dialog, though no news of it has come yet", async ({
  browser,
}) => {
  const server = await RealServer.open();
  try {
    const { admin, api } = await prepareWorkspace(server);
    const settings = { host: "127.0.0.1", port: 9, from: "news@example.org" };
    await make(api, "/accounts", { name: "Relay", channel: "email", provider: "smtp", settings });
    const page = await openDevice(browser, server, admin);
    await page.goto("/settings?tab=accounts");
    await expect(page.getByRole("button", { name: "Edit Relay" })).toBeVisible();
    // From now on it hears nothing, and the page asks the server all the same.
    await page.routeWebSocket("**/sync/live", (line) => line.close());
    await page.route("**/sync/pull", (route) => route.abort());
    await page.reload();
    const relay = page.getByRole("textbox", { name: "Server" });
    for (const host of ["127.0.0.2", "127.0.0.3"]) {
      await page.getByRole("button", { name: "Edit Relay" }).click();
      await relay.fill(host);
      await page.getByRole("button", { name: "Save" }).click();
      await expect(page.getByRole("dialog")).toBeHidden();
      await page.getByRole("button", { name: "Edit Relay" }).click();
      await expect(relay).toHaveValue(host);
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toBeHidden();
    }
    await page.context().close();
  } finally {
    await server.close();
  }
});
