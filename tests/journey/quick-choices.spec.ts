// Who chooses faster than the page follows loses none of what they chose.
import { expect, test } from "@playwright/test";
import {
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

test("I-10 a search that is taken back and a state chosen at the same moment both count", async ({
  browser,
}) => {
  const server = await RealServer.open();
  try {
    const { admin, api } = await prepareWorkspace(server);
    await importPeople(api, 40);
    const audienceId = await make(api, "/audiences", { name: "All", all: true });
    const accountId = await makeSandbox(api, "Sandbox", "email", { failurePercent: 0 });
    const content = { subject: "Hi", text: "Hello" };
    const campaign = { name: "Autumn", type: "email", content, audienceId, accountId };
    const id = await make(api, "/campaigns", campaign);
    await api.post(`/campaigns/${id}/send`, {});
    await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 60_000);

    const page = await openDevice(browser, server, admin);
    await page.goto(`/campaigns/${id}?tab=recipients`);
    await expect(page.getByText(/^40 recipients/)).toBeVisible();
    await page.getByRole("searchbox", { name: "Search" }).fill("person-1");
    await expect(page.getByText(/^11 recipients of 40/)).toBeVisible();

    // In one go: the page has no moment to follow.
    await page.getByRole("search", { name: "Recipients" }).evaluate((filters) => {
      const search = filters.querySelector<HTMLInputElement>('input[type="search"]');
      const state = filters.querySelector("select");
      if (search === null || state === null) throw new Error("The filters are not there");
      search.value = "";
      search.dispatchEvent(new InputEvent("input", { bubbles: true }));
      state.value = "delivered";
      state.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await expect(page).toHaveURL((url) => url.searchParams.get("state") === "delivered");
    await expect(page).toHaveURL((url) => !url.searchParams.has("q"));
    await expect(page.getByRole("searchbox", { name: "Search" })).toHaveValue("");
    await expect(page.getByText(/^40 recipients of 40/)).toBeVisible();
  } finally {
    await server.close();
  }
});
