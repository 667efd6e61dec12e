// An address that leads nowhere: said once, in words, and left by a link.
import { expect, test } from "@playwright/test";
import { openDevice, prepareWorkspace, untilInstalled } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

test("an address that leads nowhere says so and loads once, with and without a server", async ({
  browser,
}) => {
  const server = await RealServer.open();
  const { admin } = await prepareWorkspace(server);
  const page = await openDevice(browser, server, admin);
  await untilInstalled(page);
  let loads = 0;
  page.on("load", () => (loads += 1));
  try {
    for (const isServed of [true, false]) {
      loads = 0;
      if (!isServed) await server.kill();
      await page.goto("/nowhere");
      await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
      // Kit asks for the newest version before it shows an error: that answer must have come.
      await page.waitForLoadState("networkidle");
      await page.getByRole("link", { name: "Go to the overview" }).click();
      await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
      expect(loads).toBe(1);
    }
  } finally {
    await page.context().close();
    await server.close();
  }
});
