// Every route, in light and dark, on a desktop and on a narrow phone, from left to right and from
// right to left: axe finds nothing, and nothing needs scrolling sideways. The routes are read from
// the folders, so none is forgotten; reports have files of their own.
import { globSync } from "node:fs";
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import {
  cardOf,
  choose,
  openDevice,
  prepareDemo,
  untilLive,
  type Workspace,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";
import { expectUsable } from "../support/usable.ts";

const routes = globSync("**/+page.svelte", { cwd: "src/routes" })
  .map((file) => `/${file.replace(/\/?\+page\.svelte$/, "")}`)
  .toSorted();
/** For those who are not signed in; and those that accessible-reports.spec.ts and -settings have. */
const elsewhere = new Set(["/set-up", "/sign-in", "/reports", "/campaigns/[id]", "/settings"]);
/** What else a route can show, beside what it opens with. */
const views: Readonly<Record<string, readonly string[]>> = {
  "/audience": ["?tab=audiences", "?tab=imports", "?tab=suppressed", "?tab=unreachable"],
  "/campaigns": ["?tab=interactive", "?status=pending&show=today"],
  "/campaigns/[id]/edit": ["?step=content", "?step=audience", "?step=review"],
  "/codes": ["?tab=uses"],
};
// A demo is filled and a device signed in before the first of them.
test.describe.configure({ timeout: 120_000 });

let server: RealServer;
let demo: Workspace;
let page: Page;
/** What stands for `[id]` in a route. */
let ids: Readonly<Record<string, string>>;

test.beforeAll(async ({ browser }) => {
  server = await RealServer.open();
  demo = await prepareDemo(server);
  const complaint = { addresses: ["nobody@example.org"], note: "Asked by phone" };
  expect((await demo.api.post("/suppressions", complaint)).status).toBe(200);
  page = await openDevice(browser, server, demo.admin, { reducedMotion: "reduce" });
  ids = await findIds();
});

test.afterAll(async () => {
  await page.context().close();
  await server.close();
});

for (const route of routes.filter((each) => !elsewhere.has(each))) {
  for (const view of ["", ...(views[route] ?? [])]) {
    test(`nothing keeps anybody from using ${route}${view}`, async () => {
      await page.goto(route.replace("[id]", ids[route] ?? "") + view);
      await untilLive(page);
      await expect(page.getByText(/Fetching|Loading part/)).toHaveCount(0);
      await expectUsable(page);
    });
  }
}

test("nothing keeps anybody from signing in", async ({ browser }) => {
  await withStranger(await browser.newContext({ baseURL: server.url }), "/sign-in", "Sign in");
});

test("nothing keeps anybody from setting up", async ({ browser }) => {
  const empty = await RealServer.open();
  try {
    await withStranger(await browser.newContext({ baseURL: empty.url }), "/set-up", "Set up");
  } finally {
    await empty.close();
  }
});

for (const name of ["Send now", "Schedule"]) {
  test(`nothing keeps anybody from answering what ${name} asks`, async () => {
    await page.goto(`/campaigns/${ids["/campaigns/[id]/edit"] ?? ""}/edit?step=review`);
    await page.getByRole("button", { name, exact: true }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectUsable(page);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
  });
}

test("nothing keeps anybody from making a code pool beside the text", async () => {
  await page.goto(`/campaigns/${ids["/campaigns/[id]/edit"] ?? ""}/edit?step=content`);
  await page.getByRole("button", { name: "New code pool" }).click();
  await expect(page.getByRole("group", { name: "New code pool" })).toBeVisible();
  await expectUsable(page);
});

test("nothing keeps anybody from using the menu of a campaign, or from canceling it", async () => {
  await page.goto("/campaigns?status=in-progress");
  await page.getByRole("article").first().getByRole("link").click();
  await choose(page, "Cancel campaign");
  await expect(page.getByRole("dialog", { name: /^Cancel/ })).toBeVisible();
  await expectUsable(page);
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await page.getByRole("button", { name: "More actions" }).click();
  await expect(page.getByRole("menu", { name: "More actions" })).toBeVisible();
  await expectUsable(page);
});

test("a campaign is written and sent with the keyboard alone", async () => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto("/");
  await pressOn("link", "New Campaign", "Enter");
  await tabTo("textbox", "Name");
  await page.keyboard.type("By keyboard");
  await tabTo("radio", /E-mail/);
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("radio", { name: /SMS/ })).toBeChecked();
  await pressOn("button", "Next: content", "Enter");
  await tabTo("textbox", "Text");
  await page.keyboard.type("Hello {{ first_name }}");
  await pressOn("link", "Next: audience", "Enter");
  await tabTo("radio", /./);
  await page.keyboard.press("Space");
  await pressOn("link", "Next: review", "Enter");
  await pressOn("button", "Send now", "Space");
  const dialog = page.getByRole("dialog", { name: "Send now?" });
  await expect(dialog).toBeVisible();
  const number = dialog.getByRole("textbox", { name: /Type .* to confirm/ });
  if (await number.isVisible()) {
    const label = (await dialog.locator("label").innerText()).replace(/\D/g, "");
    await tabTo("textbox", /Type .* to confirm/);
    await page.keyboard.type(label);
  }
  await pressOn("button", "Send", "Enter");
  await expect(page).toHaveURL(/\/campaigns\/[^/]+$/);
  await pressOn("link", "Campaigns", "Enter");
  await expect(cardOf(page, "By keyboard").getByText(/In Progress|Completed/)).toBeVisible();
});

async function findIds(): Promise<Readonly<Record<string, string>>> {
  const [campaigns, audiences] = await Promise.all([
    demo.api.all("/campaigns"),
    demo.api.all("/audiences"),
  ]);
  const idOf = (phase: string): string =>
    String(campaigns.find((campaign) => campaign["phase"] === phase)?.["id"]);
  return {
    "/campaigns/[id]/edit": idOf("pending"),
    "/audience/[id]": String(audiences[0]?.["id"]),
  };
}

/** As somebody whom the browser does not know yet. */
async function withStranger(
  context: BrowserContext,
  path: string,
  button: string | RegExp,
): Promise<void> {
  const known = page;
  page = await context.newPage();
  try {
    await page.goto(path);
    await expect(page.getByRole("button", { name: button }).first()).toBeVisible();
    expect(new URL(page.url()).pathname).toBe(path);
    await expectUsable(page);
  } finally {
    page = known;
    await context.close();
  }
}

/** Tab, and Tab again, until the focus is there. */
async function tabTo(role: "link" | "button" | "textbox" | "radio", name: string | RegExp) {
  const wanted = page.getByRole(role, typeof name === "string" ? { name, exact: true } : { name });
  await expect(wanted.first()).toBeVisible();
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    // All at one moment: one that goes meanwhile would be waited for.
    if (await wanted.evaluateAll((all) => all.some((one) => one === document.activeElement)))
      return;
  }
  throw new Error(`Tab does not reach the ${role} ${String(name)}`);
}

async function pressOn(role: "link" | "button", name: string, key: "Enter" | "Space") {
  await tabTo(role, name);
  await page.keyboard.press(key);
}
