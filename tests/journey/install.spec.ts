import { expect, test } from "@playwright/test";
import { untilInstalled } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

test("the browser finds nothing that keeps the app from being installed", async ({ page }) => {
  const server = await RealServer.open();
  try {
    await page.goto(server.url);
    await page.evaluate(async () => await navigator.serviceWorker.ready);

    const browser = await page.context().newCDPSession(page);
    const manifest = await browser.send("Page.getAppManifest");
    expect(manifest.errors).toEqual([]);
    const complaints = async () => {
      const { installabilityErrors } = await browser.send("Page.getInstallabilityErrors");
      return installabilityErrors.map(({ errorId }) => errorId);
    };
    // A test's own window counts as incognito; that is the only thing it may complain of.
    await expect.poll(complaints).toEqual(["in-incognito"]);
  } finally {
    await server.close();
  }
});

test("a page that came past the service worker is put under it", async ({ page }) => {
  const server = await RealServer.open();
  try {
    await page.goto(server.url);
    await untilInstalled(page);
    // As when a page is reloaded with Shift, or while the worker is being installed.
    const browser = await page.context().newCDPSession(page);
    const isLoaded = page.waitForEvent("load");
    await browser.send("Page.reload", { ignoreCache: true });
    await isLoaded;
    await untilInstalled(page);
  } finally {
    await server.close();
  }
});
