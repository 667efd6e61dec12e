// What the server could not take from a device is never lost: it waits in Needs attention with
// everything that was typed, and leads on from there.
import { expect, test, type Page } from "@playwright/test";
import {
  addMember,
  cardOf,
  importPeople,
  make,
  makeSandbox,
  openDevice,
  prepareWorkspace,
  reconnect,
  untilInstalled,
  type Workspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectAccessible } from "../support/usable.ts";

let server: RealServer;
let workspace: Workspace;
let tablet: Page;
let audienceId: string;
let accountId: string;

test.beforeAll(async ({ browser }) => {
  server = await RealServer.open();
  workspace = await prepareWorkspace(server);
  const { api } = workspace;
  await importPeople(api, 20);
  audienceId = await make(api, "/audiences", { name: "Everyone", rule: { kind: "all" } });
  accountId = await makeSandbox(api, "Sandbox mail", "email");
  tablet = await openDevice(browser, server, workspace.admin);
  await untilInstalled(tablet);
});

test.afterEach(async () => {
  await tablet.context().setOffline(false);
});

test.afterAll(async () => {
  await tablet.context().close();
  await server.close();
});

test("what was edited offline after it was sent becomes a card, and a draft from there", async () => {
  const id = await draft("Spring news");
  await tablet.goto(`/campaigns/${id}/edit?step=content`);
  await expect(tablet.getByRole("textbox", { name: "Subject" })).toHaveValue("News");
  await tablet.context().setOffline(true);
  // What is typed while the first is on its way into the void is a command of its own: one card.
  await tablet.getByRole("textbox", { name: "Subject" }).fill("A subject typed too late");
  await tablet.getByRole("textbox", { name: "Text", exact: true }).fill("A text typed too late");
  await tablet.getByRole("button", { name: "Save and close" }).click();
  await expect(tablet.getByText("A subject typed too late").first()).toBeVisible();
  await expect(attentionLink()).toHaveAccessibleName("Needs attention: nothing");
  expect((await workspace.api.post(`/campaigns/${id}/send`)).status).toBe(200);

  await tablet.context().setOffline(false);
  await reconnect(tablet);
  await expect(attentionLink()).toHaveAccessibleName("Needs attention: 1");
  await attentionLink().click();
  const card = tablet.getByRole("listitem").filter({ hasText: "already on its way" });
  await expect(card).toContainText("“Spring news”");
  await expect(card).toContainText("A subject typed too late");
  await expect(card).toContainText("A text typed too late");
  await expect(card).toContainText(/\d+ of 20 were already sent\./);
  await card.getByRole("button", { name: "Compare" }).click();
  await expect(card).toContainText(/Subject\s*Went out\s*News\s*Yours\s*A subject typed too late/);
  await expectAccessible(tablet);
  await tablet.reload();
  await expect(card).toContainText("A text typed too late");

  await card.getByRole("button", { name: "Make a new draft from my version" }).click();
  await expect(tablet).toHaveURL(/\/edit/);
  await expect(attentionLink()).toHaveAccessibleName("Needs attention: nothing");
  await tablet.getByRole("link", { name: /Content/ }).click();
  const subject = tablet.getByRole("textbox", { name: "Subject" });
  await expect(subject).toHaveValue("A subject typed too late");
  await expect(tablet.getByRole("textbox", { name: "Text", exact: true })).toHaveValue(
    "A text typed too late",
  );
  await reconnect(tablet);
  const sent = await workspace.api.get(`/campaigns/${id}`);
  expect(sent.body).toMatchObject({ content: { subject: "News", text: "Hello" } });
  const campaigns = await workspace.api.all("/campaigns");
  const late = campaigns.filter(({ content }) => JSON.stringify(content).includes("too late"));
  expect(late).toHaveLength(1);
  expect(late[0]?.["id"]).not.toBe(id);
});

test("two people who edit one draft keep both their changes, and are told where they met", async ({
  browser,
}) => {
  const ben = await addMember(workspace.api, "office", "Ben");
  const desk = await openDevice(browser, server, ben);
  const id = await draft("Shared draft");
  await tablet.goto(`/campaigns/${id}/edit?step=content`);
  await expect(tablet.getByRole("textbox", { name: "Subject" })).toHaveValue("News");
  await tablet.context().setOffline(true);
  await tablet.getByRole("textbox", { name: "Subject" }).fill("Ana's subject");
  await tablet.getByRole("button", { name: "Save and close" }).click();
  await expect(tablet.getByText("Ana's subject").first()).toBeVisible();

  await desk.goto(`/campaigns/${id}/edit?step=content`);
  await expect(desk.getByRole("textbox", { name: "Subject" })).toHaveValue("News");
  await desk.getByRole("textbox", { name: "Subject" }).fill("Ben's subject");
  await desk.getByRole("textbox", { name: "Text", exact: true }).fill("Ben's text");
  await desk.getByRole("button", { name: "Save and close" }).click();
  await workspace.api.until(`/campaigns/${id}`, ({ content }) =>
    JSON.stringify(content).includes("Ben's text"),
  );

  await tablet.context().setOffline(false);
  await reconnect(tablet);
  await expect(tablet.getByText("Ben's text").first()).toBeVisible();
  await expect(tablet.getByText("Ana's subject").first()).toBeVisible();
  await expect(desk.getByText("Ana's subject").first()).toBeVisible();
  await expect(attentionLink()).toHaveAccessibleName("Needs attention: 1");
  await attentionLink().click();
  const card = tablet.getByRole("listitem").filter({ hasText: "Somebody else changed the same" });
  await expect(card).toContainText("Ana's subject");
  await expect(card).toContainText("Ben's subject");
  await expectAccessible(tablet);
  await card.getByRole("button", { name: "Use theirs" }).click();
  await expect(card).toHaveCount(0);
  await expect(attentionLink()).toHaveAccessibleName("Needs attention: nothing");
  await workspace.api.until(`/campaigns/${id}`, ({ content }) =>
    JSON.stringify(content).includes("Ben's subject"),
  );
  await desk.context().close();
});

test("every refusal is counted, and one that is discarded is gone for good", async () => {
  const names = ["First refused", "Second refused"];
  const ids = [await draft("First refused"), await draft("Second refused")];
  await tablet.goto("/campaigns");
  for (const name of names) await expect(cardOf(tablet, name)).toBeVisible();
  await tablet.context().setOffline(true);
  for (const name of names) {
    await cardOf(tablet, name).getByRole("link").click();
    await tablet.getByRole("button", { name: "Edit" }).click();
    await tablet.getByRole("textbox", { name: "Name" }).fill(`${name}, renamed`);
    await tablet.getByRole("button", { name: "Save and close" }).click();
    await expect(tablet.getByRole("heading", { name: `${name}, renamed`, level: 1 })).toBeVisible();
    await tablet.getByRole("link", { name: "Campaigns", exact: true }).first().click();
  }
  for (const id of ids) expect((await workspace.api.delete(`/campaigns/${id}`)).status).toBe(204);
  await tablet.context().setOffline(false);
  await reconnect(tablet);
  await expect(attentionLink()).toHaveAccessibleName("Needs attention: 2");
  await attentionLink().click();
  const cards = tablet.getByRole("listitem").filter({ hasText: "The campaign was deleted" });
  await expect(cards).toHaveCount(2);
  await cards.filter({ hasText: "First refused" }).getByRole("button", { name: "Discard" }).click();
  await expect(attentionLink()).toHaveAccessibleName("Needs attention: 1");
  await tablet.reload();
  await expect(cards).toHaveCount(1);
  await expect(cards).toContainText("Second refused, renamed");
  await cards.getByRole("button", { name: "Discard" }).click();
  await expect(tablet.getByText("Nothing needs you")).toBeVisible();
  await expect(attentionLink()).toHaveAccessibleName("Needs attention: nothing");
});

function draft(name: string): Promise<string> {
  const content = { subject: "News", text: "Hello", html: "" };
  return make(workspace.api, "/campaigns", { name, type: "email", content, audienceId, accountId });
}

/** In the app bar. */
function attentionLink() {
  return tablet.getByRole("link", { name: /^Needs attention: / });
}
