// What messages cost, on the screens: before a launch, while it is reported, and at the audience that decides it.
import { expect, test } from "@playwright/test";
import {
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectFitsAll } from "../support/usable.ts";

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
    await expectFitsAll(page);

    expect((await api.post(`/campaigns/${id}/send`, {})).status).toBeLessThan(300);
    await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 30_000);
    await page.goto(`/campaigns/${id}`);
    await expect(page.getByText("Cost: €6.00 for 80 segments")).toBeVisible();
    await expectFitsAll(page);

    await page.goto("/audience/new");
    await page.getByText("A filter", { exact: true }).click();
    const list = page
      .getByRole("group", { name: /^Lists/ })
      .getByRole("checkbox")
      .first();
    await list.check();
    await expect(list).toBeChecked();
    await expectFitsAll(page);
  } finally {
    await server.close();
  }
});
