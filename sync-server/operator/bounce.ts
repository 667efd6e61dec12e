/**
 * Hands a mail that came back to the running server: a mail server pipes it into this command
 * (in Postfix a line of the alias file, or a transport with pipe(8)), as the server's own user.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Config } from "../config.ts";
import { sign } from "../receipts/signature.ts";
import { bounceSecretOf, secretPath } from "../providers/secrets.ts";
import { maxMailBytes } from "../bounces/read-mail.ts";
import { hint, Refusal, say } from "./terminal.ts";

/** sysexits: whoever delivers the mail keeps it and tries again. */
const tryAgainLater = 75;

export async function bounce(config: Config, accountId: string): Promise<number> {
  const path = secretPath(config.dataDir);
  if (!existsSync(path)) throw new Refusal(`There is no server's secret in ${config.dataDir}.`);
  const secret = bounceSecretOf(readFileSync(path), accountId);
  const raw = await readInput();
  const seconds = Math.floor(Date.now() / 1_000);
  const host = config.host === "0.0.0.0" || config.host === "::" ? "127.0.0.1" : config.host;
  try {
    const url = `http://${host}:${config.port}/api/v1/receipts/${accountId}/mail`;
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "message/rfc822",
        "fieldcast-signature": sign(secret, raw, seconds),
      },
      body: new Uint8Array(raw),
    });
    const text = await answer.text();
    if (answer.ok) say(text);
    else hint(`The server refused the mail (${answer.status}): ${text}`);
    return answer.ok ? 0 : tryAgainLater;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    hint(`The server cannot be reached: ${words}`);
    return tryAgainLater;
  }
}

/** What a bounce says stands at its beginning: of a longer mail the rest is left out. */
async function readInput(): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of process.stdin) {
    const buffer = Buffer.from(part);
    if (bytes < maxMailBytes) parts.push(buffer);
    bytes += buffer.length;
  }
  return Buffer.concat(parts).subarray(0, maxMailBytes);
}
