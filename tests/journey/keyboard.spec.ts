// From the list of campaigns to a file, with the keys alone, the focus in sight all the way.
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { cardOf, openDevice, prepareDemo, untilLive } from "../support/journey.ts";
import { expectFocusSeen, tabTo } from "../support/keyboard.ts";
import { RealServer } from "../support/real-server.ts";

const name = "Half-term offers";

test("a report is found, read and exported with the keyboard alone", async ({ browser }) => {
  const server = await RealServer.open();
  try {
    const { admin } = await prepareDemo(server);
    const page = await openDevice(browser, server, admin, { reducedMotion: "reduce" });

    await page.goto("/campaigns");
    await expect(cardOf(page, name)).toBeVisible();
    await untilLive(page);
    await tabTo(page, cardOf(page, name).getByRole("link"));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
    await untilLive(page);

    // The parts of a report come one after the other, and push down what stands below them.
    await expect(page.getByRole("region", { name: "Key figures" })).toBeVisible();
    await expect(page.getByRole("region", { name: "Remarks" })).toBeVisible();
    await page.waitForLoadState("networkidle");
    // A chart is read point by point.
    const chart = page.getByRole("slider", { name: "State over time: moment" });
    await tabTo(page, chart);
    const end = await chart.getAttribute("aria-valuetext");
    await page.keyboard.press("Home");
    await expect(chart).not.toHaveAttribute("aria-valuetext", String(end));
    await expectFocusSeen(page);

    const parts = page.getByRole("navigation", { name: "Parts of the campaign" });
    await tabTo(page, parts.getByRole("link", { name: "Recipients" }), "Shift+Tab");
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByRole("combobox", { name: "State" }));
    await page.keyboard.type("Undelivered");
    await expect(page).toHaveURL(/state=undelivered/);

    await tabTo(page, page.getByRole("button", { name: "Export CSV" }));
    const coming = page.waitForEvent("download");
    await page.keyboard.press("Enter");
    const file = await coming;
    expect(file.suggestedFilename()).toMatch(/Half-term.*\.csv$/i);
    const [heading, ...rows] = readFileSync(await file.path(), "utf8")
      .trim()
      .split("\r\n");
    expect(heading).toContain("failed reason");
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.every((row) => row.includes("undelivered"))).toBe(true);
    await page.context().close();
  } finally {
    await server.close();
  }
});
