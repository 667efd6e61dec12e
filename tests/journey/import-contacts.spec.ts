// Contacts arrive from a file that is looked through without a network: nothing of it is lost on
// the way to the server, and the numbers before and after are the same.
import { readFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { runCli } from "../support/command-line.ts";
import { untilInstalled, untilLive, untilPartsKept } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

const person = { email: "ana@example.org", password: "correct horse battery" };
const file = "tests/support/data/contacts-12k.csv";
const expected = JSON.parse(readFileSync("tests/support/data/contacts-12k.expected.json", "utf8"));
const valid = Number(expected.valid).toLocaleString("en-US");
const rejected = expected.rows - expected.valid;

test("a file checked without a server is imported when the server is back", async ({ page }) => {
  test.setTimeout(180_000);
  const server = await RealServer.open();
  try {
    const flags = ["--workspace", "Acme", "--email", person.email, "--password", person.password];
    expect(await runCli(server.dataDir, "setup", ...flags)).toMatchObject({ status: 0 });
    await signIn(page, server.url);
    await untilLive(page);
    await untilInstalled(page);
    await untilPartsKept(page);

    await server.kill();
    await page.goto(`${server.url}/audience/import`);
    await page.locator("input[type=file]").setInputFiles(file);
    await page.getByRole("button", { name: "Check the file" }).click();
    const send = page.getByRole("button", { name: `Import ${valid} contacts` });
    await expect(send).toBeVisible();
    await expect(page.getByText(`${rejected} rows will be turned away`)).toBeVisible();
    await expect(page.getByText("You are offline")).toBeVisible();

    // Looking something up elsewhere loses nothing of it.
    await page.getByRole("link", { name: "Campaigns" }).first().click();
    await expect(page.getByRole("heading", { name: "Campaigns", exact: true })).toBeVisible();
    await page.goBack();
    await expect(send).toBeVisible();

    await server.start();
    await expect(send).toBeEnabled({ timeout: 60_000 });
    await send.click();
    await expect(page.getByText(`${valid} contacts imported`)).toBeVisible({ timeout: 60_000 });
    await expect(page.getByText(`${rejected} rows turned away`)).toBeVisible();

    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download these rows" }).click();
    const rows = readFileSync(await (await download).path(), "utf8").split("\r\n");
    expect(rows.filter((row) => /^\d+,[a-z_]+,/.test(row))).toHaveLength(rejected);

    await page.getByRole("link", { name: "Make an audience of it" }).click();
    await expect(page.getByText(`${valid} contacts`, { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Save audience" }).click();
    await expect(page.getByRole("cell", { name: valid })).toBeVisible();
  } finally {
    await server.close();
  }
});

async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole("textbox", { name: "E-mail" }).fill(person.email);
  await page.getByLabel("Password").first().fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
}
