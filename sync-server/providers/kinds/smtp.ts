/**
 * Sends e-mail through an SMTP server. The Message-ID is made of the key, so a server that
 * drops repeats can; but few do, so an unknown outcome is never repeated by itself.
 */
import { connect, isIP, type Socket } from "node:net";
import { err, ok, type Result } from "#domain/core/result.ts";
import { dayMs, secondMs } from "#domain/core/time.ts";
import type { Reason } from "#domain/message/reason.ts";
import nodemailer from "nodemailer";
import * as v from "valibot";
import type {
  Carrier,
  CarrierDeps,
  Outcome,
  Outgoing,
  Provider,
  SettingsProblem,
} from "../provider.ts";
import { reasonOfPermanent } from "../mail-status.ts";
import { smtpFields } from "../smtp-fields.ts";
import { parseSettings, someText, wholeNumber } from "../settings.ts";
import { secondsText } from "../http-call.ts";
import { createLookup, isPublic } from "../targets.ts";

const noLineBreak = v.check((text: string) => !/[\r\n]/.test(text), "must be one line");

function shortText(most: number) {
  return v.pipe(
    v.string("must be a text"),
    v.trim(),
    v.maxLength(most, "is too long"),
    noLineBreak,
  );
}

const bounceAddressWords = "must be an e-mail address with at most 30 letters before the @";

/** Its local part and the key have to fit in the 64 letters of RFC 5321. */
function isBounceAddress(address: string): boolean {
  return address === "" || /^[\w.-]{1,30}@[^\s@<>+]+$/.test(address);
}

const schema = v.strictObject({
  host: v.pipe(someText, noLineBreak),
  port: v.optional(wholeNumber(1, 65_535), 587),
  /** TLS from the first byte (port 465); otherwise STARTTLS where the server offers it. */
  secure: v.optional(v.boolean("must be true or false"), false),
  user: v.optional(v.pipe(v.string("must be a text"), v.maxLength(500)), ""),
  password: v.optional(v.pipe(v.string("must be a text"), v.maxLength(1_000)), ""),
  /** `Name <address>`, or an address. */
  from: v.pipe(
    someText,
    noLineBreak,
    v.regex(/^[^<>]*<?[^\s@<>]+@[^\s@<>]+>?$/, "must be an e-mail address, or Name <address>"),
  ),
  /**
   * Where what cannot be delivered comes back to. Each mail gets its own one, with the message's
   * key behind a plus: `bounces+KEY@example.org`. "": to the sender, and nobody reads it.
   */
  bounceAddress: v.optional(
    v.pipe(v.string("must be a text"), v.trim(), v.check(isBounceAddress, bounceAddressWords)),
    "",
  ),
  /** How what comes back is read: by IMAP, from a Maildir folder of this machine, or posted to us. */
  bounces: v.optional(
    v.picklist(["none", "imap", "maildir", "post"], "must be none, imap, maildir or post"),
    "none",
  ),
  imapHost: v.optional(shortText(200), ""),
  imapPort: v.optional(wholeNumber(1, 65_535), 993),
  /** TLS from the first byte; otherwise STARTTLS where the server offers it. */
  imapSecure: v.optional(v.boolean("must be true or false"), true),
  imapUser: v.optional(shortText(500), ""),
  imapPassword: v.optional(shortText(1_000), ""),
  imapFolder: v.optional(shortText(200), "INBOX"),
  /** What becomes of a mail that was read: it stays as it is, is marked as seen, or is moved. */
  imapAfter: v.optional(
    v.picklist(["leave", "seen", "move"], "must be leave, seen or move"),
    "leave",
  ),
  imapMoveTo: v.optional(shortText(200), ""),
  /** The name of a folder below the one that the operator opened with MAILDIR_ROOT. */
  maildir: v.optional(
    v.pipe(shortText(100), v.regex(/^(?:[\w-][\w.-]*)?$/, "must be the name of a folder")),
    "",
  ),
  /** Signs mails that are posted to us, as receipts of a webhook are signed. */
  bounceSecret: v.optional(shortText(1_000), ""),
  /** Asks servers to tell of delivered mails too: proof, for twice the mail. */
  confirmDelivery: v.optional(v.boolean("must be true or false"), false),
});

type SmtpSettings = v.InferOutput<typeof schema>;

export const provider: Provider = {
  name: "smtp",
  title: "SMTP",
  hint: "Your own mail server or a relay. Delivers real e-mail.",
  channels: ["email"],
  fields: smtpFields,
  line: "{host}:{port} as {from}",
  keyRetentionMs: 0,
  // Without a place where bounces are read, silence is all there will be.
  receipts: "none",
  receiptWindowMs: 0,
  receiptsOf: (settings) => {
    const isRead = settings["bounces"] !== "none" && settings["bounces"] !== undefined;
    return isRead ? { receipts: "push", receiptWindowMs: bounceWindowMs } : null;
  },
  resendScale: 1,
  parse: (settings) => {
    const parsed = parseSettings(schema, settings);
    return parsed.ok ? checkBounces(parsed.value) : parsed;
  },
  open: (settings, deps) => openSmtp(v.parse(schema, settings), deps),
};

/** Mail servers try for up to five days before they give up. */
const bounceWindowMs = 5 * dayMs;

/** What reading needs, by how it is done. */
const needed = {
  none: [],
  imap: ["bounceAddress", "imapHost", "imapUser"],
  maildir: ["bounceAddress", "maildir"],
  post: ["bounceAddress"],
} as const satisfies Record<SmtpSettings["bounces"], readonly (keyof SmtpSettings)[]>;

function checkBounces(settings: SmtpSettings): Result<SmtpSettings, SettingsProblem> {
  const missing = needed[settings.bounces].find((name) => settings[name] === "");
  if (missing !== undefined) return err({ field: missing, detail: "is needed to read bounces" });
  const { bounces, imapAfter, imapFolder, imapMoveTo } = settings;
  if (bounces !== "imap" || imapAfter !== "move") return ok(settings);
  if (imapMoveTo === "") return err({ field: "imapMoveTo", detail: "is needed to move mails" });
  if (imapMoveTo !== imapFolder) return ok(settings);
  return err({ field: "imapMoveTo", detail: "must be another folder than the one that is read" });
}

const connectTimeoutMs = 10 * secondMs;
const answerTimeoutMs = 30 * secondMs;

function openSmtp(settings: SmtpSettings, deps: CarrierDeps): Carrier {
  const { host, port, secure, user, password, from } = settings;
  const transport = nodemailer.createTransport({
    pool: true,
    host,
    port,
    secure,
    ...(user === "" ? {} : { auth: { user, pass: password } }),
    maxConnections: deps.concurrency,
    maxMessages: Infinity,
    // The engine decides what is repeated: the pool would, on a lost connection, by itself.
    maxRequeues: 0,
    connectionTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    socketTimeout: answerTimeoutMs,
    ...(deps.privateTargets ? {} : { getSocket: connectPublic }),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([^\s@<>]+)>?$/.exec(from)?.[1] ?? "localhost";
  return {
    send: async (message) => {
      const begunAt = performance.now();
      try {
        const info = await transport.sendMail(toMail(message, settings, domain));
        return { outcome: "accepted", state: "submitted", providerId: info.messageId };
      } catch (error) {
        return toOutcome(error, performance.now() - begunAt);
      }
    },
    check: async () => {
      try {
        await transport.verify();
        return ok(`${host} accepts these settings.`);
      } catch (error) {
        return err(toProblem(error, settings));
      }
    },
    close: async () => transport.close(),
  };
}

type Connected = (error: Error | null, socket?: { readonly connection: Socket }) => void;

/** Connects to public addresses only. */
function connectPublic(
  {
    host,
    port,
  }: { readonly host?: string | undefined; readonly port?: number | string | undefined },
  callback: Connected,
): void {
  const name = host ?? "";
  const address = name.replaceAll(/^\[|\]$/g, "");
  if (isIP(address) > 0 && !isPublic(address)) {
    callback(new Error(`${name} is a private address`));
    return;
  }
  const socket = connect({
    host: address,
    port: Number(port),
    lookup: createLookup(false),
    timeout: connectTimeoutMs,
  });
  socket.once("error", callback);
  socket.once("timeout", () => socket.destroy(new Error(`${name} does not answer`)));
  socket.once("connect", () => {
    socket.removeAllListeners("error").removeAllListeners("timeout").setTimeout(0);
    callback(null, { connection: socket });
  });
}

function toMail({ key, to, content, headers }: Outgoing, settings: SmtpSettings, domain: string) {
  const { from } = settings;
  return {
    from,
    to: { name: "", address: to },
    subject: content.subject,
    ...(content.text === "" ? {} : { text: content.text }),
    ...(content.html === "" ? {} : { html: content.html }),
    messageId: `<${key}@${domain}>`,
    headers: { ...headers, "x-fieldcast-key": key },
    ...returnPath(key, to, settings),
  };
}

/** The way back of a mail: its own address (VERP), and its key as the envelope's id (RFC 3461). */
function returnPath(key: string, to: string, { bounceAddress, confirmDelivery }: SmtpSettings) {
  if (bounceAddress === "") return {};
  const at = bounceAddress.lastIndexOf("@");
  const sender = `${bounceAddress.slice(0, at)}+${key}${bounceAddress.slice(at)}`;
  const notify = [
    "failure" as const,
    "delay" as const,
    ...(confirmDelivery ? ["success" as const] : []),
  ];
  return {
    envelope: { from: sender, to },
    // Taken where the server offers DSN, left out where it does not.
    dsn: { id: key, return: "headers" as const, notify, recipient: `rfc822;${to}` },
  };
}

interface SmtpError {
  readonly code: string;
  /** The SMTP command that failed, as the mail library names it. */
  readonly command: string;
  readonly status: number;
  readonly words: string;
  /**
   * Whether there was no conversation at all. The library names every lost connection "CONN", also
   * one that broke after the message was handed over: only what the system says of connecting counts.
   */
  readonly neverConnected: boolean;
}

/** What the mail library hangs on its errors. */
const mailErrorFacts = v.object({
  code: v.optional(v.string()),
  command: v.optional(v.string()),
  responseCode: v.optional(v.number()),
  syscall: v.optional(v.string()),
  timeoutType: v.optional(v.string()),
});

function toSmtpError(error: unknown): SmtpError {
  const words = error instanceof Error ? error.message : String(error);
  const facts = v.safeParse(mailErrorFacts, error);
  const { code, command, responseCode, syscall, timeoutType } = facts.success ? facts.output : {};
  return {
    code: code ?? "",
    command: command ?? "",
    status: responseCode ?? 0,
    words: words.slice(0, 500),
    neverConnected:
      syscall === "connect" ||
      syscall === "getaddrinfo" ||
      timeoutType === "GREETING_TIMEOUT" ||
      timeoutType === "CONNECTION_TIMEOUT",
  };
}

function toOutcome(error: unknown, tookMs: number): Outcome {
  const { code, command, neverConnected, status, words } = toSmtpError(error);
  const trouble = { code: status === 0 ? code : String(status), words };
  if (code === "EAUTH") return { outcome: "refused", reason: "auth_failed", ...trouble };
  if (status >= 500) return { outcome: "refused", reason: reasonOf(words, command), ...trouble };
  if (status >= 400 && isPutOff(words, command)) {
    return { outcome: "later", reason: "rate_limited", afterMs: null, by: "domain", ...trouble };
  }
  if (status >= 400) {
    const reason = /\b4\.2\.2\b/.test(words) ? "unreachable" : "provider_error";
    return { outcome: "later", reason, afterMs: null, ...trouble };
  }
  if (code === "EENVELOPE") return { outcome: "refused", reason: "invalid_address", ...trouble };
  if (words.endsWith("is a private address")) {
    return { outcome: "refused", reason: "config_error", ...trouble };
  }
  if (neverConnected) {
    return { outcome: "later", reason: "network_error", afterMs: null, ...trouble };
  }
  const told = brokenOff(command, tookMs, words);
  return { outcome: "unknown", reason: "provider_timeout", ...trouble, words: told };
}

/** The library names every lost connection "CONN": only a command tells how far it was. */
function brokenOff(command: string, tookMs: number, words: string): string {
  const step = command === "" || command === "CONN" ? "" : ` at ${command}`;
  return `The conversation broke off after ${secondsText(tookMs)}${step}: ${words}`;
}

/** Grey lists and policies of the recipient's mail host: `4.7.x` of RFC 3463, at the recipient or the mail. */
function isPutOff(words: string, command: string): boolean {
  const isOfMessage = command === "RCPT TO" || command === "DATA";
  return isOfMessage && /\b4\.7\.\d{1,3}\b|\bgr[ae]y.?list/i.test(words);
}

/** By the enhanced status code (RFC 3463); without one, by the command that was refused. */
function reasonOf(words: string, command: string): Reason {
  const enhanced = /\b5\.(\d{1,3})\.(\d{1,3})\b/.exec(words);
  const [, subject = "", detail = ""] = enhanced ?? [];
  const known = reasonOfPermanent(subject, detail);
  if (known !== null) return known;
  if (command === "MAIL FROM") return "sender_invalid";
  return command === "RCPT TO" ? "unknown_recipient" : "content_rejected";
}

function toProblem(error: unknown, { host, port }: SmtpSettings): SettingsProblem {
  const { code, words } = toSmtpError(error);
  if (code === "EAUTH") {
    return { field: "password", detail: `${host} does not accept user and password: ${words}` };
  }
  return { field: "host", detail: `${host}:${port} cannot be used: ${words}` };
}
