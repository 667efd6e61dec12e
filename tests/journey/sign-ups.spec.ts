// A field marketer adds contacts at a stand without a network; the server has them afterwards.
import { expect, test, type Page } from "@playwright/test";
import {
  addMember,
  openDevice,
  prepareWorkspace,
  reconnect,
  untilInstalled,
  type Person,
  type Workspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

let server: RealServer;
let workspace: Workspace;
let finn: Person;

test.beforeAll(async () => {
  server = await RealServer.open();
  workspace = await prepareWorkspace(server);
  finn = await addMember(workspace.api, "field", "Finn");
});

test.afterAll(() => server.close());

interface Typed {
  readonly name: string;
  readonly email?: string;
  readonly phone?: string;
  readonly signs?: boolean;
}

async function add(page: Page, { name, email = "", phone = "", signs = false }: Typed) {
  await page.getByLabel("First name").fill(name);
  await page.getByLabel("E-mail", { exact: true }).fill(email);
  await page.getByLabel("Phone").fill(phone);
  if (email !== "") await page.getByRole("checkbox", { name: "E-mails" }).check();
  if (phone !== "") await page.getByRole("checkbox", { name: "Text messages (SMS)" }).check();
  if (signs) {
    await page.getByText("Let them sign").click();
    const pad = await page.getByRole("img", { name: /Signature/ }).boundingBox();
    if (pad === null) throw new Error("nothing to sign on");
    await page.mouse.move(pad.x + 40, pad.y + 60);
    await page.mouse.down();
    await page.mouse.move(pad.x + 120, pad.y + 90, { steps: 5 });
    await page.mouse.up();
  }
  await page.getByRole("button", { name: "Add and next" }).click();
}

const row = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });

/** Everything that lies in the browser's database and storage, as text. */
async function lies(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const texts = [localStorage, sessionStorage].flatMap((store) => Object.entries(store));
    const found: unknown[] = [texts];
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const asked = indexedDB.open(name ?? "");
        asked.addEventListener("success", () => resolve(asked.result));
        asked.addEventListener("error", () => reject(new Error("not opened")));
      });
      for (const store of db.objectStoreNames) {
        found.push(
          await new Promise((resolve, reject) => {
            const all = db.transaction(store).objectStore(store).getAll();
            all.addEventListener("success", () => resolve(all.result));
            all.addEventListener("error", () => reject(new Error("not read")));
          }),
        );
      }
      db.close();
    }
    return JSON.stringify(found);
  });
}

test("3.7 contacts of the stand are added, changed and taken back without a network, and arrive with their proof", async ({
  browser,
}) => {
  const page = await openDevice(browser, server, finn);
  await untilInstalled(page);
  await page.getByRole("link", { name: "Sign-ups" }).click();
  await expect(page.getByRole("heading", { name: "Sign-ups" })).toBeVisible();
  await server.stop();

  await add(page, { name: "Nobody", email: "not-an-address" });
  await expect(page.getByText("This is no e-mail address")).toBeVisible();
  await page.getByLabel("Where you are").fill("Lisbon fair");
  await add(page, { name: "Ann", email: "ann.lee@example.org", signs: true });
  await expect(row(page, "Ann")).toContainText("Waiting");
  await add(page, { name: "Bob", phone: "+351 912 345 678" });
  await add(page, { name: "Cleo", email: "cleo@example.org", phone: "+351 912 345 679" });
  await expect(row(page, "Cleo")).toContainText("Agreed to e-mail and SMS");

  await add(page, { name: "Ann again", email: "ANN.LEE@example.org" });
  await expect(page.getByText("Ann was added on this device with this address")).toBeVisible();

  await page.reload();
  await page.getByLabel("Look somebody up").fill("912345678");
  await expect(page.getByRole("listitem").filter({ hasText: "Agreed" })).toHaveCount(1);
  await row(page, "Bob").getByRole("button", { name: "Open Bob" }).click();
  const bob = page.getByRole("dialog", { name: "Bob" });
  await expect(bob.getByLabel("Phone")).toHaveValue("+351912345678");
  await bob.getByLabel("Last name").fill("Byrne");
  await bob.getByRole("button", { name: "Save" }).click();
  await expect(row(page, "Bob Byrne")).toBeVisible();
  await expect(page.getByRole("dialog")).toBeHidden();
  await page.getByLabel("Look somebody up").fill("");
  await row(page, "Cleo").getByRole("button", { name: "Open Cleo" }).click();
  await page.getByRole("button", { name: "They want no more e-mails" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
  await expect(row(page, "Cleo")).toContainText("Agreed to SMS");

  const onDevice = await lies(page);
  expect(onDevice).toContain("Byrne");
  for (const secret of ["ann.lee@", "cleo@", "912345678", "912345679"]) {
    expect(onDevice).not.toContain(secret);
  }

  await server.start();
  await reconnect(page);
  await expect(row(page, "Ann")).toContainText("Sent");
  const { body } = await workspace.api.get("/contacts");
  const items = JSON.parse(JSON.stringify(body["items"]));
  expect(items).toHaveLength(3);
  expect(items).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ email: "ann.lee@example.org", firstName: "Ann" }),
      expect.objectContaining({ phone: "+351912345678", lastName: "Byrne" }),
      expect.objectContaining({
        email: "cleo@example.org",
        consents: [
          expect.objectContaining({ channel: "email", granted: false }),
          expect.objectContaining({ channel: "sms", granted: true, source: "stand: Lisbon fair" }),
        ],
      }),
    ]),
  );
});
