import { describe, expect, it } from "vitest";
import type { FieldValues } from "./account-field.ts";
import { fieldsFor, checkValues, settingsOf, valuesOf } from "./account-fields.ts";

const keys = (given: FieldValues) => fieldsFor("smtp", given).map(({ key }) => key);

describe("the form of an account", () => {
  it("shows and sends what reading bounces needs only where they are read that way", () => {
    const values = { bounces: "none", bounceAddress: "", maildir: "", imapHost: "" };
    expect(keys(values)).not.toContain("bounceAddress");
    expect(keys({ ...values, bounces: "maildir" })).toContain("maildir");
    expect(keys({ ...values, bounces: "maildir" })).not.toContain("imapHost");
    const sent = settingsOf("smtp", { ...values, bounces: "maildir", maildir: "back" });
    expect(sent).toMatchObject({ bounces: "maildir", maildir: "back" });
    expect(sent).not.toHaveProperty("imapHost");
  });

  it("sends numbers as numbers and switches as truth values", () => {
    const values = { host: "mail.example.org", port: "25", secure: false, from: "a@example.org" };
    expect(settingsOf("smtp", values)).toEqual({ ...values, port: 25 });
  });

  it("leaves an empty secret out, so that the server keeps the one it has", () => {
    const values = { ...valuesOf("webhook", undefined), url: "https://example.org" };
    expect(settingsOf("webhook", values)).toEqual({
      url: "https://example.org",
      ignoresKeys: false,
    });
  });

  it("never shows a secret, and shows the rest of an account", () => {
    const account = {
      id: "a",
      rev: 1,
      name: "Mail",
      channel: "email",
      provider: "smtp",
      summary: { host: "mail.example.org", port: 25, secure: true, password: "leaked" },
      limits: { perSecond: null, concurrency: 4 },
      createdAt: 1,
      updatedAt: 1,
    } as const;
    expect(valuesOf("smtp", account)).toMatchObject({
      host: "mail.example.org",
      port: "25",
      secure: true,
      password: "",
    });
  });

  it("names the fields that are empty or no number", () => {
    const values = { ...valuesOf("smtp", undefined), host: " ", port: "many", from: "a@b.org" };
    expect(checkValues("smtp", values).map(({ field }) => field)).toEqual(["host", "port"]);
  });
});
