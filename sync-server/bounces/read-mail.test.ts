import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  deliveryReport,
  feedbackReport,
  plainMail,
} from "../../tests/support/delivery/returned-mail.ts";
import { readMail } from "./read-mail.ts";

const now = Date.UTC(2026, 10, 22);
const key = "abcdefghijklmnopqrstuvwxyz234";
const read = (text: string) => readMail(Buffer.from(text), now);

describe("a delivery report", () => {
  test.each([
    ["5.1.1", "unknown_recipient"],
    ["5.2.1", "unknown_recipient"],
    ["5.2.2", "unreachable"],
    ["5.3.4", "too_long"],
    ["5.4.4", "invalid_address"],
    ["5.7.1", "spam_filtered"],
    ["5.7.999", "carrier_rejected"],
    ["5.0.0", "unknown"],
    ["4.4.1", "expired"],
    ["4.4.7", "expired"],
    ["4.2.2", "unreachable"],
    ["nonsense", "unknown"],
  ])("with status %s fails for the reason %s", async (status, reason) => {
    const mail = await read(deliveryReport({ key, status }));
    expect(mail).toMatchObject({ kind: "report", bounces: [{ action: "failed", reason }] });
  });

  test.each([["envelope"], ["address"], ["header"]] as const)(
    "is known by its key in the %s alone",
    async (place) => {
      const mail = await read(deliveryReport({ key, keyIn: [place] }));
      expect(mail).toMatchObject({ kind: "report", keys: [key] });
    },
  );

  test.each(["delayed", "delivered", "relayed", "expanded"])(
    "tells %s as it is",
    async (action) => {
      const mail = await read(deliveryReport({ key, action, status: "2.0.0" }));
      expect(mail).toMatchObject({
        bounces: [{ action, reason: action === "delayed" ? "unknown" : "none" }],
      });
    },
  );
});

test("a feedback report is a complaint about the mail that it returns; one of no abuse is none", async () => {
  expect(await read(feedbackReport(key))).toEqual({ kind: "complaint", keys: [key], at: now });
  expect(await read(feedbackReport(key, "not-spam"))).toEqual({ kind: "unrelated" });
});

describe("what is no report", () => {
  const back = `To: bounces+${key}@back.example`;

  test("is left alone when an auto-responder wrote it, whatever it says", async () => {
    const away = plainMail(
      [back, "From: bo@shop.example", "Auto-Submitted: auto-replied"],
      "5.1.1",
    );
    expect(await read(away)).toEqual({ kind: "auto_reply" });
    const old = plainMail([back, "From: bo@shop.example", "Precedence: bulk"], "I am away.");
    expect(await read(old)).toEqual({ kind: "auto_reply" });
  });

  test("is left alone when a person wrote it", async () => {
    const person = plainMail([back, "From: bo@shop.example"], "Why do I get 5.1.1 of these?");
    expect(await read(person)).toEqual({ kind: "unrelated" });
  });

  test("counts by a mail server's own status code, and is marked as a guess", async () => {
    const server = plainMail(
      [back, "From: MAILER-DAEMON@mx.example", "Return-Path: <>"],
      "Hi. This is the qmail-send program.\r\n<bo@shop.example>: 550 5.1.1 no such user here",
    );
    expect(await read(server)).toMatchObject({
      kind: "report",
      keys: [key],
      bounces: [{ action: "failed", reason: "unknown_recipient", code: "guess 5.1.1" }],
    });
  });

  test("says nothing where a mail server wrote no code", async () => {
    const server = plainMail([back, "From: MAILER-DAEMON@mx.example"], "No such user, sorry.");
    expect(await read(server)).toEqual({ kind: "unrelated" });
  });
});

test("whatever comes is read without a throw, and in time", async () => {
  const real = deliveryReport({ key });
  await fc.assert(
    fc.asyncProperty(
      fc.nat(real.length),
      fc.nat(200),
      fc.oneof(
        fc.string(),
        fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("latin1")),
      ),
      async (at, length, noise) => {
        const mail = await read(real.slice(0, at) + noise + real.slice(at + length));
        expect(["report", "complaint", "auto_reply", "unrelated", "unreadable"]).toContain(
          mail.kind,
        );
      },
    ),
    { numRuns: 300 },
  );
});
