/**
 * What is derived from the server's one secret: sealed settings, the keys of messages, and
 * nothing else. The secret is a file beside the database that only the server's user may read.
 */
import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const fileName = "secret.key";
const keyBytes = 32;

export function secretPath(dataDir: string): string {
  return join(dataDir, fileName);
}

/** The file of the secret holds something else; the message says what to do. */
export class SecretFailure extends Error {
  override readonly name = "SecretFailure";
}

/** Reads the secret of a data folder, making it at the first start. */
export function openSecret(dataDir: string): Buffer {
  const path = secretPath(dataDir);
  mkdirSync(dataDir, { recursive: true });
  try {
    // Two processes may start together: whoever comes second reads what the first one made.
    writeFileSync(path, randomBytes(keyBytes), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const secret = readFileSync(path);
  if (secret.length !== keyBytes) {
    const cure = "put back the one of your back-up";
    throw new SecretFailure(`${path} is not a secret of ${keyBytes} bytes: ${cure}.`);
  }
  return secret;
}

/** A key for one purpose. */
export function derive(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "", `fieldcast ${purpose}`, keyBytes));
}

/** What signs mails that the command line of this machine hands over for an account. */
export function bounceSecretOf(secret: Buffer, accountId: string): string {
  return derive(secret, `bounces of ${accountId}`).toString("hex");
}

/** Seals text so that only this server, and only for the same owner, can read it. */
export interface Sealer {
  seal(text: string, owner: string): string;
  /** Throws when it was sealed for another owner, by another server, or was changed. */
  unseal(sealed: string, owner: string): string;
}

const version = "v1";

export function createSealer(secret: Buffer, purpose = "account settings"): Sealer {
  const key = derive(secret, purpose);
  return {
    seal: (text, owner) => {
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(owner));
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      const parts = [iv, cipher.getAuthTag(), body].map((part) => part.toString("base64url"));
      return [version, ...parts].join(".");
    },
    unseal: (sealed, owner) => {
      const [head, iv = "", tag = "", body = ""] = sealed.split(".");
      if (head !== version) throw new Error("sealed by a version that is not known");
      const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64url"))
        .setAAD(Buffer.from(owner))
        .setAuthTag(Buffer.from(tag, "base64url"));
      const text = decipher.update(Buffer.from(body, "base64url"));
      return Buffer.concat([text, decipher.final()]).toString("utf8");
    },
  };
}

/** Compares without telling by its time how much was right. */
export function isSame(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
