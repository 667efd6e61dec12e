/**
 * The log: one JSON line an event, on standard output. E-mail addresses and phone numbers are
 * taken out of everything that is written, errors and their stacks included, at the last moment
 * before the line leaves: whoever logs cannot forget it.
 */
import { pino, stdSerializers, type DestinationStream, type Logger } from "pino";
import type { LogLevel } from "./config.ts";

export type Log = Logger;

const email = /[^\s"'<>(),:;@\\/=]+@[^\s"'<>(),:;@\\/=]+\.[a-z]{2,}/gi;
/** A plus sign or a leading zero and seven to fifteen digits, as people write numbers. */
const phone = /(?<![\w.-])(?:\+|00?)\d(?:[\s().-]{0,2}\d){6,14}(?![\w-])/g;
const encodedEmail = /[\w.+-]+%40[\w.-]+\.[a-z]{2,}/gi;

/** The text without addresses of people. */
export function redact(text: string): string {
  return text
    .replace(email, "[e-mail]")
    .replace(encodedEmail, "[e-mail]")
    .replace(phone, "[phone]");
}

const secretFields = [
  "password",
  "authorization",
  "cookie",
  "secret",
  "token",
  "key",
  "set-cookie",
];

export function createLog(level: LogLevel, to: DestinationStream = process.stdout): Log {
  const paths = secretFields.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);
  return pino(
    {
      level,
      redact: { paths, censor: "[secret]" },
      base: null,
      serializers: { err: stdSerializers.err, error: stdSerializers.err },
    },
    { write: (line: string) => to.write(redact(line)) },
  );
}
