// With the server stopped, everything a marketer does with campaigns shows at once, waits, and
// outlives the page; when the server is back, each act has happened there exactly once.
import { expect, test, type Page } from "@playwright/test";
import {
  cardOf,
  choose,
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  reconnect,
  untilInstalled,
  untilLive,
  untilPartsKept,
  type Workspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

let server: RealServer;
let workspace: Workspace;
let page: Page;
let slow: string;
let audienceId: string;

test.beforeAll(async ({ browser }) => {
  server = await RealServer.open();
  workspace = await prepareWorkspace(server);
  const { api } = workspace;
  await importPeople(api, 200);
  audienceId = await make(api, "/audiences", { name: "Everyone", rule: { kind: "all" } });
  slow = await makeSandbox(api, "Slow SMS", "sms");
  await api.patch(`/accounts/${slow}`, { limits: { perSecond: 1, concurrency: 1 } });
  page = await openDevice(browser, server, workspace.admin);
  await untilInstalled(page);
});

test.afterAll(async () => {
  await page.context().close();
  await server.close();
});

test("what is created, edited and copied offline is there once when the server is back", async () => {
  await server.kill();
  await page.goto("/campaigns/new");
  await page.getByRole("textbox", { name: "Name" }).fill("Written offline");
  await page.getByRole("radio", { name: /SMS/ }).check();
  await page.getByRole("button", { name: "Next: content" }).click();
  await page.getByRole("textbox", { name: "Text" }).fill("First words");
  await saveAndClose();
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("link", { name: /^2?\s*Content/ }).click();
  await page.getByRole("textbox", { name: "Text" }).fill("Second words");
  await saveAndClose();
  await choose(page, "Make a copy");
  await expect(page.getByRole("heading", { name: "Copy of Written offline" })).toBeVisible();

  await page.reload();
  await page.goto("/campaigns");
  await expect(cardOf(page, "Copy of Written offline")).toBeVisible();
  await cardOf(page, "Written offline").getByRole("link").click();
  await expect(page.getByText("will be sent when online")).toBeVisible();
  await expect(page.getByText("Second words").first()).toBeVisible();
  await expectUnsent(4);

  await server.start();
  await reconnect(page);
  const [copy, original] = [await only("Copy of Written offline"), await only("Written offline")];
  expect(original["content"]).toMatchObject({ text: "Second words" });
  expect(copy["content"]).toMatchObject({ text: "Second words" });
  expect(await eventsOf(original)).toEqual(["campaign.create", "campaign.edit", "campaign.edit"]);
  expect(await eventsOf(copy)).toEqual(["campaign.duplicate"]);
});

test("who goes elsewhere while it saves arrives there, and it is saved", async () => {
  const id = await draft("Left in a hurry");
  await page.goto(`/campaigns/${id}/edit?step=basics`);
  await page.getByRole("textbox", { name: "Name" }).fill("Left for the audience");
  // In one turn of the page: the second comes before the first has ended.
  await page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLElement>("main button, nav a")];
    for (const words of ["Save and close", "Audience"]) {
      all.find(({ textContent }) => textContent.trim() === words)?.click();
    }
  });
  await expect(page).toHaveURL(/\/audience$/);
  await workspace.api.until(`/campaigns/${id}`, ({ name }) => name === "Left for the audience");
  await expect(page).toHaveURL(/\/audience$/);
});

test("a deletion taken back offline never happened, the other one happens once", async () => {
  const [kept, gone] = [await draft("Brought back"), await draft("Deleted offline")];
  await seen("Deleted offline");
  await server.kill();
  for (const id of [kept, gone]) {
    await page.goto(`/campaigns/${id}`);
    await choose(page, "Delete");
    await expect(page.getByRole("heading", { name: "Campaigns", exact: true })).toBeVisible();
    if (id === gone) break;
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(cardOf(page, "Brought back")).toBeVisible();
  }
  // Before the list is drawn nothing is in it.
  await expect(cardOf(page, "Brought back")).toBeVisible();
  await expect(cardOf(page, "Deleted offline")).toHaveCount(0);
  await page.reload();
  await expect(cardOf(page, "Brought back")).toBeVisible();
  await expect(cardOf(page, "Deleted offline")).toHaveCount(0);
  await expectUnsent(1);

  await server.start();
  await reconnect(page);
  expect(await eventsOf(await only("Brought back"))).toEqual(["campaign.create"]);
  expect((await workspace.api.get(`/campaigns/${gone}`)).status).toBe(404);
  const activity = await workspace.api.all("/activity");
  const lines = activity.filter(({ campaignId }) => campaignId === gone);
  expect(lines.map(({ event }) => event)).toEqual(["campaign.delete", "campaign.create"]);
});

test("a schedule made offline waits for the server and is set once", async () => {
  const id = await draft("Scheduled offline");
  await seen("Scheduled offline");
  await server.kill();
  await page.goto(`/campaigns/${id}/edit?step=review`);
  await page.getByRole("button", { name: "Schedule" }).click();
  const dialog = page.getByRole("dialog", { name: "Schedule" });
  await dialog.getByLabel("Date").fill("2099-05-04");
  await dialog.getByLabel("Time", { exact: true }).fill("10:30");
  await dialog.getByRole("button", { name: "Schedule" }).click();
  await expect(page.getByText("Will be scheduled when online").first()).toBeVisible();
  await page.goto("/campaigns");
  await page.reload();
  const card = cardOf(page, "Scheduled offline");
  await expect(card.getByText("Will be scheduled when online")).toBeVisible();
  await expect(card.getByText("Planned for May 4, 2099")).toBeVisible();

  await server.start();
  await reconnect(page);
  await expect(card.getByText("Scheduled", { exact: true })).toBeVisible();
  const campaign = await only("Scheduled offline");
  expect(campaign["phase"]).toBe("scheduled");
  expect(String(campaign["schedule"] && Object.values(campaign["schedule"])[0])).toContain("2099");
  expect(await eventsOf(campaign)).toEqual(["campaign.create", "campaign.schedule"]);
});

for (const { act, name, after, words } of [
  { act: "Pause", name: "Paused offline", after: "paused", words: "Will be paused when online" },
  {
    act: "Cancel campaign",
    name: "Canceled offline",
    after: "canceled",
    words: "Will be canceled when online",
  },
]) {
  test(`${act} of a sending campaign waits for the server and happens once`, async () => {
    const id = await draft(name);
    expect((await workspace.api.post(`/campaigns/${id}/send`)).status).toBe(200);
    await workspace.api.until(`/campaigns/${id}`, ({ phase }) => phase === "active");
    await page.goto(`/campaigns/${id}`);
    await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
    await expect(page.getByText("In Progress").first()).toBeVisible();
    await server.kill();
    if (act === "Pause") await page.getByRole("button", { name: act }).click();
    else {
      await choose(page, act);
      await page.getByRole("button", { name: act }).click();
    }
    await expect(page.getByText(words).first()).toBeVisible();
    await page.reload();
    await expect(page.getByText(words).first()).toBeVisible();
    await expectUnsent(1);

    await server.start();
    await page.goto(`/campaigns/${id}`);
    await reconnect(page);
    await workspace.api.until(`/campaigns/${id}`, ({ phase }) => phase === after);
    await expect(page.getByText(words)).toHaveCount(0);
    const events = await eventsOf(await only(name));
    expect(
      events.filter((event) => event === `campaign.${act.split(" ")[0]?.toLowerCase()}`),
    ).toHaveLength(1);
  });
}

function draft(name: string): Promise<string> {
  const content = { subject: "", text: "Hello", html: "" };
  const parts = { content, audienceId, accountId: slow };
  return make(workspace.api, "/campaigns", { name, type: "sms", ...parts });
}

/** Until this device has heard of it, and nothing of before waits on it. */
async function seen(name: string): Promise<void> {
  await page.goto("/campaigns");
  await untilLive(page);
  await expect(cardOf(page, name)).toBeVisible();
}

test("S2-20 what few people need comes by itself once there is time, and is there without a server", async () => {
  await page.goto("/activity");
  await untilPartsKept(page);
  await server.kill();
  await page.goto("/activity");
  await page.getByRole("button", { name: "Choose days" }).click();
  await expect(page.getByRole("dialog", { name: "Choose days" }).getByRole("grid")).toHaveCount(2);
  await page.getByRole("button", { name: "Cancel" }).click();
  await server.start();
});

async function saveAndClose(): Promise<void> {
  await page.getByRole("button", { name: "Save and close" }).click();
  await expect(page).toHaveURL(/\/campaigns\/[^/]+$/);
}

/** What the app bar says of what has not left this device. */
async function expectUnsent(count: number): Promise<void> {
  await expect(page.getByRole("link", { name: /^Sync: / })).toContainText(`${count} unsent`);
}

/** The one campaign of this name that the server has. */
async function only(name: string) {
  const found = (await workspace.api.all("/campaigns")).filter((each) => each["name"] === name);
  expect(found).toHaveLength(1);
  const [campaign] = found;
  if (campaign === undefined) throw new Error(`no campaign ${name}`);
  return campaign;
}

/** What the server's activity tells of it, oldest first. */
async function eventsOf({ id }: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const lines = await workspace.api.all(`/campaigns/${String(id)}/activity`);
  return lines.map(({ event }) => String(event)).toReversed();
}
