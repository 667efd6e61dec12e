// S4 Contacts at the stand: what people agree to has versions, and a consent whose time cannot be
// believed counts when somebody looked. Over REST, on the server's app.
import { randomUUIDv7 } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dayMs } from "#domain/core/time.ts";
import { protocolVersion, schemaVersion } from "#protocol/version.ts";
import { openTestApp, type Ask, type TestApp } from "../support/test-app.ts";

let it: TestApp;
let ana: Ask;

beforeEach(async () => {
  it = await openTestApp();
  ana = await it.setUp();
});

afterEach(() => it.close());

const url = "/api/v1/consent-texts";
const reviews = "/api/v1/consent-reviews";

describe("consent texts", () => {
  test("have versions by channel; the same words are no new version", async () => {
    const ben = await it.person(ana, "field");
    expect((await ben(url)).json()).toEqual({ items: [], next: null });
    const publish = (who: Ask, channel: string, text: string) =>
      who(url, { method: "POST", body: { channel, text } });
    expect((await publish(ben, "email", "No right.")).statusCode).toBe(403);
    expect((await publish(ana, "email", " Write to me. ")).json()).toMatchObject({
      channel: "email",
      version: 1,
      text: "Write to me.",
    });
    it.wait(1_000);
    expect((await publish(ana, "email", "Write to me often.")).json()).toMatchObject({
      version: 2,
    });
    expect((await publish(ana, "sms", "Text me.")).json()).toMatchObject({ version: 1 });
    const again = await publish(ana, "email", "Write to me often.");
    expect(again.json()).toMatchObject({ field: "text" });
    expect((await publish(ana, "email", "  ")).json()).toMatchObject({ field: "text" });
    const { items } = (await ben(url)).json();
    expect(items).toHaveLength(3);
    expect(items.at(-1)).toMatchObject({ text: "Write to me." });
  });
});

/** A consent that a tablet noted whose clock nobody compared, and which stands years ahead. */
async function noteConsent(who: Ask, name: string): Promise<void> {
  const args = {
    id: randomUUIDv7(),
    email: `${name.toLowerCase()}@example.org`,
    phone: null,
    firstName: name,
    lastName: "",
    country: "PT",
    place: "Lisbon fair",
    consents: [{ channel: "email", text: null, how: "tick" }],
  };
  const at = { wall: Date.now() + 900 * dayMs, offset: null, offsetAge: null };
  const command = { mid: 1, uid: randomUUIDv7(), name: "contact.add", v: 1, args, at };
  const sender = { v: protocolVersion, schema: schemaVersion, app: "1" };
  const answer = await who("/sync/push", {
    method: "POST",
    body: { ...sender, client: randomUUIDv7(), instance: randomUUIDv7(), commands: [command] },
  });
  expect(answer.json().verdicts).toMatchObject([{ outcome: "ok", note: { review: "email" } }]);
}

async function isGranted(name: string): Promise<boolean> {
  const { items } = (await ana(`/api/v1/contacts?q=${name}`)).json();
  return items[0].consents.some((each: { readonly granted: boolean }) => each.granted);
}

const decide = (who: Ask, id: string, accept: boolean) =>
  who(`${reviews}/${id}`, { method: "POST", body: { channel: "email", accept } });

describe("a consent whose time cannot be believed", () => {
  test("counts when somebody looked and said so, once", async () => {
    const ben = await it.person(ana, "field");
    await noteConsent(ben, "Cleo");
    expect((await ben(reviews)).statusCode).toBe(403);
    const { items } = (await ana(reviews)).json();
    expect(items).toMatchObject([
      {
        channel: "email",
        firstName: "Cleo",
        email: "cleo@example.org",
        why: "clock",
        source: "stand: Lisbon fair",
        textVersion: 0,
      },
    ]);
    expect(await isGranted("Cleo")).toBe(false);
    const [{ id }] = items;
    expect((await decide(ben, id, true)).statusCode).toBe(403);
    expect((await decide(ana, id, true)).json()).toEqual({ state: "accepted" });
    expect(await isGranted("Cleo")).toBe(true);
    expect((await ana(reviews)).json()).toEqual({ items: [] });
    expect((await decide(ana, id, true)).statusCode).toBe(404);
  });

  test("never counts once it was declined", async () => {
    await noteConsent(ana, "Dan");
    const [{ id }] = (await ana(reviews)).json().items;
    expect((await decide(ana, id, false)).json()).toEqual({ state: "declined" });
    expect(await isGranted("Dan")).toBe(false);
  });
});
