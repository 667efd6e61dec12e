// A script that gets something wrong is told which of its fields, and what would be right.
import { randomUUID, randomUUIDv7 } from "node:crypto";
import { targets } from "#domain/audience/mapping.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestApp, type Ask, type TestApp } from "../support/test-app.ts";

let it: TestApp;
let admin: Ask;
let audienceId: string;
let accountId: string;

const campaigns = "/api/v1/campaigns";
const draft = { name: "Spring", type: "sms", content: { text: "Hi" } };

beforeAll(async () => {
  it = await openTestApp();
  admin = await it.setUp();
  audienceId = (await post("/api/v1/audiences", { name: "All", all: true })).json().id;
  const account = { name: "Try", channel: "sms", provider: "sandbox" };
  accountId = (await post("/api/v1/accounts", account)).json().id;
});

afterAll(() => it.close());

function post(url: string, body: unknown) {
  return admin(url, { method: "POST", body });
}

async function aReadyCampaign(): Promise<string> {
  const made = await post(campaigns, { ...draft, audienceId, accountId });
  return `${campaigns}/${made.json().id}`;
}

test.each(["audienceId", "accountId"])("a campaign is not given an unknown %s", async (field) => {
  const made = await post(campaigns, { ...draft, [field]: randomUUIDv7() });
  expect(made.json()).toMatchObject({ status: 422, type: "/docs/errors#invalid", field });
  expect(made.json().detail).toMatch(/^There is no such (?:audience|account)\.$/);
  const path = await aReadyCampaign();
  const changed = await admin(path, { method: "PATCH", body: { [field]: randomUUIDv7() } });
  expect(changed.json()).toMatchObject({ status: 422, field });
  expect((await admin(path)).json()).toMatchObject({ audienceId, accountId, rev: 1 });
  const emptied = await admin(path, { method: "PATCH", body: { [field]: null } });
  expect(emptied.json()[field]).toBeNull();
});

test("a setting that misses is told in words", async () => {
  const account = { name: "Post", channel: "email", provider: "smtp" };
  const settings = { host: "mail.example.org", port: 25 };
  const { field, detail } = (await post("/api/v1/accounts", { ...account, settings })).json();
  expect([field, detail]).toEqual(["settings.from", "settings.from: is missing."]);
  const typed = { ...settings, from: 7 };
  const wrong = (await post("/api/v1/accounts", { ...account, settings: typed })).json();
  expect(wrong.detail).toBe("settings.from: must be a text.");
});

test("a webhook's URL is asked for as it is taken", async () => {
  const account = { name: "Hook", channel: "email", provider: "webhook" };
  const ask = async (url: string): Promise<string> =>
    (await post("/api/v1/accounts", { ...account, settings: { url } })).json().detail;
  expect(await ask("ftp://example.org")).toBe(
    "settings.url: must be a URL that begins with https:// or http://.",
  );
  expect(await ask("nowhere")).toBe(
    "settings.url: must be a URL that begins with https:// or http://.",
  );
  expect(await ask("https://me:secret@example.org")).toBe(
    "settings.url: must not hold a user or password.",
  );
});

test.each([
  [{ zone: "Mars/X" }, "zone", "zone: Mars/X is no time zone: name one as Europe/Berlin."],
  [
    { at: "2027-01-01T10:00:00Z", local: true },
    "at",
    "at: must be a date and a time as clocks show it, as 2026-11-21T15:30.",
  ],
  [
    { zone: "Mars/X", repeat: { every: "day" } },
    "zone",
    "zone: Mars/X is no time zone: name one as Europe/Berlin.",
  ],
  [
    { repeat: { every: "day", interval: 0 } },
    "repeat.interval",
    "repeat.interval: must be a whole number from 1 to 99.",
  ],
  [
    { repeat: { every: "week", weekdays: [8] } },
    "repeat.weekdays",
    "repeat.weekdays: must be days from 1 (Monday) to 7 (Sunday), each once.",
  ],
  [
    { repeat: { every: "month", monthDay: 32 } },
    "repeat.monthDay",
    "repeat.monthDay: must be a whole number from 1 to 31.",
  ],
  [
    { repeat: { every: "day", until: "soon" } },
    "repeat.until",
    "repeat.until: must be a day as 2026-12-31.",
  ],
])("a schedule with %j names what is wrong and says an example", async (part, field, detail) => {
  const path = await aReadyCampaign();
  const answer = await post(`${path}/schedule`, { at: "2027-01-01T10:00", ...part });
  expect(answer.json()).toMatchObject({ status: 422, field, detail });
});

test("what a campaign misses is named as it is written", async () => {
  const made = await post(campaigns, { name: "Empty", type: "email", audienceId: null });
  const { field, detail } = (await post(`${campaigns}/${made.json().id}/send`, {})).json();
  expect([field, detail]).toEqual([
    "accountId",
    "Still missing: accountId, content.subject, content.text, audienceId.",
  ]);
});

test("a canceled campaign is not said to be on its way", async () => {
  const path = await aReadyCampaign();
  await post(`${path}/schedule`, { at: "2027-01-01T10:00:00Z" });
  await post(`${path}/cancel`, {});
  const answer = await admin(path, { method: "PATCH", body: { name: "Other" } });
  expect(answer.json()).toMatchObject({
    status: 409,
    title: "That step is not possible from here",
    detail: 'The campaign is canceled: "edit" is not possible from there.',
  });
});

test.each(["from", "to"])("activity %s a day that no calendar has is refused", async (field) => {
  for (const url of ["/api/v1/activity", `${await aReadyCampaign()}/activity`]) {
    const answer = await admin(`${url}?${field}=2026-02-30T00:00:00Z`);
    expect(answer.json()).toMatchObject({ status: 422, field });
  }
});

const strange = ["a\u0000b", "a\nb", "a\u202Eb"];

test("a name is one line without control characters, wherever somebody gives one", async () => {
  const contact = { email: "bo@example.com" };
  const person = { email: "cy@example.com", role: "office", password: "long enough pass" };
  const path = await aReadyCampaign();
  for (const name of strange) {
    const wrong = [
      ["name", await post(campaigns, { ...draft, name })],
      ["name", await post(`${path}/duplicate`, { name })],
      ["name", await admin(path, { method: "PATCH", body: { name } })],
      ["name", await post("/api/v1/audiences", { name, all: true })],
      ["name", await post("/api/v1/accounts", { name, channel: "sms", provider: "sandbox" })],
      ["name", await post("/api/v1/keys", { name, role: "office" })],
      ["name", await post("/api/v1/members", { ...person, name })],
      ["name", await admin("/api/v1/workspace", { method: "PATCH", body: { name } })],
      ["firstName", await post("/api/v1/contacts", { ...contact, firstName: name })],
      ["lastName", await post("/api/v1/contacts", { ...contact, lastName: name })],
      ["city", await post("/api/v1/contacts", { ...contact, city: name })],
      ["list", await sendForm({ list: name })],
    ] as const;
    for (const [field, answer] of wrong) {
      const detail = `${field} must not hold line breaks or control characters.`;
      expect(answer.json()).toMatchObject({ status: 422, field, detail });
    }
  }
});

test("a contact's time zone is one", async () => {
  const contact = { email: "dee@example.com" };
  const answer = await post("/api/v1/contacts", { ...contact, timeZone: "Mars" });
  expect(answer.json()).toMatchObject({
    status: 422,
    field: "timeZone",
    detail: "timeZone is no time zone: name one as Europe/Berlin.",
  });
  const made = await post("/api/v1/contacts", { ...contact, timeZone: "Asia/Ho_Chi_Minh" });
  expect(made.statusCode).toBe(201);
  const url = `/api/v1/contacts/${made.json().id}`;
  const changed = await admin(url, { method: "PATCH", body: { timeZone: "Mars" } });
  expect(changed.json()).toMatchObject({ status: 422, field: "timeZone" });
  expect((await admin(url, { method: "PATCH", body: { timeZone: "" } })).statusCode).toBe(200);
});

test.each(['["bogus"]', '{"email":"bogus"}', "5", '{"email":1}', '"email"'])(
  "an import's mapping of %s is told which targets there are",
  async (mapping) => {
    const answer = await sendForm({ mapping });
    expect(answer.json().field).toMatch(/^mapping/);
    expect(answer.json().detail).toContain(targets.join(", "));
  },
);

test("an import's mapping that is no JSON is told so", async () => {
  const answer = await sendForm({ mapping: "{email" });
  expect(answer.json()).toMatchObject({ status: 422, field: "mapping" });
  expect(answer.json().detail).toMatch(/must be JSON/);
});

test("an unknown part of an import's form is refused by its name", async () => {
  const answer = await sendForm({ delimiter: ";" });
  expect(answer.json()).toMatchObject({
    status: 422,
    field: "delimiter",
    detail: "delimiter is not a part of this form: it takes file, fileName, list and mapping.",
  });
});

function sendForm(parts: Readonly<Record<string, string>>) {
  const boundary = randomUUID();
  const texts = Object.entries(parts).map(
    ([name, text]) =>
      `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`,
  );
  const file =
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n` +
    "content-type: text/csv\r\n\r\nemail\nbo@example.com\n\r\n";
  return admin("/api/v1/contacts/import", {
    method: "POST",
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    body: `${texts.join("")}${file}--${boundary}--\r\n`,
  });
}
