// What a person sees when messages fail: the failures and recoveries of a campaign, an outcome
// of failure, the account tried from there, and whom to ask when it does not end.
import { expect, test, type Page } from "@playwright/test";
import {
  cardOf,
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  type Workspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectAccessible } from "../support/usable.ts";

let server: RealServer;
let workspace: Workspace;
let page: Page;
let everyone: string;

// Looks for accessibility take their time on a busy machine.
test.describe.configure({ timeout: 90_000 });

test.beforeAll(async ({ browser }) => {
  server = await RealServer.open();
  workspace = await prepareWorkspace(server);
  await importPeople(workspace.api, 60);
  everyone = await make(workspace.api, "/audiences", { name: "Everyone", rule: { kind: "all" } });
  page = await openDevice(browser, server, workspace.admin, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
});

test.afterAll(async () => {
  await page.context().close();
  await server.close();
});

async function sent(name: string, accountId: string, audienceId = everyone): Promise<string> {
  const { api } = workspace;
  const content = { subject: "", text: "Hello", html: "" };
  const id = await make(api, "/campaigns", { name, type: "sms", content, audienceId, accountId });
  expect((await api.post(`/campaigns/${id}/send`)).status).toBe(200);
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 30_000);
  return id;
}

test("S0-11 S0-12 S0-13 failures have a chart of their own as soon as one message failed, and who recovered another", async () => {
  const good = await makeSandbox(workspace.api, "Good", "sms");
  await page.goto(`/campaigns/${await sent("Nothing fails", good)}`);
  await expect(page.getByRole("figure", { name: "State over time" })).toBeVisible();
  // What stands below comes with the same part.
  await expect(page.getByRole("region", { name: "Key figures" })).toBeVisible();
  await expect(page.getByRole("figure", { name: "Failed and recovered" })).toHaveCount(0);

  const shaky = await makeSandbox(workspace.api, "Shaky", "sms", {
    failurePercent: 40,
    failures: { expired: 1 },
  });
  const id = await sent("Some recover", shaky);
  const { body } = await workspace.api.get(`/campaigns/${id}/report`);
  const { recovered }: { readonly recovered: number } = Object(body["marks"]);
  const series: readonly { entered: Record<string, number> }[] = Object(body["series"]);
  const failed = series.reduce((sum, { entered }) => sum + (entered["undelivered"] ?? 0), 0);
  expect(recovered).toBeGreaterThan(0);
  await page.goto(`/campaigns/${id}`);
  const figure = page.getByRole("figure", { name: "Failed and recovered" });
  await expect(figure.getByText(`${failed} failed`)).toBeVisible();
  await expect(figure.getByText(`${recovered} recovered`)).toBeVisible();
  await expect(figure.getByRole("img", { name: "Failed over time" })).toBeVisible();
  await expect(figure.getByRole("img", { name: "Recovered over time" })).toBeVisible();
  await expectAccessible(page);
  await figure.getByRole("button", { name: "Show table" }).click();
  await expect(figure.getByRole("row").getByRole("cell").first()).toBeVisible();
  const cells = await figure.getByRole("row").getByRole("cell").allInnerTexts();
  const numbers = cells.map(Number);
  expect(sumOf(numbers.filter((_, index) => index % 2 === 0))).toBe(failed);
  expect(sumOf(numbers.filter((_, index) => index % 2 === 1))).toBe(recovered);
});

test("S0-08 S0-09 S0-10 what was sent is told by channel and time range, on screen as by the API", async () => {
  const { api } = workspace;
  const mail = await makeSandbox(api, "Mail", "email");
  const content = { subject: "Hello", text: "Hello", html: "" };
  const parts = { name: "By mail", type: "email", content, audienceId: everyone, accountId: mail };
  const id = await make(api, "/campaigns", parts);
  await api.post(`/campaigns/${id}/send`);
  await api.until(`/campaigns/${id}`, ({ phase }) => phase === "completed", 30_000);
  const { body } = await api.get("/reports/channels");
  const items: readonly Record<string, unknown>[] = Object(body["items"]);
  const [sms, email] = ["sms", "email"].map((name) =>
    items.find(({ channel }) => channel === name),
  );
  expect(email).toEqual({ channel: "email", sent: 60, delivered: 60, failed: 0, recovered: 0 });
  const later = new Date(Date.now() + 3_600_000).toISOString();
  expect((await api.get(`/reports/channels?from=${later}`)).body).toEqual({ items: [] });

  await page.goto("/activity");
  const table = page.getByRole("region", { name: "Messages sent by channel" });
  await expect(table.getByRole("row", { name: /^E-mail/ })).toContainText("6060");
  for (const name of ["sent", "delivered", "failed", "recovered"]) {
    await expect(table.getByRole("row", { name: /^SMS/ })).toContainText(String(sms?.[name]));
  }
  // Yesterday is no day to ask for: the test may run across midnight.
  await page.goto("/activity?show=custom&from=2020-01-01&to=2020-01-31");
  await expect(page.getByText("Nothing happened in this time")).toBeVisible();
  await expect(table).toHaveCount(0);
});

test("S3-11 S3-32 S3-34 AMB-08 a campaign that failed leads to its account, which is tried from there; after three of them there is a diagnosis to hand on", async () => {
  const { api } = workspace;
  const wrong = await makeSandbox(api, "Unregistered", "sms", {
    failurePercent: 100,
    failures: { sender_invalid: 1 },
  });
  const { body } = await api.postCsv(
    "/contacts/import?list=One",
    "phone,sms_consent\n+12025559999,yes",
  );
  await api.until(`/imports/${String(body["id"])}`, ({ state }) => state === "done", 20_000);
  const rule = { kind: "list", listId: String(body["listId"]) };
  const one = await make(api, "/audiences", { name: "One", rule });

  const first = await sent("Failed once", wrong, one);
  await page.goto("/campaigns");
  // Both axes: where it stands in its life, and what became of the messages.
  const card = cardOf(page, "Failed once");
  await expect(card.getByText("Completed", { exact: true })).toBeVisible();
  await expect(card.getByText(/^Failed: 0 of 1 recipient/)).toBeVisible();
  await page.goto(`/campaigns/${first}`);
  await expect(page.getByText("Failed", { exact: true }).first()).toBeVisible();
  await expect(page.getByText(/Unregistered: The sender is not registered/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Copy diagnosis" })).toHaveCount(0);
  await page.getByRole("button", { name: "Check this account" }).click();
  await expect(page.getByText(/The sandbox is always ready/)).toBeVisible();
  await expectAccessible(page);

  await sent("Failed twice", wrong, one);
  const third = await sent("Failed thrice", wrong, one);
  await page.goto(`/campaigns/${third}`);
  await expect(page.getByText(/The same in 3 of its last campaigns/)).toBeVisible();
  await page.getByRole("button", { name: "Copy diagnosis" }).click();
  const diagnosis = await page.evaluate(() => navigator.clipboard.readText());
  expect(diagnosis).toContain(`Account: Unregistered (${wrong})`);
  expect(diagnosis).toContain("sender_invalid");
  expect(diagnosis.split("\n").filter((line) => line.startsWith("- No. "))).toHaveLength(3);
  expect(diagnosis).not.toContain("+1202");

  await page.goto("/settings?tab=accounts");
  await page.getByRole("button", { name: "Edit Unregistered" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Check this account" }).click();
  await expect(page.getByRole("dialog").getByText(/The sandbox is always ready/)).toBeVisible();
});

test("S4-11 S4-15 a contact says that it gets nothing and why, and is released from there", async () => {
  const { api } = workspace;
  const address = "person-7@example.org";
  await api.post("/suppressions", {
    addresses: [address],
    reason: "by_hand",
    note: "Asked by phone",
  });
  await page.goto("/audience");
  await page.getByRole("searchbox", { name: "Search contacts" }).fill("Person 7");
  await page.getByRole("button", { name: "Person 7", exact: true }).click();
  await expect(page.getByText(`${address} gets nothing.`)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Release", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Release this address?" });
  await dialog.getByRole("textbox", { name: "Why" }).fill("Asked for it again");
  await dialog.getByRole("button", { name: "Release" }).click();
  await expect(page.getByText(`${address} gets nothing.`)).toBeHidden();
  expect((await api.get(`/suppressions?q=${address}`)).body).toMatchObject({ items: [] });
});

test("S3-D2 a message is created and scheduled, or created and sent now, in one go", async () => {
  const calm = await makeSandbox(workspace.api, "Calm", "sms");
  await write("Created and scheduled", calm);
  await page.getByRole("button", { name: "Schedule", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Schedule" });
  await dialog.getByLabel("Date").fill("2097-03-04");
  await dialog.getByRole("button", { name: "Schedule" }).click();
  await expect(page).toHaveURL(/\/campaigns\/[^/]+$/);
  await expect(page.getByText("Scheduled", { exact: true }).first()).toBeVisible();
  await write("Created and sent", calm);
  await page.getByRole("button", { name: "Send now" }).click();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page).toHaveURL(/\/campaigns\/[^/]+$/);
  await expect(page.getByText("Completed", { exact: true }).first()).toBeVisible({
    timeout: 20_000,
  });
});

/** From an empty page to the review. */
async function write(name: string, accountId: string): Promise<void> {
  await page.goto("/campaigns/new");
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("radio", { name: /SMS/ }).check();
  await page.getByLabel("Sending account").selectOption(accountId);
  await page.getByRole("button", { name: "Next: content" }).click();
  await page.getByRole("textbox", { name: "Text", exact: true }).fill("Hello");
  await page.getByRole("link", { name: "Next: audience" }).click();
  await page.getByRole("radio", { name: /Everyone/ }).check();
  await page.getByRole("link", { name: "Next: review" }).click();
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((all, n) => all + n, 0);
}
