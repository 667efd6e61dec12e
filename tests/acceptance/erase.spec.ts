// Erasing a person in the app: said twice, gone from the list and, as soon as another device that
// keeps the pinned report is in touch, from that device.
import { expect, test } from "@playwright/test";
import {
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  untilInstalled,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

test("[S54] I-6 an administrator erases a person, and a device that keeps their message forgets who it was", async ({
  browser,
}) => {
  test.setTimeout(180_000);
  const server = await RealServer.open();
  const { admin, api } = await prepareWorkspace(server);
  await importPeople(api, 3);
  const audienceId = await make(api, "/audiences", { name: "All", rule: { kind: "all" } });
  const accountId = await makeSandbox(api, "Sandbox", "email");
  const content = { subject: "Hello", text: "Hello {{ first_name }}" };
  const fields = { name: "Spring", type: "email", audienceId, accountId, content };
  const id = await make(api, "/campaigns", fields);
  await api.post(`/campaigns/${id}/send`);
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 60_000);

  const tablet = await openDevice(browser, server, admin);
  await untilInstalled(tablet);
  await tablet.goto(`/campaigns/${id}?tab=recipients`);
  await tablet.getByRole("button", { name: "Make available offline" }).click();
  const rows = tablet.getByRole("table", { name: "Recipients" }).getByRole("row");
  await expect(rows.filter({ hasText: "Person 1" })).toHaveCount(1);

  const page = await openDevice(browser, server, admin);
  await page.goto("/audience");
  await page.getByRole("button", { name: "Person 1" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Erase this person …" }).click();
  const typed = dialog.getByLabel("To confirm, type person-1@example.org");
  await typed.fill("person-2@example.org");
  await dialog.getByRole("button", { name: "Erase for good" }).click();
  await expect(dialog.getByText("so that nobody else is erased")).toBeVisible();
  await typed.fill("Person-1@example.org");
  await dialog.getByRole("button", { name: "Erase for good" }).click();
  await expect(
    page.getByRole("status").filter({ hasText: "Erased, and taken out of 1 message" }),
  ).toBeVisible();
  await expect(page.getByRole("button", { name: "Person 2" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Person 1" })).toHaveCount(0);

  // The tablet looks at something else: what it keeps changes all the same.
  await tablet.goto("/");
  await expect
    .poll(() => tablet.evaluate(erasedOf, id), { timeout: 60_000 })
    .toEqual({ erased: 1, isComplete: true });
  await server.kill();
  await tablet.goto(`/campaigns/${id}?tab=recipients`);
  await expect(rows.filter({ hasText: "Person 2" })).toHaveCount(1);
  await expect(rows.filter({ hasText: "Person 1" })).toHaveCount(0);
  // With the row of headings.
  await expect(rows).toHaveCount(4);
  await server.close();
});

/** Of the report that the device keeps. */
async function erasedOf(campaign: string): Promise<unknown> {
  for (const { name } of await indexedDB.databases()) {
    if (name === undefined || !/^fieldcast:.+:/.test(name)) continue;
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      request.addEventListener("success", () => resolve(request.result));
      request.addEventListener("error", () => reject(request.error ?? new Error(name)));
    });
    const found = await new Promise<Record<string, unknown> | undefined>((resolve) => {
      const request = db.transaction("report").objectStore("report").get(campaign);
      request.addEventListener("success", () => resolve(request.result));
    });
    db.close();
    if (found !== undefined) return { erased: found["erased"], isComplete: found["isComplete"] };
  }
  return null;
}
