/**
 * Sends e-mail through an SMTP server. The Message-ID is made of the key, so a server that
 * drops repeats can; but few do, so an unknown outcome is never repeated by itself.
 */
import { connect, isIP, type Socket } from "node:net";
import { err, ok } from "#domain/core/result.ts";
import { secondMs } from "#domain/core/time.ts";
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
} from "./provider.ts";
import { parseSettings, someText, wholeNumber } from "./settings.ts";
import { createLookup, isPublic } from "./targets.ts";

const noLineBreak = v.check((text: string) => !/[\r\n]/.test(text), "must be one line");

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
});

type SmtpSettings = v.InferOutput<typeof schema>;

export const smtp: Provider = {
  name: "smtp",
  channels: ["email"],
  honoursKeys: false,
  // Bounces come as mail to the sender, which nothing reads yet: silence is all there will be.
  receipts: "none",
  receiptWindowMs: 0,
  resendScale: 1,
  secrets: ["password"],
  parse: (settings) => parseSettings(schema, settings),
  open: (settings, deps) => openSmtp(v.parse(schema, settings), deps),
};

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
      try {
        const info = await transport.sendMail(toMail(message, from, domain));
        return { outcome: "accepted", state: "submitted", providerId: info.messageId };
      } catch (error) {
        return toOutcome(error);
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

function toMail({ key, to, content, headers }: Outgoing, from: string, domain: string) {
  return {
    from,
    to: { name: "", address: to },
    subject: content.subject,
    ...(content.text === "" ? {} : { text: content.text }),
    ...(content.html === "" ? {} : { html: content.html }),
    messageId: `<${key}@${domain}>`,
    headers: { ...headers, "x-fieldcast-key": key },
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

function toOutcome(error: unknown): Outcome {
  const { code, command, neverConnected, status, words } = toSmtpError(error);
  const trouble = { code: status === 0 ? code : String(status), words };
  if (code === "EAUTH") return { outcome: "refused", reason: "auth_failed", ...trouble };
  if (status >= 500) return { outcome: "refused", reason: reasonOf(words, command), ...trouble };
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
  return { outcome: "unknown", reason: "provider_timeout", ...trouble };
}

/** By the enhanced status code (RFC 3463); without one, by the command that was refused. */
function reasonOf(words: string, command: string): Reason {
  const enhanced = /\b5\.(\d{1,3})\.(\d{1,3})\b/.exec(words);
  const [, subject = "", detail = ""] = enhanced ?? [];
  const known = byEnhancedCode[`${subject}.${detail}`];
  if (known !== undefined) return known;
  if (command === "MAIL FROM") return "sender_invalid";
  return command === "RCPT TO" ? "unknown_recipient" : "content_rejected";
}

const byEnhancedCode: Readonly<Record<string, Reason>> = {
  "1.1": "unknown_recipient",
  "1.2": "unknown_recipient",
  "1.3": "invalid_address",
  "1.6": "unknown_recipient",
  "1.7": "sender_invalid",
  "1.8": "sender_invalid",
  "2.1": "unknown_recipient",
  "2.2": "unreachable",
  "2.3": "too_long",
  "3.4": "too_long",
  "5.0": "provider_error",
  "7.0": "spam_filtered",
  "7.1": "spam_filtered",
  "7.8": "auth_failed",
  "7.26": "auth_failed",
};

function toProblem(error: unknown, { host, port }: SmtpSettings): SettingsProblem {
  const { code, words } = toSmtpError(error);
  if (code === "EAUTH") {
    return { field: "password", detail: `${host} does not accept user and password: ${words}` };
  }
  return { field: "host", detail: `${host}:${port} cannot be used: ${words}` };
}
