/** A browser that keeps what it has from one start to the next, as somebody's own does. */
import { chromium, type BrowserContext, type Page } from "playwright";
import { ana } from "../../../support/delivery/rest-client.ts";
import { browserPath } from "../../../support/tools/browser.ts";

/** A tablet. */
const viewport = { width: 820, height: 1_180 };

export function openProfile(folder: string): Promise<BrowserContext> {
  const executablePath = browserPath();
  return chromium.launchPersistentContext(folder, {
    ...(executablePath === undefined ? {} : { executablePath }),
    chromiumSandbox: process.getuid?.() !== 0,
    viewport,
    args: ["--disable-gpu", "--disable-background-networking"],
  });
}

/** Signs in, and waits until everything is on the device and works without a network. */
export async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole("textbox", { name: "E-mail" }).fill(ana.email);
  await page.getByLabel("Password").first().fill(ana.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: /live/i }).first().waitFor();
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active !== null);
}

export async function slowDown(page: Page, times: number): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: times });
}
