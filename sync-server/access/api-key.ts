/** API keys: long random texts that are shown once and kept as a hash. */
import { createHash, randomBytes } from "node:crypto";

/** The start of every key, by which people and secret scanners know one. */
const start = "fc_";

export function newApiKey(): string {
  return start + randomBytes(32).toString("base64url");
}

/** What is kept of a key. It has 256 random bits, so a plain fast hash is enough. */
export function hashApiKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** The key in an Authorization header; null when it holds none. */
export function keyInHeader(header: string | undefined): string | null {
  const match = /^Bearer +(fc_[\w-]{20,100})$/i.exec(header ?? "");
  return match?.[1] ?? null;
}
