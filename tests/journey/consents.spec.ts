// What people agree to at the stand is published in Settings, and shown at the stand without a
// network; a consent that a wrong clock dates waits there for somebody to look.
import { expect, test, type Page } from "@playwright/test";
import {
  addMember,
  openDevice,
  prepareWorkspace,
  reconnect,
  untilInstalled,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

let server: RealServer;

test.beforeAll(async () => {
  server = await RealServer.open();
});

test.afterAll(() => server.close());

async function addSignUp(tablet: Page, name: string): Promise<void> {
  await tablet.getByLabel("First name").fill(name);
  await tablet.getByLabel("E-mail", { exact: true }).fill(`${name.toLowerCase()}@example.org`);
  await tablet.getByRole("checkbox", { name: "E-mails" }).check();
  await tablet.getByRole("button", { name: "Add and next" }).click();
  // Before it is stored nothing waits, and the device may be live without it.
  await expect(tablet.getByRole("listitem").filter({ hasText: name })).toContainText("Waiting");
}

test("own words are asked for at the stand, and a consent that cannot be dated is looked at", async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const { admin, api } = await prepareWorkspace(server);
  const finn = await addMember(api, "field", "Finn");
  const tablet = await openDevice(browser, server, finn);
  const office = await openDevice(browser, server, admin);

  await office.goto("/settings?tab=consent");
  await office.getByRole("button", { name: "Change: E-mails" }).click();
  await office.getByLabel("New words").fill("Twice a month, Acme may write to me.");
  await office.getByRole("button", { name: "Publish" }).click();
  await expect(office.getByText("Version 1, since")).toBeVisible();
  await expect(office.getByText("Nothing waits")).toBeVisible();

  await tablet.goto("/sign-ups");
  await expect(tablet.getByText("Twice a month, Acme may write to me.").first()).toBeVisible();
  await untilInstalled(tablet);
  await tablet.context().setOffline(true);
  // Started without a network, its clock is as it was when it was compared: what it dates counts.
  await tablet.reload();
  await addSignUp(tablet, "Dora");
  await tablet.context().setOffline(false);
  await reconnect(tablet);
  const dora = () => api.all("/contacts?q=dora");
  await expect
    .poll(dora, { timeout: 30_000 })
    .toMatchObject([{ consents: [{ channel: "email", granted: true }] }]);
  await office.reload();
  await expect(office.getByText("Nothing waits")).toBeVisible();

  await tablet.context().setOffline(true);
  // The tablet starts again with a flat battery: its clock is days ahead, and nobody compares it.
  await tablet.addInitScript(() => {
    const real = Date.now.bind(Date);
    Date.now = () => real() + 3 * 86_400_000;
  });
  await tablet.reload();
  await addSignUp(tablet, "Cleo");
  await tablet.context().setOffline(false);
  await reconnect(tablet);

  await office.reload();
  await expect(office.getByRole("heading", { name: "Cleo: e-mails" })).toBeVisible();
  await expect(office.getByText("Agreed to: “Twice a month, Acme may write to me.”")).toBeVisible();
  await office.getByRole("button", { name: "It counts: Cleo" }).click();
  await expect(office.getByText("Nothing waits")).toBeVisible();
  await office.context().close();
  await tablet.context().close();
});
