// Mails that came back, whatever they hold: read or left alone, soon, and never with an error.
import fc from "fast-check";
import { expect, test } from "vitest";
import { reasons } from "#domain/message/reason.ts";
import { readMail } from "#server/bounces/read-mail.ts";

const factor = Number(process.env["FUZZ_RUNS"] ?? 1);
const seed = Number(process.env["FUZZ_SEED"] ?? 1);
const now = Date.parse("2026-11-21T10:00:00Z");
const key = "abcdefghijklmnopqrstuvwxyz234";

const line = fc.oneof(
  fc.constantFrom(
    "",
    "--b",
    "--b--",
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    "Content-Type: message/delivery-status",
    "Content-Type: message/feedback-report",
    "Content-Type: message/rfc822",
    "Content-Transfer-Encoding: base64",
    "Return-Path: <>",
    "From: MAILER-DAEMON@example.org",
    "Date: Sat, 21 Nov 2026 09:00:00 +0000",
    "Date: never",
    `Original-Envelope-Id: ${key}`,
    `To: bounce+${key}@example.org`,
    "Final-Recipient: rfc822; ana@example.org",
    "Action: failed",
    "Action: delivered",
    "Status: 5.1.1",
    "Status: 9.9.9",
    "Diagnostic-Code: smtp; 550 5.1.1 no such user",
    "Feedback-Type: abuse",
    "Auto-Submitted: auto-replied",
    " folded",
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
);
const head =
  'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n' +
  "Content-Type: message/delivery-status\r\n\r\n";
const complaint = head.replace("message/delivery-status", "message/feedback-report");
const start = fc.constantFrom("", head, complaint);
const mail = fc
  .tuple(start, fc.array(line, { maxLength: 25 }), fc.constantFrom("\r\n", "\n", "\r"))
  .map(([begin, lines, end]) => Buffer.from(begin + lines.join(end)));

test("50,000 mails that came back are read or left alone", { timeout: 180_000 }, async () => {
  const kinds = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(mail, async (raw) => {
      const read = await readMail(raw, now);
      kinds.set(read.kind, (kinds.get(read.kind) ?? 0) + 1);
      if (read.kind !== "report") return;
      expect(read.keys.length).toBeLessThanOrEqual(20);
      for (const { at, reason } of read.bounces) {
        expect(at).toBeLessThanOrEqual(now);
        expect(reasons).toContain(reason);
      }
    }),
    { numRuns: 50_000 * factor, seed },
  );
  for (const kind of ["report", "complaint", "unrelated", "unreadable"]) {
    expect(kinds.get(kind)).toBeGreaterThan(20);
  }
});
