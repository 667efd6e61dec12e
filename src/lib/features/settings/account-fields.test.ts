import { describe, expect, it } from "vitest";
import { provider as smtpProvider } from "#server/providers/kinds/smtp.ts";
import { provider as webhookProvider } from "#server/providers/kinds/webhook.ts";
import { describe as descriptionOf } from "#server/providers/provider.ts";
import {
  asksOnUnknown,
  checkValues,
  fieldsFor,
  settingsOf,
  summaryText,
  valuesOf,
  type FieldValues,
} from "./account-fields.ts";

const smtp = descriptionOf(smtpProvider);
const webhook = descriptionOf(webhookProvider);
const names = (given: FieldValues) => fieldsFor(smtp, given).map(({ name }) => name);
const account = {
  id: "a",
  rev: 1,
  name: "Mail",
  channel: "email",
  provider: "smtp",
  summary: { host: "mail.example.org", port: 25, secure: true, password: "leaked" },
  limits: { perSecond: 5, concurrency: 4 },
  createdAt: 1,
  updatedAt: 1,
} as const;

describe("the form of an account", () => {
  it("shows and sends what reading bounces needs only where they are read that way", () => {
    const values = { bounces: "none", bounceAddress: "", maildir: "", imapHost: "" };
    expect(names(values)).not.toContain("bounceAddress");
    expect(names({ ...values, bounces: "maildir" })).toContain("maildir");
    expect(names({ ...values, bounces: "maildir" })).not.toContain("imapHost");
    const sent = settingsOf(smtp, { ...values, bounces: "maildir", maildir: "back" });
    expect(sent).toMatchObject({ bounces: "maildir", maildir: "back" });
    expect(sent).not.toHaveProperty("imapHost");
  });

  it("sends numbers as numbers and switches as truth values", () => {
    const values = { host: "mail.example.org", port: "25", secure: false, from: "a@example.org" };
    expect(settingsOf(smtp, values)).toMatchObject({ ...values, port: 25 });
  });

  it("leaves an empty secret out, so that the server keeps the one it has", () => {
    const values = { ...valuesOf(webhook, undefined), url: "https://example.org" };
    expect(settingsOf(webhook, values)).toEqual({
      url: "https://example.org",
      ignoresKeys: false,
    });
  });

  it("never shows a secret, and shows the rest of an account", () => {
    expect(valuesOf(smtp, account)).toMatchObject({
      host: "mail.example.org",
      port: "25",
      secure: true,
      password: "",
    });
  });

  it("names the fields that are empty or no number", () => {
    const values = { ...valuesOf(smtp, undefined), host: " ", port: "many", from: "a@b.org" };
    expect(checkValues(smtp, values).map(({ field }) => field)).toEqual(["host", "port"]);
  });

  it("asks what becomes of unknown outcomes only where no key settles them", () => {
    expect(asksOnUnknown(smtp, {})).toBe(true);
    expect(asksOnUnknown(webhook, { ignoresKeys: false })).toBe(false);
    expect(asksOnUnknown(webhook, { ignoresKeys: true })).toBe(true);
  });
});

describe("the line of an account", () => {
  it("says where it leads to and how fast, with a question mark for what is not known", () => {
    expect(summaryText(account, smtp)).toBe("mail.example.org:25 as ?, 5 a second");
  });

  it("says how fast where the provider is not known on this device", () => {
    expect(summaryText(account, undefined)).toBe("5 a second");
  });
});
