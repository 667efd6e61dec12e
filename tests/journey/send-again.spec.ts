// From the gap of a campaign to another send: who, why and what it costs, then one click.
import { expect, test } from "@playwright/test";
import {
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  unguarded,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectAccessible } from "../support/usable.ts";

test("S3-33 one click sends again to exactly those who can be reached, or a new campaign is made for them", async ({
  browser,
}) => {
  const server = await RealServer.open();
  const { admin, api } = await prepareWorkspace(server);
  // So many that chance leaves some of them expired each time: about one of sixteen.
  await importPeople(api, 300);
  const audienceId = await make(api, "/audiences", { name: "All", rule: { kind: "all" } });
  const failures = { expired: 2, unknown_recipient: 1 };
  const failing = { failurePercent: 60, failures, guards: unguarded };
  const accountId = await makeSandbox(api, "Sandbox", "email", failing);
  const content = { subject: "Hello", text: "Hello {{ first_name }}" };
  const fields = { name: "Winter", type: "email", audienceId, accountId, content };
  const id = await make(api, "/campaigns", fields);
  await api.post(`/campaigns/${id}/send`);
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed");
  const { body: preview } = await api.get(`/campaigns/${id}/retry`);
  const n = Number(preview["n"]);
  expect(n).toBeGreaterThan(1);

  const page = await openDevice(browser, server, admin);
  await page.goto(`/campaigns/${id}?tab=gap`);
  await expect(
    page.getByText(`${n} recipients of these can be reached as they are.`),
  ).toBeVisible();
  await page.getByRole("button", { name: "New campaign for them" }).click();
  await expect(page).toHaveURL(/\/edit/);
  await api.until("/audiences", ({ items }) => isMade(items));

  await page.goto(`/campaigns/${id}?tab=gap`);
  await page.getByRole("button", { name: `Send again to ${n} recipients` }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Not delivered before it expired");
  await expect(dialog).toContainText(`It costs ${n} messages.`);
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Send again" }).click();
  await expect(dialog).toBeHidden();
  await api.until(
    `/campaigns/${id}/messages?limit=1000`,
    ({ items }) => Array.isArray(items) && items.filter(isFourth).length === n,
  );
  await server.close();
});

test("S3-33 what is tried again by itself is not told as something to mend", async ({
  browser,
}) => {
  const server = await RealServer.open();
  const { admin, api } = await prepareWorkspace(server);
  await importPeople(api, 5);
  const audienceId = await make(api, "/audiences", { name: "All", rule: { kind: "all" } });
  const failing = { failurePercent: 100, failures: { unreachable: 1 }, guards: unguarded };
  const accountId = await makeSandbox(api, "Sandbox", "sms", failing);
  const fields = { name: "Autumn", type: "sms", audienceId, accountId, content: { text: "Hello" } };
  const id = await make(api, "/campaigns", fields);
  await api.post(`/campaigns/${id}/send`);
  await api.until(
    `/campaigns/${id}/messages?limit=10`,
    ({ items }) => Array.isArray(items) && items.length === 5 && items.every(waitsForNext),
  );
  const page = await openDevice(browser, server, admin);
  await page.goto(`/campaigns/${id}?tab=gap`);
  const row = page.getByRole("row").filter({ hasText: "Queued" });
  await expect(row).toContainText("Nothing to do: it is tried again by itself.");
  await server.close();
});

function waitsForNext(row: unknown): boolean {
  const { state, reason, attempts } = Object(row);
  return state === "queued" && reason === "unreachable" && Number(attempts) > 0;
}

function isMade(list: unknown): boolean {
  return JSON.stringify(list).includes("Missed by Winter");
}

/** The fourth send of a message is a person's: by itself it happens three times at most. */
function isFourth(row: unknown): boolean {
  return Number(Object(row).attempts) > 3;
}
