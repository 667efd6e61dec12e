/** Mails as they come back, in the forms of RFC 3464 and RFC 5965, for tests that send them by hand. */

export interface DsnOptions {
  readonly key: string;
  readonly action?: string;
  readonly status?: string;
  readonly diagnostic?: string;
  /** Where the key stands; everywhere when left out. */
  readonly keyIn?: readonly ("envelope" | "address" | "header")[];
}

export function deliveryReport({
  key,
  action = "failed",
  status = "5.1.1",
  diagnostic = "smtp; 550 5.1.1 <bo@shop.example> no such mailbox",
  keyIn = ["envelope", "address", "header"],
}: DsnOptions): string {
  const address = keyIn.includes("address")
    ? `bounces+${key}@back.example`
    : "bounces@back.example";
  return lines(
    "Return-Path: <>",
    `Delivered-To: ${address}`,
    "From: MAILER-DAEMON@relay.example (Mail Delivery System)",
    `To: ${address}`,
    "Subject: Undelivered Mail Returned to Sender",
    "Auto-Submitted: auto-replied",
    "MIME-Version: 1.0",
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
    "",
    "--b1",
    "Content-Type: text/plain; charset=us-ascii",
    "",
    "I'm sorry to have to inform you that your message could not be delivered.",
    "",
    "--b1",
    "Content-Type: message/delivery-status",
    "",
    "Reporting-MTA: dns; relay.example",
    ...(keyIn.includes("envelope") ? [`Original-Envelope-Id: ${key}`] : []),
    "",
    "Final-Recipient: rfc822; bo@shop.example",
    `Action: ${action}`,
    `Status: ${status}`,
    `Diagnostic-Code: ${diagnostic}`,
    "",
    "--b1",
    "Content-Type: text/rfc822-headers",
    "",
    "From: news@example.org",
    ...(keyIn.includes("header") ? [`X-Fieldcast-Key: ${key}`] : []),
    "Subject: Hello",
    "",
    "--b1--",
  );
}

/** A mailbox provider forwards what its user reported as unwanted. */
export function feedbackReport(key: string, type = "abuse"): string {
  return lines(
    "From: feedback@mailbox.example",
    "To: bounces@back.example",
    "Subject: FW: Hello",
    "MIME-Version: 1.0",
    'Content-Type: multipart/report; report-type=feedback-report; boundary="b2"',
    "",
    "--b2",
    "Content-Type: text/plain",
    "",
    "This is an email abuse report.",
    "",
    "--b2",
    "Content-Type: message/feedback-report",
    "",
    `Feedback-Type: ${type}`,
    "User-Agent: SomeGenerator/1.0",
    "Version: 1",
    "",
    "--b2",
    "Content-Type: message/rfc822",
    "",
    "From: news@example.org",
    "Subject: Hello",
    `X-Fieldcast-Key: ${key}`,
    "",
    "Hello",
    "--b2--",
  );
}

export function plainMail(headers: readonly string[], text: string): string {
  return lines(...headers, "", text);
}

function lines(...all: readonly string[]): string {
  return `${all.join("\r\n")}\r\n`;
}
