// Segments & usage on screen: reach, customers reached, and the lists of what was stopped, as the
// API has them, with their file.
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import * as v from "valibot";
import { endSending, openDevice, prepareDemo } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectAccessible } from "../support/usable.ts";

const usage = v.object({
  customersReached: v.number(),
  estimatedReach: v.array(v.object({ name: v.string(), email: v.number() })),
});

const subscriptions = v.object({
  items: v.array(v.object({ name: v.string(), statusText: v.string() })),
});

test("S4-21 S4-23 S4-24 S4-25 the page tells who was reached and can be, and lists the accounts, what carriers blocked and phones out of reach, with files", async ({
  browser,
}) => {
  const server = await RealServer.open();
  const demo = await prepareDemo(server);
  await endSending(demo.api);
  const page = await openDevice(browser, server, demo.admin);
  await page.goto("/reports?tab=usage&show=all&type=email");
  const reach = page.getByRole("region", { name: "Reach", exact: true });
  const { body } = await demo.api.get("/usage?type=email");
  const reachTold = v.parse(usage, body);
  const reached = reachTold.customersReached.toLocaleString("en");
  await expect(reach.getByText(reached, { exact: true })).toBeVisible();
  for (const { name } of reachTold.estimatedReach) await expect(reach).toContainText(name);

  await page.goto("/reports?tab=usage&show=all");
  const lists = [
    ["blocked", "Carrier-blocked messages"],
    ["unreachable", "Unreachable messages"],
  ] as const;
  let listed = 0;
  for (const [kind, title] of lists) {
    const card = page.getByRole("region", { name: title });
    const items = await demo.api.all(`/usage/messages?kind=${kind}`);
    if (items.length === 0) {
      await expect(card).toContainText("None in this selection.");
      continue;
    }
    listed += 1;
    const rows = card.getByRole("rowgroup").last().getByRole("row");
    await expect(rows).toHaveCount(Math.min(10, items.length));
    await expect(rows.first()).toContainText(String(items[0]?.["address"]));
    const coming = page.waitForEvent("download");
    await card.getByRole("link", { name: "Export CSV" }).click();
    const lines = readFileSync(await (await coming).path(), "utf8")
      .trim()
      .split("\r\n");
    expect(lines).toHaveLength(items.length + 1);
  }
  expect(listed).toBeGreaterThan(0);

  const accounts = page.getByRole("region", { name: "Subscriptions", exact: true });
  const told = v.parse(subscriptions, (await demo.api.get("/usage/subscriptions")).body);
  expect(told.items.length).toBeGreaterThan(0);
  const rows = accounts.getByRole("rowgroup").last().getByRole("row");
  await expect(rows).toHaveCount(told.items.length);
  for (const [n, { name, statusText }] of told.items.entries()) {
    await expect(rows.nth(n)).toContainText(name);
    await expect(rows.nth(n)).toContainText(statusText);
  }
  const file = page.waitForEvent("download");
  await accounts.getByRole("link", { name: "Export CSV" }).click();
  const lines = readFileSync(await (await file).path(), "utf8")
    .trim()
    .split("\r\n");
  expect(lines).toHaveLength(told.items.length + 1);
  await expectAccessible(page);
  await page.context().close();
  await server.close();
});
