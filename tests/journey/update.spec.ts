// A newer app is put on the server while people work in the older one: it asks, waits for the
// answer, and loses nothing of what is being typed.
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import {
  openDevice,
  prepareWorkspace,
  untilInstalled,
  untilLive,
  type Person,
} from "../support/journey.ts";
import { RealServer } from "../support/real-server.ts";

let folder: string;
let server: RealServer;
let admin: Person;

test.beforeAll(async () => {
  folder = await copyProgram();
  server = await RealServer.open({}, folder);
  ({ admin } = await prepareWorkspace(server));
});

test.afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

test("a newer app is offered, and taken over in every tab without losing what is typed", async ({
  browser,
}) => {
  const page = await openDevice(browser, server, admin);
  await untilInstalled(page);
  const other = await page.context().newPage();
  await other.goto("/campaigns/new");
  await untilLive(other);
  await writeDraft(page);
  const name = other.getByRole("textbox", { name: "Name" });
  await name.fill("Just begun");
  expect(await generation(page)).toBe("first");

  await publishNewer(folder);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  const offer = page.getByText("New version ready. What you typed is kept.");
  await expect(offer).toBeVisible();
  // Nobody is torn out of their work: both still run what they began with.
  await expect(text(page)).toHaveValue("Typed and not saved");
  expect([await generation(page), await generation(other)]).toEqual(["first", "first"]);

  const reloads = [page, other].map((tab) => tab.waitForEvent("load"));
  await page.getByRole("button", { name: "Update" }).click();
  await Promise.all(reloads);
  await expect(text(page)).toHaveValue("Typed and not saved");
  await expect(offer).toBeHidden();
  await untilLive(page);
  await expect(name).toHaveValue("Just begun");
  expect([await generation(page), await generation(other)]).toEqual(["second", "second"]);

  // The newer app is whole: it starts without the server too.
  await server.kill();
  await page.reload();
  await expect(text(page)).toHaveValue("Typed and not saved");
  expect(await generation(page)).toBe("second");
  await page.context().close();
});

/** The program in a folder of its own, so that its app can be replaced while it is served. */
async function copyProgram(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), "fieldcast-program-"));
  for (const part of ["package.json", "sync-server", "src", "build"]) {
    await cp(part, join(copy, part), { recursive: true, filter: isNotCompressed });
  }
  await symlink(join(process.cwd(), "node_modules"), join(copy, "node_modules"));
  await mark(copy, "first");
  return copy;
}

/** What was compressed ahead would be served as it was. */
function isNotCompressed(path: string): boolean {
  return !/\.(?:br|gz)$/.test(path);
}

/** Another build: its shell says so, and every file that is not named by its content has a new revision. */
async function publishNewer(program: string): Promise<void> {
  await mark(program, "second");
  const known: unknown = JSON.parse(
    await readFile(join(program, "build/_app/version.json"), "utf8"),
  );
  const version = Object.values(Object(known)).join("");
  const file = join(program, "build/service-worker.js");
  const worker = await readFile(file, "utf8");
  expect(worker).toContain(version);
  await writeFile(file, worker.replaceAll(version, `${version}-newer`));
}

async function mark(program: string, which: "first" | "second"): Promise<void> {
  const file = join(program, "build/200.html");
  const shell = (await readFile(file, "utf8")).replace(/<meta name="generation"[^>]*>/, "");
  await writeFile(
    file,
    shell.replace("</head>", `<meta name="generation" content="${which}"></head>`),
  );
}

/** Which build the page was started from. */
function generation(page: Page): Promise<string | null> {
  return page.locator("meta[name=generation]").getAttribute("content");
}

function text(page: Page) {
  return page.getByRole("textbox", { name: "Text", exact: true });
}

/** As far as a text that no step has saved yet; it is kept on the device a moment after typing. */
async function writeDraft(page: Page): Promise<void> {
  await page.goto("/campaigns/new");
  await page.getByRole("textbox", { name: "Name" }).fill("Half written");
  await page.getByRole("radio", { name: /E-mail/ }).check();
  await page.getByRole("button", { name: "Next: content" }).click();
  await text(page).fill("Typed and not saved");
}
