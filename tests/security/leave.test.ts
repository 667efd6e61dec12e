// The one page that strangers may change something with: an unsubscribe link. What the link
// allows is to leave (and to take that back), for the one recipient that it was made for.
import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLeaveLinks } from "#server/providers/leave-links.ts";
import { freezeCampaign, type SentMessage } from "../support/sent-message.ts";
import { openTestApp, publicUrl, type Ask, type TestApp } from "../support/test-app.ts";

let it: TestApp;
let admin: Ask;
let sent: SentMessage;
let path: string;
const now = Date.parse("2026-11-21T10:00:00Z");
const form = { "content-type": "application/x-www-form-urlencoded" };

beforeEach(async () => {
  it = await openTestApp();
  admin = await it.setUp();
  for (const email of ["ana@shop.example", "ben@shop.example"]) {
    const yes = { channel: "email", granted: true, at: "2026-11-01T10:00:00Z" };
    await admin("/api/v1/contacts", { method: "POST", body: { email, consents: [yes] } });
  }
  const [workspace] = await it.store.access.workspaces({});
  sent = await freezeCampaign(it, { workspace: workspace?.id ?? "", now });
  path = it.services.leaveLinks.urlOf(sent).slice(publicUrl.length);
});

afterEach(() => it.close());

async function consents(): Promise<unknown> {
  const { items } = (await admin("/api/v1/contacts")).json();
  return Object.fromEntries(
    items.map((each: { email: string; consents: readonly { granted: boolean }[] }) => [
      each.email.slice(0, 3),
      each.consents[0]?.granted,
    ]),
  );
}

const press = (url: string, body = "List-Unsubscribe=One-Click", headers = {}) =>
  it.app.inject({ method: "POST", url, headers: { ...form, ...headers }, payload: body });

test("opening the link changes nothing, however often, and nobody may keep or index it", async () => {
  for (let times = 0; times < 5; times++) {
    const page = await it.app.inject({ method: "GET", url: path });
    expect(page.statusCode).toBe(200);
    expect(page.headers).toMatchObject({
      "cache-control": "no-store",
      "x-robots-tag": "noindex, nofollow",
      "referrer-policy": "no-referrer",
    });
    expect(page.body).toContain("Unsubscribe");
    expect(page.body).not.toContain("<script");
  }
  await it.app.inject({ method: "HEAD", url: path });
  expect(await consents()).toEqual({ ana: true, ben: true });
});

test("one click of a mail program, without cookie or origin, unsubscribes its recipient alone", async () => {
  const answer = await press(path);
  expect(answer.statusCode).toBe(200);
  expect(await consents()).toEqual({ ana: false, ben: true });
  const log = (await admin("/api/v1/contacts")).json().items[1].consents[0];
  expect(log).toMatchObject({ channel: "email", source: "unsubscribe link" });
});

test.each([
  ["a form of a page that hides its origin", { origin: "null" }],
  ["multipart form data", { "content-type": "multipart/form-data; boundary=x" }],
  ["a type that nobody knows", { "content-type": "text/strange" }],
])("%s is taken too", async (_, headers) => {
  expect((await press(path, "List-Unsubscribe=One-Click", headers)).statusCode).toBe(200);
  expect(await consents()).toEqual({ ana: false, ben: true });
});

test("a repeat is harmless: it is counted once, and undoes nothing that was said since", async () => {
  for (let times = 0; times < 50; times++) await press(path);
  const page = await it.app.inject({ method: "GET", url: path });
  expect(page.body).toContain("You are unsubscribed");
  const activity = (await admin("/api/v1/activity")).json().items;
  const told = activity.filter(({ event }: { event: string }) => event === "engine.opted_out");
  expect(told).toHaveLength(1);
  expect(JSON.stringify(told)).not.toContain("ana@shop.example");
});

test("who pressed by mistake comes back; who left in another way does not", async () => {
  await press(path);
  expect((await press(path, "choice=return")).statusCode).toBe(200);
  expect(await consents()).toEqual({ ana: true, ben: true });
  const [, ana] = (await admin("/api/v1/contacts")).json().items;
  const body = { channel: "email", granted: false, source: "by phone" };
  it.wait(60_000);
  await admin(`/api/v1/contacts/${ana.id}/consents`, { method: "POST", body });
  await press(path, "choice=return");
  expect(await consents()).toEqual({ ana: false, ben: true });
});

test("no forged, changed or foreign token does anything", async () => {
  const token = path.split("/").at(-1) ?? "";
  const other = createLeaveLinks(Buffer.alloc(32, 9), publicUrl);
  const letters = token.split("");
  const changed = letters.map((letter, at) =>
    letters.toSpliced(at, 1, letter === "A" ? "B" : "A").join(""),
  );
  const forged = [
    ...changed,
    other.urlOf(sent).split("/").at(-1) ?? "",
    it.services.leaveLinks
      .urlOf({ ...sent, workspace: randomUUIDv7() })
      .split("/")
      .at(-1) ?? "",
    it.services.leaveLinks
      .urlOf({ ...sent, campaignId: randomUUIDv7() })
      .split("/")
      .at(-1) ?? "",
    it.services.leaveLinks
      .urlOf({ ...sent, n: 99 })
      .split("/")
      .at(-1) ?? "",
    token.slice(0, -1),
    `${token}A`,
    token.toUpperCase(),
    "",
    "..%2f..%2fapi",
    "%00",
    "x".repeat(199),
  ].filter((each) => each !== token);
  for (const each of forged) {
    const answers = [await it.app.inject({ url: `/r/u/${each}` }), await press(`/r/u/${each}`)];
    expect(answers.map(({ statusCode }) => statusCode >= 400)).toEqual([true, true]);
  }
  expect(await consents()).toEqual({ ana: true, ben: true });
});

test("a name cannot put markup into the page", async () => {
  await admin("/api/v1/workspace", { method: "PATCH", body: { name: '<img src=x onerror="1">' } });
  const page = await it.app.inject({ method: "GET", url: path });
  expect(page.body).toContain("&lt;img");
  expect(page.body).not.toContain("<img");
});

test("the address stays masked, and out of the log", async () => {
  const page = await it.app.inject({ method: "GET", url: path });
  expect(page.body).toContain("a•••@shop.example");
  expect(page.body).not.toContain("ana@shop.example");
  await press(path);
  expect(it.lines.join("\n")).not.toContain("ana@shop.example");
});

test("more than a mail provider needs is asked to wait", async () => {
  const statuses = new Set<number>();
  for (let times = 0; times < 620; times++) {
    statuses.add((await it.app.inject({ url: path })).statusCode);
  }
  expect([...statuses]).toEqual([200, 429]);
});

test("who was deleted and is imported again has left all the same", async () => {
  const [, ana] = (await admin("/api/v1/contacts")).json().items;
  await admin(`/api/v1/contacts/${ana.id}`, { method: "DELETE" });
  expect((await press(path)).statusCode).toBe(200);
  const { workspace } = sent;
  const search = { workspace, q: "", reason: null, after: "", limit: 10, now };
  expect((await it.store.limits.suppressions(search)).items).toMatchObject([
    { address: "ana@shop.example", reason: "unsubscribed", source: "unsubscribe link" },
  ]);
});
