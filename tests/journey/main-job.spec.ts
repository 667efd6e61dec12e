// The main job as people do it: a marketer on a tablet writes and sends a campaign while the
// server is down; the office watches. When the server is back, every contact gets one mail,
// and server, both screens, the export and the mail server's own log tell the same numbers.
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, expect, test, type BrowserContext, type Page } from "@playwright/test";
import { parse } from "csv-parse/sync";
import { ApiClient } from "../support/api-client.ts";
import { runCli } from "../support/command-line.ts";
import { make, reconnect, untilInstalled, untilLive } from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { SmtpSink } from "../support/smtp-sink.ts";

const person = { email: "ana@example.org", password: "correct horse battery" };
const csv = readFileSync("tests/support/data/contacts-12k.csv");
const expected = JSON.parse(readFileSync("tests/support/data/contacts-12k.expected.json", "utf8"));
const accepted: number = expected.email_consent_yes;
const campaignName = "Autumn news";

interface Compared {
  readonly api: ApiClient;
  readonly sink: SmtpSink;
  readonly screens: readonly [Page, Page];
}

test("a campaign sent on a tablet without a server goes out once to everybody when the server is back", async ({
  browser,
}) => {
  test.setTimeout(420_000);
  const [server, sink] = await Promise.all([RealServer.open(), SmtpSink.open()]);
  const profile = await mkdtemp(join(tmpdir(), "fieldcast-tablet-"));
  let tablet = await openTablet(profile, server);
  try {
    const api = await prepare(server, sink);
    const office = await (await browser.newContext({ baseURL: server.url })).newPage();
    await signIn(office);
    await office.goto("/campaigns");
    const page = await firstPage(tablet);
    await signIn(page);
    // It has the audience and the account, and can start without a server.
    await untilLive(page);
    await untilInstalled(page);

    await server.kill();
    await writeCampaign(page);
    await expect(page).toHaveURL(/\/campaigns\/[^/]+$/);
    await expect(page.getByText(/when online/i).first()).toBeVisible();
    await tablet.close();

    tablet = await openTablet(profile, server);
    const again = await firstPage(tablet);
    await again.goto("/campaigns");
    await openCampaign(again);
    await expect(again.getByText(/when online/i).first()).toBeVisible();
    expect(sink.log).toHaveLength(0);

    await server.start();
    // Whoever tried in vain for long tries again later: by then all might be over.
    await reconnect(office);
    await reconnect(again);
    await openCampaign(office);
    const rises = await Promise.all([watchSent(again), watchSent(office)]);
    for (const seen of rises) expect(seen.length, `seen: ${seen.join(", ")}`).toBeGreaterThan(3);

    await compareEverything({ api, sink, screens: [again, office] });
    const doctor = await runCli(server.dataDir, "doctor");
    expect(doctor).toMatchObject({ status: 0 });
  } finally {
    await tablet.close();
    await server.close();
    await sink.close();
    await rm(profile, { recursive: true, force: true });
  }
});

async function openTablet(profile: string, server: RealServer): Promise<BrowserContext> {
  const { launchOptions } = test.info().project.use;
  return chromium.launchPersistentContext(profile, {
    ...launchOptions,
    baseURL: server.url,
    viewport: { width: 820, height: 1180 },
    hasTouch: true,
  });
}

async function firstPage(context: BrowserContext): Promise<Page> {
  return context.pages()[0] ?? (await context.newPage());
}

/** What the office did before: a workspace, a mail account and the contacts. */
async function prepare(server: RealServer, sink: SmtpSink): Promise<ApiClient> {
  const { email, password } = person;
  const flags = ["--workspace", "Acme", "--email", email, "--password", password];
  expect(await runCli(server.dataDir, "setup", ...flags)).toMatchObject({ status: 0 });
  const create = "key create --workspace Acme --role admin --name script";
  const made = await runCli(server.dataDir, ...create.split(" "));
  const key = /\S{24,}/.exec(made.stdout)?.[0];
  if (key === undefined) throw new Error(`no key in: ${made.stdout}`);
  const api = new ApiClient(server.url, key);
  const { body } = await api.postCsv("/contacts/import", csv);
  await api.until(`/imports/${String(body["id"])}`, ({ state }) => state === "done", 60_000);
  await api.post("/accounts", {
    name: "Office mail",
    channel: "email",
    provider: "smtp",
    settings: { host: "127.0.0.1", port: sink.port, secure: false, from: "news@example.org" },
  });
  const audienceId = await make(api, "/audiences", {
    name: "Consenting by e-mail",
    rule: { kind: "filter", filter: { consent: "email" } },
  });
  // So many that whoever sends has to type their number.
  await api.until(`/audiences/${audienceId}`, ({ count }) => count !== null);
  return api;
}

async function signIn(page: Page): Promise<void> {
  await page.goto("/");
  await page.getByRole("textbox", { name: "E-mail" }).fill(person.email);
  await page.getByLabel("Password").first().fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
}

/** Writes and sends it as a marketer does, step by step. */
async function writeCampaign(page: Page): Promise<void> {
  await page.goto("/campaigns/new");
  await page.getByRole("textbox", { name: "Name" }).fill(campaignName);
  await page.getByRole("radio", { name: /E-mail/ }).check();
  await page.getByRole("button", { name: "Next: content" }).click();
  await page.getByRole("textbox", { name: "Subject" }).fill("Hello {{ first_name }}");
  await page.getByRole("textbox", { name: "Text", exact: true }).fill("News for {{ city }}.");
  await page.getByRole("link", { name: "Next: audience" }).click();
  await page.getByRole("radio", { name: /Consenting by e-mail/ }).check();
  await page.getByRole("link", { name: "Next: review" }).click();
  await page.getByRole("button", { name: "Send now" }).click();
  const many = accepted.toLocaleString("en-US");
  await page.getByRole("textbox", { name: /Type .* to confirm/ }).fill(many);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

async function openCampaign(page: Page): Promise<void> {
  const card = page.getByRole("article").filter({ hasText: campaignName });
  await card.getByRole("link", { name: /Details|Report/ }).click();
  await expect(page.getByRole("heading", { name: campaignName })).toBeVisible();
}

/** A live counter of the campaign page, as it reads. */
async function counter(page: Page, name: string): Promise<number> {
  const term = page.getByRole("term").filter({ hasText: name });
  const text = await term.locator("xpath=following-sibling::dd[1]").first().innerText();
  return Number(text.replaceAll(",", ""));
}

/** Everything that "Sent" said until nothing was to go. */
async function watchSent(page: Page): Promise<readonly number[]> {
  const seen: number[] = [];
  await expect
    .poll(
      async () => {
        const names = ["Total", "Sent", "To go"] as const;
        const [total, sent, toGo] = await Promise.all(names.map((name) => counter(page, name)));
        if (sent !== undefined && seen.at(-1) !== sent) seen.push(sent);
        return { total, toGo };
      },
      { timeout: 300_000, intervals: [200] },
    )
    .toEqual({ total: accepted, toGo: 0 });
  return seen;
}

/** Server, screens, export and the receiving mail server: one truth. */
async function compareEverything({ api, sink, screens }: Compared): Promise<void> {
  const [campaign] = await api.all("/campaigns");
  const path = `/campaigns/${String(campaign?.["id"])}`;
  const { body } = await api.get(`${path}/report`);
  expect(body).toMatchObject({
    vocabularies: { headline: { total: accepted, sent: accepted, failed: 0, skipped: 0, toGo: 0 } },
  });
  for (const screen of screens) {
    expect(await counter(screen, "Total")).toBe(accepted);
    expect(await counter(screen, "Sent")).toBe(accepted);
    expect(await counter(screen, "Failed")).toBe(0);
    expect(await counter(screen, "Skipped")).toBe(0);
  }
  const delivered = sink.countsByRecipient();
  expect(sink.log).toHaveLength(accepted);
  expect(delivered.size).toBe(accepted);
  const addresses = [...delivered.keys()].toSorted();
  const scripted = (await api.get(`${path}/export.csv`)).text;
  expect(addressesOf(scripted)).toEqual(addresses);
  expect(addressesOf(await exportOnScreen(screens[1]))).toEqual(addresses);
}

async function exportOnScreen(page: Page): Promise<string> {
  await page.getByRole("link", { name: /Recipients/ }).click();
  const button = page.getByRole("button", { name: "Export CSV" });
  await expect(button).toBeEnabled();
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  return readFileSync(await download.path(), "utf8");
}

function addressesOf(text: string): string[] {
  const [heading = [], ...rows]: string[][] = parse(text, { bom: true });
  const column = heading.findIndex((name) => name.toLowerCase() === "address");
  return rows.map((row) => row[column] ?? "").toSorted();
}
