import { expect, test } from "@playwright/test";
import { RealServer } from "../support/real-server.ts";

test("the app opens again after the server is gone", async ({ page }) => {
  const server = await RealServer.open();
  const complaints: string[] = [];
  page.on("console", (line) => {
    if (line.type() === "error") complaints.push(line.text());
  });
  try {
    await page.goto(server.url);
    await expect(page.getByRole("heading", { name: "Set up Fieldcast" })).toBeVisible();
    await page.evaluate(async () => await navigator.serviceWorker.ready);
    await expect
      .poll(async () => await page.evaluate(() => navigator.serviceWorker.controller !== null))
      .toBe(true);

    expect(complaints).toEqual([]);

    await server.kill();
    await page.reload();
    await expect(page.getByText("No connection to the server.")).toBeVisible();
  } finally {
    await server.close();
  }
});
