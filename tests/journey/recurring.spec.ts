// A campaign that repeats, on the screens: set live, its runs, paused, set live again, ended.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test, type Page } from "@playwright/test";
import { hourMs, minuteMs } from "#domain/core/time.ts";
import {
  cardOf,
  choose,
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  reconnect,
  untilLive,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectAccessible } from "../support/usable.ts";

test("S0-D1 S0-38 S0-44 S0-48 a campaign is set live, goes out by itself, is paused, set live again and ended", async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const server = await RealServer.open();
  const { admin, api } = await prepareWorkspace(server);
  await importPeople(api, 30);
  const audienceId = await make(api, "/audiences", { name: "All", rule: { kind: "all" } });
  const accountId = await makeSandbox(api, "Sandbox", "email");
  const content = { subject: "Hello", text: "Hello {{ first_name }}" };
  const fields = { name: "Good morning", type: "email", audienceId, accountId, content };
  const id = await make(api, "/campaigns", fields);

  const page = await openDevice(browser, server, admin);
  await page.goto(`/campaigns/${id}/edit?step=review`);
  await page.getByRole("button", { name: "Repeat" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Every").fill("2");
  await dialog.getByLabel("Unit").selectOption("Day");
  await dialog.getByLabel("At", { exact: true }).fill("09:30");
  await expect(dialog.getByText("Every 2 days at 09:30")).toBeVisible();
  await expect(dialog.getByRole("listitem")).toHaveCount(5);
  await dialog.getByLabel("Unit").selectOption("Week");
  await pressAll(dialog);
  await dialog.getByRole("button", { name: "Set live" }).click();
  await expect(dialog.getByText("Choose at least one day")).toBeVisible();
  await dialog.getByLabel("Unit").selectOption("Day");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Set live" }).click();
  await expect(page).toHaveURL(new RegExp(`/campaigns/${id}$`));
  await expect(page.getByRole("main").getByText("Live", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: /^Runs/ }).click();
  await expect(page.getByText("The next run is on")).toBeVisible();
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "active");

  await server.kill();
  putNextAt(server, id, hourMs);
  await server.start();
  await reconnect(page);
  const run = page.getByRole("row").filter({ hasText: "Completed" });
  await expect(run).toContainText("30", { timeout: 60_000 });
  await page.goto("/campaigns");
  await expect(page.getByRole("article")).toHaveCount(1);
  await expect(cardOf(page, "Good morning")).toContainText("1 run, the next on");
  await expect(cardOf(page, "Good morning")).toContainText("30 of 30 messages sent so far");

  await page.goto(`/campaigns/${id}?tab=runs`);
  await untilLive(page);
  await expectAccessible(page);
  await run.getByRole("link").click();
  await expect(page.getByRole("heading", { name: "Good morning (run 1)" })).toBeVisible();
  await page.getByRole("link", { name: "Good morning" }).click();

  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("Paused", { exact: true }).first()).toBeVisible();
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "paused");
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("main").getByText("Live", { exact: true })).toBeVisible();
  await choose(page, "End campaign");
  await page.getByRole("dialog").getByRole("button", { name: "End campaign" }).click();
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed");
  await expect(page.getByText("Completed", { exact: true }).first()).toBeVisible();
  await server.close();
});

async function pressAll(dialog: ReturnType<Page["getByRole"]>): Promise<void> {
  const pressed = dialog.locator("button[aria-pressed=true]");
  await expect(pressed.first()).toBeVisible();
  for (let left = await pressed.count(); left > 0; left--) {
    await pressed.first().click();
    await expect(pressed).toHaveCount(left - 1);
  }
}

/** The time that passes while the server is down: the next run was to be that long ago. */
function putNextAt({ dataDir }: RealServer, id: string, ago: number): void {
  const at = Math.floor((Date.now() - ago) / minuteMs) * minuteMs;
  const db = new DatabaseSync(join(dataDir, "fieldcast.db"));
  db.prepare(
    `update document set due_at = :at,
        doc = json_set(doc, '$.schedule.at', :at, '$.schedule.wall', :wall, '$.schedule.zone', 'UTC')
      where kind = 'campaign' and id = :id`,
  ).run({ at, wall: new Date(at).toISOString().slice(0, 16), id });
  db.close();
}
