// `npm run pictures`: takes the README's pictures from the running product, on a demo workspace,
// so that they never show an app that is gone.
import { mkdirSync } from "node:fs";
import { chromium, type BrowserContextOptions, type Page } from "playwright";
import { runCli } from "../command-line.ts";
import { RealServer } from "../real-server.ts";
import { browserPath } from "./browser.ts";

const folder = ".github/pictures";

interface Picture {
  readonly file: string;
  readonly path: string;
  readonly options: BrowserContextOptions;
}

const pictures: readonly Picture[] = [
  {
    file: "campaign-light.png",
    path: "/campaigns",
    options: { viewport: { width: 1280, height: 860 }, colorScheme: "light" },
  },
  {
    file: "overview-phone-dark.png",
    path: "/",
    options: { viewport: { width: 390, height: 844 }, colorScheme: "dark", isMobile: true },
  },
];

await main();

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const server = await RealServer.open();
  try {
    const { stdout } = await runCli(server.dataDir, "demo");
    const executablePath = browserPath();
    const browser = await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      chromiumSandbox: process.getuid?.() !== 0,
    });
    for (const picture of pictures) {
      const context = await browser.newContext({ ...picture.options, baseURL: server.url });
      const page = await context.newPage();
      await signIn(page, stdout);
      await show(page, picture.path);
      await page.screenshot({ path: `${folder}/${picture.file}` });
      await context.close();
    }
    await browser.close();
  } finally {
    await server.close();
  }
}

/** With the words that `demo` printed. */
async function signIn(page: Page, printed: string): Promise<void> {
  const [, email = "", password = ""] = /as (\S+) with the password (\S+)/.exec(printed) ?? [];
  await page.goto("/");
  await page.getByRole("textbox", { name: "E-mail" }).fill(email);
  await page.getByLabel("Password").first().fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
}

/** The overview while something is sent; for campaigns, the report of one that is through. */
async function show(page: Page, path: string): Promise<void> {
  await page.goto(path);
  if (path === "/campaigns") {
    const card = page.getByRole("article").filter({ hasText: "Winter coats are in" });
    await card.getByRole("link", { name: "Report" }).click();
    await page.getByRole("figure", { name: "State over time" }).waitFor();
  }
  if (path === "/") {
    await page.getByText("The recipients are being put together.").waitFor({ state: "hidden" });
    await page
      .getByRole("region", { name: "Today" })
      .getByText(/^(?:[2-9]\d|\d{3,})$/)
      .first()
      .waitFor();
  }
  await page.getByRole("link", { name: /live/i }).first().waitFor();
}
