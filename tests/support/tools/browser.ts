// Which browser the journeys run in: Debian's own Chromium, or Playwright's.
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";
import { canInstall, installFromDebian, run } from "./debian.ts";

const debianChromium = "/usr/bin/chromium";

/** The browser's path, or undefined for the one that Playwright brings. */
export function browserPath(): string | undefined {
  return existsSync(debianChromium) ? debianChromium : undefined;
}

/** Gets a browser where there is none; answers what the person must do if that fails. */
export function ensureBrowser(): string | undefined {
  if (hasBrowser()) return undefined;
  console.log("Fieldcast: getting a browser for the journeys …");
  if (canInstall()) installFromDebian("chromium", "fonts-liberation");
  if (!hasBrowser()) run("playwright", ["install", "chromium"]);
  return hasBrowser()
    ? undefined
    : "The journeys need Chromium: `apt-get install chromium` as root, or `npx playwright install chromium`.";
}

function hasBrowser(): boolean {
  return browserPath() !== undefined || existsSync(chromium.executablePath());
}
