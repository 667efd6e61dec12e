// Deleting campaigns on a device, with and without a network: lists lose them, totals do not.
import { expect, test, type Page } from "@playwright/test";
import {
  cardOf,
  choose,
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  reconnect,
  unguarded,
  untilInstalled,
  type Workspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

test("AMB-22 I-6 I-10 [S52] on a device a deleted campaign leaves the list and no total, online and offline", async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const server = await RealServer.open();
  const workspace = await prepareWorkspace(server);
  const ids = await sendTwo(workspace);
  const page = await openDevice(browser, server, workspace.admin);
  await untilInstalled(page);
  await page.goto("/campaigns");
  await expect(cardOf(page, "Second")).toBeVisible();
  const before = await told(page);
  expect(before.segments).toContain("60");
  expect(before.parts.join()).toContain("First");

  // Another person deletes it: the device hears of it.
  await workspace.api.delete(`/campaigns/${ids[0]}`);
  await page.goto("/campaigns");
  // Before the list is drawn nothing is in it.
  await expect(cardOf(page, "Second")).toBeVisible();
  await expect(cardOf(page, "First")).toHaveCount(0);
  const after = await told(page);
  expect(after.segments).toEqual(before.segments);
  expect(after.figures).toEqual(before.figures);
  expect(after.parts.join()).toContain("First (deleted)");

  await server.kill();
  await page.goto(`/campaigns/${ids[1]}`);
  await choose(page, "Delete");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Totals keep its numbers");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("heading", { name: "Campaigns", exact: true })).toBeVisible();
  await expect(cardOf(page, "Second")).toHaveCount(0);
  const offline = await told(page);
  expect([offline.segments, offline.figures]).toEqual([before.segments, before.figures]);

  await server.start();
  await reconnect(page);
  await expect.poll(async () => (await workspace.api.get(`/campaigns/${ids[1]}`)).status).toBe(404);
  const synced = await told(page);
  expect([synced.segments, synced.figures]).toEqual([before.segments, before.figures]);
  const { body } = await workspace.api.get("/usage");
  expect(body["messages"]).toMatchObject({ total: 60 });
  await page.context().close();
  await server.close();
});

test("a deletion can be undone, with the results or with all of the plan, before and after the server heard of it", async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const server = await RealServer.open();
  const workspace = await prepareWorkspace(server);
  const { api } = workspace;
  const [sent = ""] = await sendTwo(workspace);
  const plan = await make(api, "/campaigns", { name: "Plan", type: "sms", trackLinks: false });
  const page = await openDevice(browser, server, workspace.admin);
  await untilInstalled(page);
  const undo = page.getByRole("button", { name: "Undo" });

  // The server heard of it: what it kept comes back, and not a copy.
  await page.goto(`/campaigns/${sent}`);
  await choose(page, "Delete");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("You can undo it right after");
  await expect(dialog).not.toContainText("cannot be undone");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect.poll(async () => (await api.get(`/campaigns/${sent}`)).status).toBe(404);
  await undo.click();
  await expect(page.getByText("It is back").first()).toBeVisible();
  await expect(cardOf(page, "First")).toBeVisible();
  expect((await api.get(`/campaigns/${sent}/report`)).body["counters"]).toMatchObject({
    total: 30,
  });

  await page.goto(`/campaigns/${plan}`);
  await choose(page, "Delete");
  await expect.poll(async () => (await api.get(`/campaigns/${plan}`)).status).toBe(404);
  await undo.click();
  await expect(cardOf(page, "Plan")).toBeVisible();
  await expect.poll(async () => (await api.get(`/campaigns/${plan}`)).status).toBe(200);
  expect((await api.get(`/campaigns/${plan}`)).body).toMatchObject({ trackLinks: false });

  // Nobody heard of it.
  await server.kill();
  await page.goto(`/campaigns/${sent}`);
  await choose(page, "Delete");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(cardOf(page, "Second")).toBeVisible();
  await expect(cardOf(page, "First")).toHaveCount(0);
  await undo.click();
  await expect(cardOf(page, "First")).toBeVisible();
  await page.context().close();
  await server.close();
});

async function sendTwo({ api }: Workspace): Promise<readonly string[]> {
  await importPeople(api, 30);
  const audienceId = await make(api, "/audiences", { name: "Everybody", rule: { kind: "all" } });
  const accountId = await makeSandbox(api, "Mail", "email", {
    guards: unguarded,
    failurePercent: 20,
  });
  const ids: string[] = [];
  for (const name of ["First", "Second"]) {
    const content = { subject: name, text: `${name} of two` };
    const plan = { name, type: "email", content, audienceId, accountId };
    const id = await make(api, "/campaigns", plan);
    await api.post(`/campaigns/${id}/send`);
    await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 60_000);
    ids.push(id);
  }
  return ids;
}

/** What Segments & usage and the analytics say of everything. */
async function told(page: Page) {
  await page.goto("/reports?tab=usage&show=all");
  const total = page.getByRole("heading", { name: /^Total segments/ });
  await expect(total).toHaveText(/[1-9]/);
  const segments = [
    await total.textContent(),
    ...(await page.locator("summary").allTextContents()),
  ].join(" ");
  await page.goto("/reports?tab=analytics&show=all");
  const figures = page.locator(".tiles").first();
  await expect(page.getByText("Submitted").first()).toBeVisible();
  const parts = page.getByRole("figure", { name: "By campaign" });
  await expect(parts).toContainText(/First/);
  return {
    segments,
    figures: await figures.textContent(),
    parts: await parts.allTextContents(),
  };
}
