// Unsent work leaves a tablet without any network: as a file, and as codes from its screen to
// another tablet's camera. It happens once, whoever meets the server first.
import { readFile } from "node:fs/promises";
import { expect, test, type Page } from "@playwright/test";
import {
  addMember,
  cardOf,
  make,
  openDevice,
  prepareWorkspace,
  reconnect,
  untilInstalled,
  untilLive,
  type Workspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectAccessible } from "../support/usable.ts";

const passphrase = "three words and more";

let server: RealServer;
let workspace: Workspace;
let tablet: Page;
let other: Page;
/** What the last test saved, and the campaign that it is about. */
let saved: Buffer;
let campaign: string;

test.beforeAll(async ({ browser }) => {
  server = await RealServer.open();
  workspace = await prepareWorkspace(server);
  tablet = await openDevice(browser, server, workspace.admin);
  await untilInstalled(tablet);
});

test.beforeAll(async ({ browser }) => {
  other = await openDevice(browser, server, workspace.admin);
  await untilInstalled(other);
});

test.afterAll(async () => {
  await tablet.context().close();
  await other.context().close();
  await server.close();
});

test("[S42] unsent work is saved to a file, sealed", async () => {
  campaign = await draft("Written on the train");
  await seen(other, "Written on the train");
  await seen(tablet, "Written on the train");
  await server.kill();
  await rename(tablet, "Written on the train", "Written on the train, finished");
  saved = await saveWork(tablet);
  const text = saved.toString();
  expect(text).toContain('"fieldcast-work"');
  expect(text).not.toContain("finished");
  await expect(tablet.getByText("Also in a file")).toBeVisible();
});

test("[S42] the file is taken in on another device, without a network", async () => {
  await openCentre(other);
  await other.getByRole("button", { name: "Restore from a file" }).click();
  await choose(other, Buffer.from("{}"));
  await expect(other.getByText("This is no saved work of Fieldcast.")).toBeVisible();
  await choose(other, saved);
  await other.getByLabel("Passphrase").fill("not the passphrase");
  await other.getByRole("button", { name: "Take it in" }).click();
  await expect(other.getByText("not the one that it was sealed with")).toBeVisible();
  await other.getByLabel("Passphrase").fill(passphrase);
  await other.getByRole("button", { name: "Take it in" }).click();
  await expect(other.getByText("1 change waits on this device now.").first()).toBeAttached();
  await expect(other.getByText("Change campaign “Written on the train, finished”")).toBeVisible();
});

test("[S42] with both devices online it has happened once", async () => {
  await server.start();
  await reconnect(other);
  await reconnect(tablet);
  expect(await editsOf(campaign)).toBe(1);
  for (const page of [tablet, other]) await seen(page, "Written on the train, finished");
});

test("[S42] a file of somebody else is refused before a passphrase is asked", async ({
  browser,
}) => {
  const ben = await addMember(workspace.api, "office", "Ben");
  const desk = await openDevice(browser, server, ben);
  await openCentre(desk);
  await desk.getByRole("button", { name: "Restore from a file" }).click();
  await choose(desk, saved);
  await expect(desk.getByText("It belongs to another person.")).toBeVisible();
  await expect(desk.getByLabel("Passphrase")).toHaveCount(0);
  await desk.context().close();
});

test("[S43] codes on one screen are read by another tablet's camera, with some missed", async () => {
  campaign = await draft("Given by code");
  await seen(other, "Given by code");
  await seen(tablet, "Given by code");
  await server.kill();
  await rename(tablet, "Given by code", "Given by code, changed");
  await openCentre(tablet);
  await tablet.getByRole("button", { name: "Hand over by code" }).click();
  await fillPassphrase(tablet);
  await tablet.getByRole("button", { name: "Show the codes" }).click();
  const codes = tablet.getByLabel("QR codes with your unsent work, one after the other");
  await expect(codes).toBeVisible();
  await openCentre(other);
  await replaceCamera(other);
  await other.getByRole("button", { name: "Take over by code" }).click();
  await expect(other.getByText("0% has come")).toBeVisible();
  // The other screen goes on while this loop looks away: many codes are never seen.
  await expect(async () => {
    const picture = await codes.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    await other.evaluate((url) => dispatchEvent(new CustomEvent("seen", { detail: url })), picture);
    await expect(other.getByText("Everything has come.")).toBeVisible({ timeout: 150 });
  }).toPass({ timeout: 90_000, intervals: [10] });
});

test("[S42] what was handed over waits on both, and happens once", async () => {
  await other.getByLabel("Passphrase").fill(passphrase);
  await other.getByRole("button", { name: "Take it in" }).click();
  await expect(other.getByText("1 change waits on this device now.").first()).toBeAttached();
  await tablet.getByRole("button", { name: "The other tablet has it" }).click();
  await expect(tablet.getByText("Handed over", { exact: true })).toBeVisible();
  await expect(tablet.getByRole("button", { name: "Discard" })).toHaveCount(0);
  await tablet.reload();
  await expect(tablet.getByText("Handed over", { exact: true })).toBeVisible();
  await server.start();
  await reconnect(tablet);
  await reconnect(other);
  expect(await editsOf(campaign)).toBe(1);
  await expect(tablet.getByText("Handed over", { exact: true })).toHaveCount(0);
});

for (const { act, says } of [
  { act: "Restore from a file", says: "Choose the file" },
  { act: "Take over by code", says: "Hold the camera" },
]) {
  test(`${act} can be used by everybody`, async () => {
    await openCentre(other);
    await replaceCamera(other);
    await other.getByRole("button", { name: act }).click();
    await expect(other.getByText(says)).toBeVisible();
    await expectAccessible(other);
    await other.keyboard.press("Escape");
  });
}

function draft(name: string): Promise<string> {
  const content = { subject: "News", text: "Hello", html: "" };
  return make(workspace.api, "/campaigns", { name, type: "email", content });
}

/** It has heard of it, and nothing is on its way in either direction. */
async function seen(page: Page, name: string): Promise<void> {
  await page.goto("/campaigns");
  await untilLive(page);
  await expect(cardOf(page, name)).toBeVisible();
}

async function rename(page: Page, from: string, to: string): Promise<void> {
  await cardOf(page, from).getByRole("link").click();
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(to);
  await page.getByRole("button", { name: "Save and close" }).click();
  await expect(page.getByRole("heading", { name: to, level: 1 })).toBeVisible();
}

async function openCentre(page: Page): Promise<void> {
  await page.getByRole("link", { name: /^Sync: / }).click();
  await expect(page.getByRole("heading", { name: "Sync centre", level: 1 })).toBeVisible();
}

async function fillPassphrase(page: Page): Promise<void> {
  await page.getByLabel("Passphrase", { exact: true }).fill(passphrase);
  await page.getByLabel("Passphrase once more").fill(passphrase);
}

/** The file that it downloads. */
async function saveWork(page: Page): Promise<Buffer> {
  await openCentre(page);
  await page.getByRole("button", { name: "Save to a file" }).click();
  await fillPassphrase(page);
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the file" }).click();
  return readFile(await (await coming).path());
}

async function choose(page: Page, buffer: Buffer): Promise<void> {
  const file = { name: "work.json", mimeType: "application/json", buffer };
  await page.getByLabel("Choose the file of unsent work").setInputFiles(file);
}

/** A camera that sees what the test holds before it: off-centre, on a grey desk. */
async function replaceCamera(page: Page): Promise<void> {
  await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [1280, 960];
    const pen = canvas.getContext("2d");
    addEventListener("seen", (event) => {
      const picture = new Image();
      picture.addEventListener("load", () => {
        if (pen === null) return;
        pen.fillStyle = "#777";
        pen.fillRect(0, 0, 1280, 960);
        pen.drawImage(picture, 300, 120, 720, 720);
      });
      if (event instanceof CustomEvent) picture.src = String(event.detail);
    });
    navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(30);
  });
}

async function editsOf(id: string): Promise<number> {
  const activity = await workspace.api.all("/activity");
  return activity.filter(({ campaignId, event }) => campaignId === id && event === "campaign.edit")
    .length;
}
