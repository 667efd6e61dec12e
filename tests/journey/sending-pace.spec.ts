// How fast a campaign goes and what holds it back, on its page while it is sending.
import { expect, test, type Page } from "@playwright/test";
import {
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

let server: RealServer;
let page: Page;

test.beforeAll(async () => {
  server = await RealServer.open();
});

test.afterAll(async () => {
  await page.context().close();
  await server.close();
});

/** Messages a second, as the page says; null: it says nothing. */
async function rate(): Promise<number | null> {
  const text = await page.locator("main").innerText();
  const told = /([\d,.]+) messages? a second/.exec(text)?.[1];
  return told === undefined ? null : Number(told.replace(",", ""));
}

test("S3-27 while it is sending, a campaign's page says how fast it goes and what limits it, and neither once it stands still", async ({
  browser,
}) => {
  const workspace = await prepareWorkspace(server);
  const { api } = workspace;
  await importPeople(api, 2_000);
  const audienceId = await make(api, "/audiences", { name: "Everyone", rule: { kind: "all" } });
  const accountId = await makeSandbox(api, "Slow mail", "email");
  await api.patch(`/accounts/${accountId}`, { limits: { perSecond: 4 } });
  const content = { subject: "Hello", text: "Hello", html: "" };
  const draft = { name: "Slow news", type: "email", content, audienceId, accountId };
  const id = await make(api, "/campaigns", draft);
  await api.post(`/campaigns/${id}/send`, {});
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "active", 30_000);

  page = await openDevice(browser, server, workspace.admin);
  await page.goto(`/campaigns/${id}`);
  await expect(page.getByText("limited by the account's 4 a second")).toBeVisible();
  let told: number | null = null;
  await expect.poll(async () => (told = await rate())).toBeGreaterThan(0);
  // A second has the limit and one burst at most.
  expect(told).toBeLessThanOrEqual(6);

  await api.patch(`/accounts/${accountId}`, { limits: { perSecond: 20 } });
  await expect(page.getByText("limited by the account's 20 a second")).toBeVisible();
  await expect.poll(rate).toBeGreaterThan(6);

  // One call after the other, each of half a second: what may be in flight is what counts now.
  await api.patch(`/accounts/${accountId}`, {
    limits: { perSecond: null, concurrency: 1 },
    settings: { latencyMs: 500 },
  });
  const inFlight = "limited by the messages that may be in flight at once";
  await expect(page.getByText(inFlight)).toBeVisible();
  await expect.poll(rate).toBeLessThanOrEqual(4);

  await page.getByRole("button", { name: "Pause" }).click();
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "paused", 20_000);
  await expect(page.getByText(inFlight)).toBeHidden();
  await expect.poll(rate).toBeNull();
});
