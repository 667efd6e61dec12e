// Each language, on a device that has fetched it once: without a network the app is in it as well.
import { expect, test } from "@playwright/test";
import * as v from "valibot";
import arabic from "#lib/i18n/texts/ar.json" with { type: "json" };
import {
  importPeople,
  make,
  openDevice,
  prepareWorkspace,
  untilInstalled,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

const languages = [
  { key: "de", name: "Deutsch", overview: "Übersicht", status: "Abgeschlossen" },
  { key: "es", name: "Español", overview: "Resumen", status: "Completada" },
  { key: "fr", name: "Français", overview: "Vue d’ensemble", status: "Terminée" },
  { key: "ar", name: "العربية", overview: "نظرة عامة", status: "مكتملة" },
] as const;

test("the app starts in its language without a network", async ({ browser }) => {
  const server = await RealServer.open();
  try {
    const { admin, api } = await prepareWorkspace(server);
    await make(api, "/campaigns", { name: "Autumn", type: "sms" });
    const page = await openDevice(browser, server, admin);
    await untilInstalled(page);
    for (const { key, name, overview, status } of languages) {
      await page.goto("/settings?tab=device");
      await page.locator("select").filter({ hasText: name }).selectOption(name);
      await expect(page.locator("html")).toHaveAttribute("lang", key);
      // Chosen for good once the service worker keeps its texts.
      await expect.poll(() => page.evaluate(keeps, status), { timeout: 20_000 }).toBe(true);

      await page.context().setOffline(true);
      await page.goto("/campaigns");
      await expect(page.locator("html")).toHaveAttribute("lang", key);
      await expect(page.locator("html")).toHaveAttribute("dir", key === "ar" ? "rtl" : "ltr");
      await expect(page.getByRole("link", { name: overview, exact: true })).toBeVisible();
      await expect(page.getByRole("search").getByText(status, { exact: true })).toBeVisible();
      await page.context().setOffline(false);
    }
    await page.context().close();
  } finally {
    await server.close();
  }
});

test("where a region has digits of its own, one is counted as one", async ({ browser }) => {
  const server = await RealServer.open();
  const context = await browser.newContext({ baseURL: server.url, locale: "ar-EG" });
  try {
    const { admin, api } = await prepareWorkspace(server);
    await importPeople(api, 1);
    const page = await context.newPage();
    await page.goto("/");
    await page.locator("input[type=email]").fill(admin.email);
    await page.locator("input[type=password]").fill(admin.password);
    await page.locator("form button[type=submit]").click();
    await page.getByRole("link", { name: "الجمهور", exact: true }).click();
    // Its words are those of a table that was made before the page.
    await expect(page.locator("a[href='/sync']")).toContainText(arabic["Live"]);
    await expect(page.locator("html")).toHaveAttribute("lang", "ar");
    await page.getByRole("link", { name: "جمهور جديد", exact: true }).click();
    const forms = v.parse(v.record(v.string(), v.string()), arabic["{0} contacts"]);
    await expect(
      page
        .getByRole("main")
        .getByText(forms["one"] ?? "")
        .first(),
    ).toBeVisible();
  } finally {
    await context.close();
    await server.close();
  }
});

/** Whether one of the parts that this device keeps has this text. */
async function keeps(text: string): Promise<boolean> {
  const cache = await caches.open("optional-parts");
  for (const request of await cache.keys()) {
    const part = await cache.match(request);
    if ((await part?.text())?.includes(text) === true) return true;
  }
  return false;
}
