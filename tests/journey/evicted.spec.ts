// A browser that cleared what the app kept: the person hears of it, and of what may be lost.
import { expect, test, type Page } from "@playwright/test";
import {
  addMember,
  openDevice,
  prepareWorkspace,
  untilInstalled,
  untilLive,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

test.describe.configure({ timeout: 120_000 });

let server: RealServer;

test.beforeAll(async () => {
  server = await RealServer.open();
});

test.afterAll(() => server.close());

const usual = { timeout: 30_000 };

/** As a browser does when its disk is full: the databases go, cookies stay. */
async function evict(page: Page): Promise<void> {
  await page.goto("/api/v1/openapi.json");
  await page.evaluate(async () => {
    for (const { name = "" } of await indexedDB.databases()) {
      await new Promise<void>((resolve, reject) => {
        const asked = indexedDB.deleteDatabase(name);
        asked.addEventListener("success", () => resolve());
        asked.addEventListener("error", () => reject(new Error(`${name} was not deleted`)));
      });
    }
  });
}

test("[S47] S4 survival: data that the browser deleted is told at the start and in the Sync centre, once read only there", async ({
  browser,
}) => {
  const { api } = await prepareWorkspace(server);
  const finn = await addMember(api, "field", "Finn");
  const page = await openDevice(browser, server, finn);
  await untilInstalled(page);
  await server.stop();
  await page.getByRole("link", { name: "Campaigns" }).first().click();
  await page.getByRole("link", { name: "New campaign" }).first().click();
  await page.getByRole("textbox", { name: "Name" }).fill("Taken by the browser");
  await page.getByRole("radio", { name: /SMS/ }).check();
  await page.getByRole("button", { name: "Next: content" }).click();
  await expect(page.getByRole("link", { name: /^Sync: / })).toContainText("1 unsent", usual);
  // It must not meet the server again before its data is gone.
  await page.context().route("**/sync/**", (route) => route.abort());
  await server.start();
  await evict(page);
  await page.context().unroute("**/sync/**");

  await page.goto("/");
  await untilLive(page);
  const notice = page.getByText(/This browser deleted what the app kept on this device/);
  await expect(notice).toContainText("1 unsent change may be lost.", usual);
  await page.getByRole("button", { name: "I have read it" }).click();
  await expect(notice).toHaveCount(0);
  await page.goto("/sync");
  await expect(notice).toContainText("1 unsent change may be lost.", usual);
  await expect(page.getByRole("button", { name: "I have read it" })).toHaveCount(0);
  await page.context().close();
});
