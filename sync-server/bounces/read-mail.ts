/**
 * What a mail that came back says. Only reports that are written for machines count: delivery
 * status notifications (RFC 3464) and feedback reports (RFC 5965). Of a mail server that writes
 * free text only its own enhanced status code is taken, and marked as a guess; what a person or
 * an auto-responder wrote is left alone.
 *
 * Whom it is about stands in several places, any of which a relay may have dropped: the envelope's
 * id, the address that it came back to (VERP), and the header of the mail that it returns. All are
 * told; the caller believes only a key that this server made.
 */
import type { Instant } from "#domain/core/time.ts";
import { dayMs } from "#domain/core/time.ts";
import type { Reason } from "#domain/message/reason.ts";
import PostalMime, { type Attachment, type Email } from "postal-mime";
import { reasonOfStatus } from "../providers/mail-status.ts";

/** What one delivery report says of its recipient. */
export interface Bounce {
  readonly action: "failed" | "delayed" | "delivered" | "relayed" | "expanded";
  readonly reason: Reason;
  /** The enhanced status code; `guess 5.1.1` where it stood in free text. */
  readonly code: string;
  readonly words: string;
  readonly at: Instant;
}

export type ReadMail =
  | {
      readonly kind: "report";
      readonly keys: readonly string[];
      readonly bounces: readonly Bounce[];
    }
  | { readonly kind: "complaint"; readonly keys: readonly string[]; readonly at: Instant }
  /** `auto_reply`: nobody wrote it, and it says nothing of delivery. `unrelated`: anything else. */
  | { readonly kind: "auto_reply" | "unrelated" | "unreadable" };

/** More of a mail is not looked at: reports come first, what they return may be long. */
export const maxMailBytes = 1024 * 1024;
/** A report's own date counts unless it is older: servers give up after five days. */
const oldestMs = 30 * dayMs;

export async function readMail(raw: Uint8Array, now: Instant): Promise<ReadMail> {
  const mail = await parse(raw.subarray(0, maxMailBytes));
  if (mail === null) return { kind: "unreadable" };
  const parts = mail.attachments;
  const at = momentOf(mail.date, now);
  const status = parts.find(({ mimeType }) => mimeType === "message/delivery-status");
  if (status !== undefined) return reportOf(mail, textOf(status), at);
  const feedback = parts.find(({ mimeType }) => mimeType === "message/feedback-report");
  if (feedback !== undefined) {
    const [fields = new Map<string, string>()] = fieldGroups(textOf(feedback));
    // Others (not-spam, virus, dkim …) are no complaint of a person about us.
    const isAbuse = /^(?:abuse|fraud|opt-out)/i.test(fields.get("feedback-type") ?? "");
    return isAbuse ? { kind: "complaint", keys: keysOf(mail, null), at } : { kind: "unrelated" };
  }
  return guess(mail, at);
}

async function parse(raw: Uint8Array): Promise<Email | null> {
  try {
    return await PostalMime.parse(raw, { forceRfc822Attachments: true, maxNestingDepth: 20 });
  } catch {
    return null;
  }
}

function momentOf(date: string | undefined, now: Instant): Instant {
  const said = date === undefined ? NaN : Date.parse(date);
  return said > now - oldestMs && said < now ? said : now;
}

type Fields = ReadonlyMap<string, string>;

function reportOf(mail: Email, status: string, at: Instant): ReadMail {
  const [about = new Map<string, string>(), ...recipients] = fieldGroups(status);
  const bounces = recipients.flatMap((fields) => toBounce(fields, at) ?? []);
  if (bounces.length === 0) return { kind: "unreadable" };
  return { kind: "report", keys: keysOf(mail, about.get("original-envelope-id") ?? null), bounces };
}

const actions = ["failed", "delayed", "delivered", "relayed", "expanded"] as const;

function toBounce(fields: Fields, at: Instant): Bounce | null {
  const said = fields.get("action")?.toLowerCase() ?? "";
  const action = actions.find((each) => said.startsWith(each));
  if (action === undefined) return null;
  const code = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(fields.get("status") ?? "")?.[0] ?? "";
  const diagnostic = fields.get("diagnostic-code") ?? "";
  const words = diagnostic.replace(/^\s*[\w-]+\s*;\s*/, "").slice(0, 500);
  const isBad = action === "failed" || action === "delayed";
  return { action, reason: isBad ? reasonOfStatus(code) : "none", code, words, at };
}

/** Groups of `Name: value` lines, folded lines joined, parted by empty lines. */
function fieldGroups(text: string): readonly Fields[] {
  const unfolded = text.replaceAll(/\r?\n[ \t]+/g, " ");
  return unfolded
    .split(/\r?\n[ \t]*\r?\n/)
    .map(fieldsOf)
    .filter((fields) => fields.size > 0);
}

function fieldsOf(group: string): Fields {
  const fields = new Map<string, string>();
  for (const line of group.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0)
      fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return fields;
}

const keyPattern = /(?<![a-z2-7])[a-z2-7]{29}(?![a-z2-7])/g;
const addressedTo = new Set([
  "delivered-to",
  "x-original-to",
  "envelope-to",
  "to",
  "x-envelope-to",
]);

/** Everything in it that has the form of a key of ours, the most telling place first. */
function keysOf(mail: Email, envelopeId: string | null): readonly string[] {
  const recipients = mail.headers
    .filter(({ key }) => addressedTo.has(key))
    .map(({ value }) => value);
  const returned = mail.attachments.filter(({ mimeType }) =>
    ["message/rfc822", "text/rfc822-headers", "message/rfc822-headers"].includes(mimeType),
  );
  const headers = returned.map((part) => headOf(textOf(part)));
  const places = [envelopeId ?? "", ...recipients, ...headers].map((text) => text.toLowerCase());
  return [...new Set(places.flatMap((text) => text.match(keyPattern) ?? []))].slice(0, 20);
}

/** Of a returned mail only the header lines that we wrote. */
function headOf(text: string): string {
  const head = text.split(/\r?\n\r?\n/, 1)[0] ?? "";
  return (head.match(/^(?:x-fieldcast-key|message-id):.*$/gim) ?? []).join("\n");
}

/** A server's own words, where it wrote no report. */
function guess(mail: Email, at: Instant): ReadMail {
  const keys = keysOf(mail, null);
  const text = mail.text ?? "";
  const code = /\b5\.\d{1,3}\.\d{1,3}\b/.exec(text)?.[0];
  if (code === undefined || keys.length === 0 || !isFromServer(mail)) {
    return { kind: isAutomatic(mail) ? "auto_reply" : "unrelated" };
  }
  const reason = reasonOfStatus(code);
  const words = lineWith(text, code);
  const bounce = { action: "failed", reason, code: `guess ${code}`, words, at } as const;
  return { kind: "report", keys, bounces: [bounce] };
}

function isFromServer(mail: Email): boolean {
  const sender = mail.from?.address?.toLowerCase() ?? "";
  return headerOf(mail, "return-path") === "<>" || /^(?:mailer-daemon|postmaster)@/.test(sender);
}

/** RFC 3834, and what is usual besides it. */
function isAutomatic(mail: Email): boolean {
  const said = headerOf(mail, "auto-submitted");
  if (said !== "" && said !== "no") return true;
  if (["x-autoreply", "x-autorespond"].some((name) => headerOf(mail, name) !== "")) return true;
  return /^(?:auto_reply|bulk|junk)/.test(headerOf(mail, "precedence"));
}

function headerOf(mail: Email, name: string): string {
  const found = mail.headers.find(({ key }) => key === name);
  return found?.value.trim().toLowerCase() ?? "";
}

function lineWith(text: string, code: string): string {
  return (text.split(/\r?\n/).find((line) => line.includes(code)) ?? "").trim().slice(0, 500);
}

function textOf({ content }: Attachment): string {
  return typeof content === "string" ? content : new TextDecoder().decode(content);
}
