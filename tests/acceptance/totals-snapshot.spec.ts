// Snapshots of reports across campaigns: the name on screen is that of the API and of every file.
import { readFile } from "node:fs/promises";
import { expect, test, type Page } from "@playwright/test";
import { dayMs } from "#domain/core/time.ts";
import * as v from "valibot";
import type { ApiClient } from "../support/api-client.ts";
import {
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  unguarded,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

const named = v.object({ snapshot: v.string() });
const withActions = v.object({ ...named.entries, actions: named });

/** Days, weeks and months begin elsewhere than where the server is. */
const timezoneId = "America/New_York";
const locale = "en-US";
const shape = /[0-9a-f]{4}(?:-[0-9a-f]{4}){3}/;

test("I-10 S2-07 S4-02 analytics, what leads to action, dashboards and usage carry the snapshot that the API tells", async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const server = await RealServer.open();
  const { admin, api } = await prepareWorkspace(server);
  await sendOne(api);
  const page = await openDevice(browser, server, admin, { timezoneId, locale });
  const zone = `zone=${timezoneId}`;
  const days = `from=${dayFrom(-9 * dayMs)}&to=${dayFrom(2 * dayMs)}`;

  await page.goto(`/reports?tab=analytics&show=custom&${days}`);
  const { body } = await api.get(`/analytics?${zone}&${days}&weekStart=sunday`);
  const { snapshot, actions } = v.parse(withActions, body);
  await expect.poll(() => snapshotOn(page)).toBe(snapshot);
  expect(await savedPage(page)).toContain(snapshot);
  await page.goto(`/reports?tab=compare&show=custom&${days}`);
  await expect.poll(() => snapshotOn(page)).toBe(snapshot);
  await page.goto(`/reports?tab=action&show=custom&${days}`);
  await expect.poll(() => snapshotOn(page)).toBe(actions.snapshot);
  expect(await savedPage(page)).toContain(actions.snapshot);

  await page.goto("/reports?tab=usage&show=all");
  const usage = v.parse(named, (await api.get(`/usage?${zone}`)).body);
  await expect.poll(() => snapshotOn(page)).toBe(usage.snapshot);
  expect(await savedPage(page)).toContain(usage.snapshot);
  const coming = page.waitForEvent("download");
  const blocked = page.getByRole("region", { name: "Carrier-blocked messages" });
  await blocked.getByRole("link", { name: "Export CSV" }).click();
  expect((await coming).suggestedFilename()).toContain(usage.snapshot);
  // Another filter is another name.
  await page.goto("/reports?tab=usage&show=all&type=email");
  const mails = v.parse(named, (await api.get(`/usage?type=email&${zone}`)).body);
  await expect.poll(() => snapshotOn(page)).toBe(mails.snapshot);
  expect(mails.snapshot).not.toBe(usage.snapshot);
  await page.context().close();
  await server.close();
});

/** So far from now that it is another day wherever the device is. */
function dayFrom(ms: number): string {
  return new Date(Date.now() + ms).toISOString().slice(0, 10);
}

async function snapshotOn(page: Page): Promise<string | null> {
  const about = await page.locator("main [data-about]").textContent();
  return shape.exec(about ?? "")?.[0] ?? null;
}

async function savedPage(page: Page): Promise<string> {
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as web page" }).click();
  return readFile(await (await coming).path(), "utf8");
}

/** A campaign some of whose messages carriers block. */
async function sendOne(api: ApiClient): Promise<void> {
  await importPeople(api, 40);
  const audienceId = await make(api, "/audiences", { name: "Everybody", rule: { kind: "all" } });
  const settings = { guards: unguarded, failurePercent: 50, failures: { carrier_rejected: 1 } };
  const accountId = await makeSandbox(api, "Texts", "sms", settings);
  const content = { text: "Doors open at nine" };
  const plan = { name: "Fair", type: "sms", content, audienceId, accountId };
  const id = await make(api, "/campaigns", plan);
  await api.post(`/campaigns/${id}/send`);
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 60_000);
}
