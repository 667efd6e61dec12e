// A code for everybody: a pool is made while the text is written, and the review and the report tell of it.
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

test("S0-14 S0-23 S0-24 S0-26 a pool is made beside the text, the review counts its codes, and the report what became of them", async ({
  browser,
}) => {
  test.setTimeout(150_000);
  const server = await RealServer.open();
  try {
    const { admin, api } = await prepareWorkspace(server);
    await importPeople(api, 20);
    const audienceId = await make(api, "/audiences", { name: "All", rule: { kind: "all" } });
    const accountId = await makeSandbox(api, "Sandbox", "sms");
    const content = { subject: "", text: "Your code: {{ code }}", html: "" };
    const fields = { name: "Summer", type: "sms", audienceId, accountId, content };
    const id = await make(api, "/campaigns", fields);

    const page = await openDevice(browser, server, admin);
    await page.goto(`/campaigns/${id}/edit?step=content`);
    await expect(page.getByText("{{ code }} needs a code pool")).toBeVisible();
    await page.getByRole("button", { name: "New code pool" }).click();
    await page.getByLabel("Name of the pool").fill("Summer codes");
    await page.getByLabel("Codes", { exact: true }).fill("15");
    await expectFitsAll(page);
    await page.getByRole("button", { name: "Make the pool" }).click();
    await expect(page.getByLabel("Code pool")).toHaveValue(/.{36}/);
    await expect(page.getByText("needs a code pool")).toBeHidden();
    await expect(page.getByText("Your code: K7PX0129QM")).toBeVisible();
    await expect(page.getByText("Saved", { exact: true })).toBeVisible();
    await api.until(`/campaigns/${id}`, ({ codePoolId }) => codePoolId !== null, 20_000);

    await page.getByRole("link", { name: "Next: audience" }).click();
    await page.getByRole("link", { name: "Next: review" }).click();
    await expect(page.getByText("20 needed, only 15 left in the pool")).toBeVisible();
    await expectFitsAll(page);
    const refused = await api.post(`/campaigns/${id}/send`, {});
    expect(refused.status).toBe(409);

    await page.getByRole("link", { name: "Back: audience" }).click();
    await page.getByRole("link", { name: "Back: content" }).click();
    await page.getByLabel("Send although there are too few codes").check();
    await api.until(`/campaigns/${id}`, ({ codePolicy }) => codePolicy === "skip", 20_000);
    expect((await api.post(`/campaigns/${id}/send`, {})).status).toBeLessThan(300);
    await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 30_000);
    await page.goto(`/campaigns/${id}`);
    await expect(page.getByText("Codes published")).toBeVisible();
    await expect(page.getByText("Redemption rate")).toBeVisible();
    await expectFitsAll(page);
  } finally {
    await server.close();
  }
});

test("a file of codes is taken with each line that was turned away, and a pool is given its times", async ({
  browser,
}) => {
  test.setTimeout(150_000);
  const server = await RealServer.open();
  try {
    const { admin, api } = await prepareWorkspace(server);
    const id = await make(api, "/code-pools", { name: "Winter codes" });
    const page = await openDevice(browser, server, admin);
    await page.goto("/codes");
    await page.getByRole("button", { name: "Winter codes" }).click();
    const lines = ["WINTER-1", "WINTER-2", "no code!", "winter-1", "WINTER-3"];
    await page.getByLabel("Codes from a file").setInputFiles({
      name: "codes.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(lines.join("\r\n")),
    });
    await expect(page.getByText("3 codes added.")).toBeVisible();
    await expect(page.getByText("2 lines turned away.")).toBeVisible();
    const told = page.getByRole("table", { name: "Lines turned away" });
    await expect(told.getByRole("row").nth(1)).toContainText("Line 3No code");
    await expect(told.getByRole("row").nth(2)).toContainText("Line 4It is in the pool already");
    await expect(page.getByRole("table", { name: "Codes of Winter codes" })).toContainText(
      "WINTER-2",
    );

    const [from, until] = [page.getByLabel("Redeemable from"), page.getByLabel("Redeemable until")];
    await from.fill("2026-12-01T09:00");
    await from.blur();
    await until.fill("2026-11-01T09:00");
    await until.blur();
    await expect(page.getByText("Choose an end after the beginning")).toBeVisible();
    await until.fill("2026-12-24T18:00");
    await until.blur();
    await api.until(`/code-pools/${id}`, ({ endsAt }) => endsAt !== null, 20_000);
    const { body } = await api.get(`/code-pools/${id}`);
    expect(body).toMatchObject({ size: 3, startsAt: expect.stringContaining("2026-12-01") });
    await expectFitsAll(page);
  } finally {
    await server.close();
  }
});
