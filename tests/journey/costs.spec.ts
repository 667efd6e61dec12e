// What messages cost, on the screens: before a launch, while it is reported, and at the audience that decides it.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";
import {
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

/** On every width, and in the dark. */
async function expectToFit(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [360, 820, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(over).toBeLessThanOrEqual(0);
      await page.screenshot({
        path: test.info().outputPath(`${name}-${width}-${colorScheme}.png`),
      });
    }
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  }
}

test("S3-33 S4-03 money stands beside segments before a launch and in the report; several lists make an audience", async ({
  browser,
}) => {
  test.setTimeout(150_000);
  const server = await RealServer.open();
  try {
    const { admin, api } = await prepareWorkspace(server);
    await importPeople(api, 40);
    const audienceId = await make(api, "/audiences", { name: "All", rule: { kind: "all" } });
    const accountId = await makeSandbox(api, "Sandbox", "sms");
    const price = { currency: "EUR", perUnit: 0.075 };
    expect((await api.patch(`/accounts/${accountId}`, { price })).status).toBe(200);
    const content = { subject: "", text: "x".repeat(200), html: "" };
    const fields = { name: "Two segments", type: "sms", audienceId, accountId, content };
    const id = await make(api, "/campaigns", fields);

    const page = await openDevice(browser, server, admin);
    await page.goto(`/campaigns/${id}/edit?step=review`);
    await expect(page.getByText("80 in all")).toBeVisible();
    await expect(page.getByText("€6.00")).toBeVisible();
    await expectToFit(page, "pre-flight");

    expect((await api.post(`/campaigns/${id}/send`, {})).status).toBeLessThan(300);
    await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 30_000);
    await page.goto(`/campaigns/${id}`);
    await expect(page.getByText("Cost: €6.00 for 80 segments")).toBeVisible();
    await expectToFit(page, "report");

    await page.goto("/audience/new");
    await page.getByText("A filter", { exact: true }).click();
    const list = page
      .getByRole("group", { name: /^Lists/ })
      .getByRole("checkbox")
      .first();
    await list.check();
    await expect(list).toBeChecked();
    await expectToFit(page, "lists");
  } finally {
    await server.close();
  }
});
