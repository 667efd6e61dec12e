// Who may do what, as each role meets it: what is not theirs stays readable and says why.
import { expect, test, type Page } from "@playwright/test";
import {
  addMember,
  cardOf,
  choose,
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  untilLive,
  type Person,
  type Workspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

let server: RealServer;
let workspace: Workspace;
let people: Readonly<Record<"office" | "field" | "manager", Person>>;
let audienceId: string;
let accountId: string;

test.beforeAll(async () => {
  server = await RealServer.open();
  workspace = await prepareWorkspace(server);
  const { api } = workspace;
  await importPeople(api, 60);
  audienceId = await make(api, "/audiences", { name: "Everyone", rule: { kind: "all" } });
  accountId = await makeSandbox(api, "Slow SMS", "sms", {});
  await api.patch(`/accounts/${accountId}`, { limits: { perSecond: 1, concurrency: 1 } });
  people = {
    office: await addMember(api, "office", "Olga"),
    field: await addMember(api, "field", "Finn"),
    manager: await addMember(api, "manager", "Mona"),
  };
});

test.afterAll(() => server.close());

test("S0-D7 a field marketer writes drafts, and asks the office to send them", async ({
  browser,
}) => {
  const theirs = await draft("Written by the office");
  const page = await openDevice(browser, server, people.field);
  await write(page, "Written in the field");
  await expect(page.getByText("Another person has to approve it")).toBeVisible();
  await page.getByRole("button", { name: "Ask to send now" }).click();
  const dialog = page.getByRole("dialog", { name: "Ask to send now?" });
  await dialog.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.getByText("You asked on")).toBeVisible();

  await page.goto(`/campaigns/${theirs}`);
  await page.getByRole("button", { name: "More actions" }).click();
  const why = "Only for campaigns that you made yourself";
  for (const act of ["Edit", "Delete"]) {
    const item = page.getByRole("menuitem", { name: new RegExp(`^${act}`) });
    await expect(item).toHaveAttribute("aria-disabled", "true");
    await expect(item).toContainText(why);
  }
  const cancel = page.getByRole("menuitem", { name: /^Cancel campaign/ });
  await expect(cancel).toContainText("Your role does not allow this");
  await page.goto(`/campaigns/${theirs}/edit`);
  await expect(page.getByRole("heading", { name: "It cannot be edited" })).toBeVisible();
  await expect(page.getByText(why)).toBeVisible();

  const office = await openDevice(browser, server, people.office);
  await office.goto("/campaigns");
  await cardOf(office, "Written in the field").getByRole("link").click();
  await office.getByRole("button", { name: "Approve" }).click();
  await expectSending("Written in the field");
  await page.goto("/campaigns");
  await expect(cardOf(page, "Written in the field").getByText("In Progress")).toBeVisible();
  await close(page, office);
});

test("a field marketer sends their own campaigns where the workspace allows it", async ({
  browser,
}) => {
  const admin = await openDevice(browser, server, workspace.admin);
  const page = await openDevice(browser, server, people.field);
  await admin.goto("/settings?tab=workspace");
  await admin.getByRole("checkbox", { name: "Field marketers may send" }).check();
  await admin
    .getByRole("region", { name: "Workspace" })
    .getByRole("button", { name: "Save" })
    .click();
  await expect(admin.getByText("Saved").last()).toBeVisible();

  await page.reload();
  await untilLive(page);
  await write(page, "Sent from the field");
  await send(page);
  await expectSending("Sent from the field");
  await close(admin, page);
});

test("a manager sees masked addresses, may pause, and neither writes nor sends", async ({
  browser,
}) => {
  const id = await draft("Paused by the manager");
  expect((await workspace.api.post(`/campaigns/${id}/send`)).status).toBe(200);
  const page = await openDevice(browser, server, people.manager);
  await page.goto(`/campaigns/${id}?tab=recipients`);
  const recipients = page.getByRole("table", { name: "Recipients" });
  await expect(recipients).toBeVisible();
  await expect(recipients.getByText(/•|\*/).first()).toBeVisible();
  await expect(recipients.getByText(/\+1202555\d{4}/)).toHaveCount(0);

  await page.getByRole("button", { name: "Pause" }).click();
  await workspace.api.until(`/campaigns/${id}`, ({ phase }) => phase === "paused");
  await page.getByRole("button", { name: "More actions" }).click();
  // To go on is to send.
  for (const act of ["Resume", "Cancel campaign", "Make a copy", "Delete"]) {
    const item = page.getByRole("menuitem", { name: new RegExp(`^${act}`) });
    await expect(item).toContainText("Your role does not allow this");
  }
  await page.goto("/campaigns");
  await expect(cardOf(page, "Paused by the manager")).toBeVisible();
  await expect(page.getByRole("link", { name: /New (Message|Campaign)/ })).toHaveCount(0);
  await page.goto("/campaigns/new");
  await expect(page.getByText("Your role does not allow you to make campaigns.")).toBeVisible();
  await close(page);
});

test("the office sends, cancels and exports, but does not administer", async ({ browser }) => {
  const id = await draft("Canceled by the office");
  const page = await openDevice(browser, server, people.office);
  await page.goto(`/campaigns/${id}/edit`);
  await send(page);
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  // Canceled any sooner, it would have no recipients yet.
  await workspace.api.until(`/campaigns/${id}`, ({ phase }) => phase === "active");
  await choose(page, "Cancel campaign");
  await page.getByRole("button", { name: "Cancel campaign" }).click();
  await workspace.api.until(`/campaigns/${id}`, ({ phase }) => phase === "canceled");

  await page.goto(`/campaigns/${id}?tab=recipients`);
  await expect(page.getByText(/\+1202555\d{4}/).first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Export CSV" })).toBeEnabled();
  await page.goto("/settings?tab=workspace");
  for (const name of ["Workspace", "Sending"]) {
    const part = page.getByRole("region", { name });
    await expect(part.getByText("Only administrators change these.")).toBeVisible();
  }
  await page.goto("/settings?tab=people");
  await expect(page.getByRole("table", { name: "People" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Add person" })).toHaveCount(0);
  await close(page);
});

function draft(name: string): Promise<string> {
  const content = { subject: "", text: "Hello", html: "" };
  return make(workspace.api, "/campaigns", { name, type: "sms", content, audienceId, accountId });
}

/** Up to the review. */
async function write(page: Page, name: string): Promise<void> {
  await page.goto("/campaigns/new");
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("radio", { name: /SMS/ }).check();
  await page.getByRole("button", { name: "Next: content" }).click();
  await page.getByRole("textbox", { name: "Text" }).fill("Hello");
  await page.getByRole("link", { name: "Next: audience" }).click();
  await page.getByRole("radio", { name: /Everyone/ }).check();
  await page.getByRole("link", { name: "Next: review" }).click();
}

/** From anywhere in the editor until the campaign's own page is shown. */
async function send(page: Page): Promise<void> {
  await page.getByRole("link", { name: /Review$/ }).click();
  await page.getByRole("button", { name: "Send now" }).click();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page).toHaveURL(/\/campaigns\/[^/]+$/);
}

/** The server really sends it. */
async function expectSending(name: string): Promise<void> {
  const find = async () => {
    const campaigns = await workspace.api.all("/campaigns");
    return campaigns.find((campaign) => campaign["name"] === name)?.["phase"];
  };
  await expect.poll(find).toBe("active");
}

async function close(...pages: readonly Page[]): Promise<void> {
  for (const page of pages) await page.context().close();
}
