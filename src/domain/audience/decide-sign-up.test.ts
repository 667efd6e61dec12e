import { describe, expect, test } from "vitest";
import {
  aConsentText,
  aContext,
  aSignUp,
  aView,
  ana,
  anId,
  ben,
  noon,
} from "../../../tests/support/campaigns.ts";
import type { CommandArgs } from "../sync/command.ts";
import { decide } from "../sync/decide.ts";

const id = aSignUp().id;
const field = { role: "field" as const };
const typed: CommandArgs["contact.add"] = {
  id,
  firstName: " Ann",
  lastName: "Lee ",
  email: "ann@example.org",
  phone: null,
  country: "PT",
  place: "Lisbon fair",
  consents: [{ channel: "email", text: anId(0x500), how: "tick" }],
};

function add(args: Partial<CommandArgs["contact.add"]>, context = aContext(field)) {
  const view = aView({ consentText: [aConsentText()] });
  return decide(view, { name: "contact.add", args: { ...typed, ...args } }, context);
}

describe("a contact is added at the stand", () => {
  test("as typed, with the consent and its text", () => {
    const added = add({});
    expect(added).toMatchObject({ outcome: "ok", writes: [{ kind: "signUp", id }] });
    expect(added.outcome === "ok" ? added.writes[0]?.doc : null).toEqual(
      aSignUp({
        country: "PT",
        consents: { email: { granted: true, at: noon, text: anId(0x500), how: "tick" } },
      }),
    );
  });

  test.each([
    ["no address", { email: null }, "email"],
    ["a bad e-mail address", { email: "ann@" }, "email"],
    ["a number without its country", { email: null, phone: "912345678" }, "phone"],
    ["a country in words", { country: "Po" }, "country"],
    ["a name with a line break", { firstName: "A\nB" }, "firstName"],
    [
      "a consent without the address",
      { consents: [{ channel: "sms", text: null, how: "tick" }] },
      "consents",
    ],
    [
      "a text that nobody published",
      { consents: [{ channel: "email", text: anId(0x599), how: "tick" }] },
      "consents.text",
    ],
    [
      "a text of another channel",
      { phone: "+351912345678", consents: [{ channel: "sms", text: anId(0x500), how: "tick" }] },
      "consents.text",
    ],
    [
      "a signature that was not drawn",
      { consents: [{ channel: "email", text: null, how: "signature" }] },
      "consents.signature",
    ],
    [
      "a signature that is markup",
      { consents: [{ channel: "email", text: null, how: "signature", signature: "<svg>" }] },
      "consents.signature",
    ],
  ] as const)("%s is refused with its field", (_, args, wrong) => {
    expect(add(args)).toMatchObject({
      outcome: "rejected",
      refusal: { type: "invalid", field: wrong },
    });
  });

  test("[S38] a masked address is all that a device has, and none for the server", () => {
    const masked = { email: "a•••@example.org" };
    expect(add(masked, aContext({ ...field, authority: false }))).toMatchObject({ outcome: "ok" });
    expect(add(masked)).toMatchObject({ refusal: { type: "invalid", field: "email" } });
  });

  test("by a manager not at all", () => {
    expect(add({}, aContext({ role: "manager" }))).toMatchObject({
      refusal: { type: "forbidden" },
    });
  });
});

describe("who was added is changed", () => {
  const view = aView({ signUp: [aSignUp()] });
  const args = { id, firstName: { was: "Ann", set: "Anne" } };

  test("by the person who added them", () => {
    expect(decide(view, { name: "contact.edit", args }, aContext(field))).toMatchObject({
      outcome: "ok",
      writes: [{ doc: { firstName: "Anne", email: "ann@example.org", rev: 2 } }],
    });
  });

  test("by nobody else", () => {
    const other = aContext({ ...field, user: ben });
    expect(decide(view, { name: "contact.edit", args }, other)).toMatchObject({
      refusal: { type: "forbidden" },
    });
  });

  test("and never left without an address", () => {
    const email = { was: "ann@example.org", set: null };
    const nowhere = decide(view, { name: "contact.edit", args: { id, email } }, aContext(field));
    expect(nowhere).toMatchObject({ refusal: { type: "invalid", field: "email" } });
  });

  test("and an address that was written over is told masked", () => {
    const email = { was: "old@example.org", set: "new@example.org" };
    const merged = decide(view, { name: "contact.edit", args: { id, email } }, aContext(field));
    expect(merged).toMatchObject({
      outcome: "merged",
      lost: [{ field: "email", theirs: "a•••@example.org", mine: "n•••@example.org" }],
    });
  });
});

test("I5 whoever hears that a person wants no more messages may say so, in any role", () => {
  const view = aView({ signUp: [aSignUp({ addedBy: ana })] });
  const args = { id, channel: "email" as const, place: "" };
  const manager = aContext({ role: "manager", user: ben });
  expect(decide(view, { name: "consent.out", args }, manager)).toMatchObject({
    outcome: "ok",
    writes: [{ doc: { consents: { email: { granted: false } } } }],
  });
});
