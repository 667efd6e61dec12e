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
import { createTagger } from "./tags.ts";

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

/** Seals text so that only this server, and only for the same owner, can read it. */
export interface Sealer {
  seal(text: string, owner: string): string;
  /** Throws when it was sealed for another owner, by another server, or was changed. */
  unseal(sealed: string, owner: string): string;
}

const version = "v1";

export function createSealer(secret: Buffer): Sealer {
  const key = derive(secret, "account settings");
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

/** One deliberate send: the same for every try of it. */
export interface Send {
  readonly workspace: string;
  readonly campaignId: string;
  readonly distribution: number;
  readonly n: number;
  readonly gen: number;
}

/** Where a key says that it belongs; to be believed only after `verify`. */
export type KeyPlace = Pick<Send, "distribution" | "n" | "gen">;

export interface Keys {
  of(send: Send): string;
  /** null when it cannot be one of ours. */
  read(key: string): KeyPlace | null;
  verify(key: string, send: Send): boolean;
}

const placeBytes = 9;
const tagBytes = 9;

/**
 * A key carries its place, so that a receipt finds its message without a table of keys, and a
 * tag that only this server can make, so that nobody can guess another one.
 */
export function createKeys(secret: Buffer): Keys {
  const tag = createTagger(derive(secret, "message keys"));
  const key = Buffer.alloc(placeBytes + tagBytes);
  const place = key.subarray(0, placeBytes);
  const of = (send: Send): string => {
    place.writeUInt32BE(send.distribution, 0);
    place.writeUInt32BE(send.n, 4);
    place.writeUInt8(send.gen, 8);
    const owner = `${send.workspace}\n${send.campaignId}\n`;
    key.write(tag(owner, place), placeBytes, tagBytes, "latin1");
    return toBase32(key);
  };
  return {
    of,
    read: (text) => {
      const bytes = fromBase32(text);
      if (bytes?.length !== placeBytes + tagBytes) return null;
      return {
        distribution: bytes.readUInt32BE(0),
        n: bytes.readUInt32BE(4),
        gen: bytes.readUInt8(8),
      };
    },
    verify: (text, send) => isSame(text, of(send)),
  };
}

/** Compares without telling by its time how much was right. */
export function isSame(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Small letters and digits only: it stands in headers, addresses and file names. */
const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

function toBase32(bytes: Buffer): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(value >>> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + alphabet[(value << (5 - bits)) & 31];
}

function fromBase32(text: string): Buffer | null {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of text) {
    const digit = alphabet.indexOf(letter);
    if (digit < 0) return null;
    value = (value << 5) | digit;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >>> bits) & 255);
    value &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}
