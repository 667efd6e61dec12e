// What few people need is fetched once there is time; who leaves sooner, or keeps a report for times
// without a network, has it then too.
import { expect, test } from "@playwright/test";
import {
  importPeople,
  keptParts,
  laterParts,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  untilInstalled,
  untilPartsKept,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

test("S2-20 the parts that come later come with a report that is kept, and with leaving the app", async ({
  browser,
}) => {
  const server = await RealServer.open();
  try {
    const { admin, api } = await prepareWorkspace(server);
    await importPeople(api, 20);
    const audienceId = await make(api, "/audiences", { name: "All", rule: { kind: "all" } });
    const accountId = await makeSandbox(api, "Sandbox", "email");
    const content = { subject: "Hi", text: "Hello" };
    const campaign = { name: "Autumn", type: "email", content, audienceId, accountId };
    const id = await make(api, "/campaigns", campaign);
    await api.post(`/campaigns/${id}/send`, {});
    await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 60_000);

    const page = await openDevice(browser, server, admin);
    await untilInstalled(page);
    // A page of the server, without the app: leaving alone asked for them.
    await page.goto("/health");
    await untilPartsKept(page);

    // Where data is dear nothing is fetched unasked.
    await page.addInitScript(() => {
      Object.defineProperty(navigator, "connection", { value: { saveData: true } });
    });
    await page.evaluate(() => caches.delete("optional-parts"));
    await page.goto(`/campaigns/${id}?tab=recipients`);
    const strip = page.getByRole("region", { name: "Available offline" });
    await expect(strip).toContainText("20 recipients can be kept");
    expect((await page.evaluate(keptParts)).length).toBeLessThan(laterParts().length);
    await strip.getByRole("button", { name: "Make available offline" }).click();
    await untilPartsKept(page);

    await server.kill();
    await page.goto(`/campaigns/${id}?tab=overview`);
    await expect(page.getByRole("heading", { name: "Autumn", level: 1 })).toBeVisible();
    await expect(page.getByRole("link", { name: "Overview" }).last()).toHaveAttribute(
      "aria-current",
      "page",
    );
    await expect(page.getByText("This page cannot be shown")).toHaveCount(0);
    await page.context().close();
  } finally {
    await server.close();
  }
});
