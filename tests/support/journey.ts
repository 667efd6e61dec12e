// What every journey begins with: a workspace on a real server, and a person who is signed in.
import { randomBytes } from "node:crypto";
import { expect, type Browser, type BrowserContextOptions, type Page } from "@playwright/test";
import { optionalFiles, textFiles } from "../../optional-parts.config.ts";
import { ApiClient } from "./api-client.ts";
import { runCli } from "./command-line.ts";
import type { RealServer } from "./real-server.ts";
import { setUpServer } from "./set-up.ts";

export interface Person {
  readonly email: string;
  readonly password: string;
}

export interface Workspace {
  readonly admin: Person;
  readonly api: ApiClient;
}

/** A workspace "Acme" that has its administrator Ana and nothing else. */
export async function prepareWorkspace({ url }: RealServer): Promise<Workspace> {
  const admin = { email: "ana@example.org", password: "correct horse battery" };
  const key = await setUpServer(url, { workspace: "Acme", name: "Ana", ...admin });
  return { admin, api: new ApiClient(url, key) };
}

/** The workspace that `demo` fills, with the person whom it names. */
export async function prepareDemo({ dataDir, url }: RealServer): Promise<Workspace> {
  const printed = await done(dataDir, "demo");
  const [, email, password] = /as (\S+) with the password (\S+)/.exec(printed) ?? [];
  const [, workspace] = /workspace "([^"]+)"/.exec(printed) ?? [];
  if (email === undefined || password === undefined || workspace === undefined) {
    throw new Error(`no person in: ${printed}`);
  }
  const api = new ApiClient(url, await createKey(dataDir, workspace));
  return { admin: { email, password }, api };
}

/** What the demo sends now comes to its end: nothing moves under who compares what is told. */
export async function endSending(api: ApiClient): Promise<void> {
  for (const { id, phase } of await api.all("/campaigns")) {
    if (phase !== "preparing" && phase !== "active") continue;
    await api.post(`/campaigns/${String(id)}/cancel`);
    await api.until(
      `/campaigns/${String(id)}/report`,
      ({ counters }) =>
        ["queued", "sending", "submitted", "sent"].every((state) => Object(counters)[state] === 0),
      120_000,
    );
  }
}

async function createKey(dataDir: string, workspace: string): Promise<string> {
  const flags = ["--workspace", workspace, "--role", "admin", "--name", "script"];
  return (await done(dataDir, "key", "create", ...flags)).trim();
}

async function done(dataDir: string, ...args: readonly string[]): Promise<string> {
  const run = await runCli(dataDir, ...args);
  expect(run, run.stderr).toMatchObject({ status: 0 });
  return run.stdout;
}

/** Contacts with an address, a number and both consents: people-1, people-2, … */
export async function importPeople(api: ApiClient, count: number): Promise<void> {
  const heading = "email,phone,first_name,country,email_consent,sms_consent";
  const rows = Array.from({ length: count }, (_, n) =>
    [`person-${n}@example.org`, `+1202555${String(n).padStart(4, "0")}`, `Person ${n}`].join(","),
  );
  const csv = [heading, ...rows.map((row) => `${row},US,yes,yes`)].join("\r\n");
  const { body } = await api.postCsv("/contacts/import", csv);
  await api.until(`/imports/${String(body["id"])}`, ({ state }) => state === "done");
}

/** Makes something over REST, and answers its id. */
export async function make(api: ApiClient, path: string, body: unknown): Promise<string> {
  const answer = await api.post(path, body);
  expect(answer.status, answer.text).toBe(201);
  return String(answer.body["id"]);
}

/** A sandbox account; nothing fails on it unless the settings say so. */
export function makeSandbox(
  api: ApiClient,
  name: string,
  channel: "email" | "sms",
  { guards = {}, ...settings }: { readonly guards?: object; readonly [name: string]: unknown } = {},
): Promise<string> {
  const calm = { latencyMs: 0, failurePercent: 0, unconfirmedPercent: 0, receiptDelayMs: 100 };
  const account = { name, channel, provider: "sandbox", settings: { ...calm, ...settings } };
  return make(api, "/accounts", { ...account, guards });
}

/** Failures of people pause nothing, however they fall: by chance five of them may come in a row. */
export const unguarded = { breaker: "provider", failurePercent: null };

export async function addMember(
  api: ApiClient,
  role: "office" | "field" | "manager",
  name: string,
): Promise<Person> {
  const person = {
    email: `${name.toLowerCase()}@example.org`,
    password: randomBytes(12).toString("hex"),
  };
  await make(api, "/members", { name, role, ...person });
  return person;
}

/** A device of its own for this person, signed in and up to date. */
export async function openDevice(
  browser: Browser,
  { url }: RealServer,
  { email, password }: Person,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: url, ...options })).newPage();
  await page.goto("/");
  await page.getByRole("textbox", { name: "E-mail" }).fill(email);
  await page.getByLabel("Password").first().fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await untilLive(page);
  return page;
}

/** Until everything was exchanged with the server. */
export async function untilLive(page: Page): Promise<void> {
  await expect(page.getByRole("link", { name: "Sync: Live", exact: true })).toBeVisible({
    timeout: 60_000,
  });
}

/**
 * Until what is typed there lies on the device: a moment after the last key, without a word. Answers
 * it as it is kept, which nobody can read; where `before` is given, until it is another one.
 */
export async function untilDraftKept(page: Page, key: string, before?: string): Promise<string> {
  let found: string | undefined;
  await expect
    .poll(async () => {
      const drafts = await page.evaluate(keptDrafts);
      found = drafts.find((each) => each.key === key)?.kept;
      return found !== undefined && found !== before;
    })
    .toBe(true);
  return found ?? "";
}

async function keptDrafts() {
  const kept: { readonly key: unknown; readonly kept: string }[] = [];
  for (const { name = "" } of await indexedDB.databases()) {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const asked = indexedDB.open(name);
      asked.addEventListener("success", () => resolve(asked.result));
      asked.addEventListener("error", () => reject(new Error(`${name} was not opened`)));
    });
    if (db.objectStoreNames.contains("draft")) {
      const drafts = db.transaction("draft").objectStore("draft").getAll();
      await new Promise((resolve) => drafts.addEventListener("success", resolve));
      for (const draft of drafts.result) {
        kept.push({
          key: Object(draft).key,
          kept: JSON.stringify(draft, (_, value: unknown) =>
            value instanceof ArrayBuffer ? [...new Uint8Array(value)] : value,
          ),
        });
      }
    }
    db.close();
  }
  return kept;
}

/** Until what few people need lies on the device as well: it comes once there is time. */
export async function untilPartsKept(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(keptParts), { timeout: 60_000 })
    .toEqual(expect.arrayContaining([...laterParts()]));
}

/** Their paths, without the texts of other languages. */
export function laterParts(): readonly string[] {
  const texts = new Set(Object.values(textFiles()));
  return optionalFiles()
    .filter((file) => !texts.has(file))
    .map((file) => `/${file}`);
}

/** In the page: those that it has. */
export async function keptParts(): Promise<readonly string[]> {
  const kept = await (await caches.open("optional-parts")).keys();
  return kept.map(({ url }) => new URL(url).pathname);
}

/** The app works without a server from now on, reloads included. */
export async function untilInstalled(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null))
    .toBe(true);
}

/** The device notices that there is a network again, as after a tunnel, instead of later. */
export async function reconnect(page: Page): Promise<void> {
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await untilLive(page);
}

/** The card of a campaign in the list. */
export function cardOf(page: Page, name: string) {
  return page.getByRole("article", { name, exact: true });
}

/** An act of the menu beside the campaign's name. */
export async function choose(page: Page, act: string): Promise<void> {
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: act }).click();
}
