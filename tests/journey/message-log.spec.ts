// Reports, Messages: the log is narrowed by its filters, which stay in the address; its file has
// exactly the rows that are shown, and all of it goes with keys alone.
import { readFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";
import { expect, test } from "@playwright/test";
import {
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  unguarded,
} from "../support/journey.ts";
import type { ApiClient } from "../support/api-client.ts";
import { RealServer } from "../support/real-server.ts";

type Line = Readonly<Record<string, string>>;

test("S2-D5 S1-20 S1-21 the log is narrowed, kept in the address, taken as a file and read with keys alone", async ({
  browser,
}) => {
  const server = await RealServer.open();
  const { admin, api } = await prepareWorkspace(server);
  await send(api, "email", 30);
  await send(api, "sms", 50);
  const page = await openDevice(browser, server, admin);
  const log = page.getByRole("table", { name: "Messages" });
  const rows = log.locator("tbody tr");

  await page.goto("/reports?tab=messages");
  await expect(rows.first()).toBeVisible();
  // The first field of the page's filters is reached, and all of the others, by the key alone.
  await page.getByRole("combobox", { name: "Channel" }).focus();
  await page.keyboard.type("SMS");
  await expect(page).toHaveURL(/channel=sms/);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("combobox", { name: "Direction" })).toBeFocused();
  await page.getByRole("combobox", { name: "Status" }).focus();
  await page.keyboard.type("Failed");
  await expect(page).toHaveURL(/state=failed/);

  const wanted = await api.all("/messages?channel=sms&state=failed");
  expect(wanted.length).toBeGreaterThan(0);
  await expect(rows).toHaveCount(Math.min(wanted.length, 50));
  for (const row of await rows.all()) await expect(row).toContainText("Failed");

  // Who is given the address sees the same.
  await page.goto(page.url());
  await expect(rows).toHaveCount(Math.min(wanted.length, 50));
  await expect(page.getByRole("combobox", { name: "Channel" })).toHaveValue("sms");

  const coming = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export CSV" }).focus();
  await page.keyboard.press("Enter");
  const file: readonly Line[] = parse(await readFile(await (await coming).path()), {
    columns: true,
    bom: true,
  });
  expect(file.map((line) => line["Recipient"])).toEqual(wanted.map((each) => each["recipient"]));
  expect(new Set(file.map((line) => `${line["Channel"]} ${line["Status"]}`))).toEqual(
    new Set(["sms failed"]),
  );

  await rows.first().getByRole("button", { name: "Tries" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(rows.first().getByRole("button", { name: "Tries" })).toBeFocused();
  await page.context().close();
  await server.close();
});

/** Forty people get it; some of the messages fail. */
async function send(api: ApiClient, type: "email" | "sms", failurePercent: number): Promise<void> {
  const people = type === "email" ? importPeople(api, 40) : Promise.resolve();
  await people;
  const name = `By ${type}`;
  const audienceId = await make(api, "/audiences", { name, rule: { kind: "all" } });
  const accountId = await makeSandbox(api, name, type, {
    guards: unguarded,
    failurePercent,
    failures: { unknown_recipient: 1 },
  });
  const content = { subject: "Fair", text: "Doors open at nine" };
  const id = await make(api, "/campaigns", { name, type, content, audienceId, accountId });
  await api.post(`/campaigns/${id}/send`);
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 60_000);
}
