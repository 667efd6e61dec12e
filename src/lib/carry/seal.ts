/**
 * Unsent work, sealed with a passphrase: it holds what people wrote, and lies in a folder of
 * downloads or is shown on a screen. AES-256-GCM under a key that PBKDF2 makes of the passphrase;
 * the header is bound to what is sealed, so that nobody can give it to another person.
 */
import type { Id } from "#domain/core/id.ts";
import { err, ok, type Result } from "#domain/core/result.ts";
import type { Instant } from "#domain/core/time.ts";
import {
  carriedWork,
  carryFile,
  carryHeader,
  carryVersion,
  type CarriedWork,
  type CarryHeader,
} from "#protocol/carry.ts";
import * as v from "valibot";
import {
  deflate,
  fromBase64,
  inflate,
  joined,
  sha256,
  toBase64,
  toHex,
  type Bytes,
} from "./bytes.ts";

export interface SealedWork {
  readonly header: CarryHeader;
  readonly sealed: Bytes;
}

export interface Owner {
  readonly workspace: Id;
  readonly user: Id;
}

export type CarryProblem =
  /** Not made by this app at all. */
  | "notOurs"
  /** Made by a newer version of the app. */
  | "tooNew"
  | "damaged"
  | "otherWorkspace"
  | "otherPerson"
  | "wrongPassphrase";

/** As OWASP advises for PBKDF2 with SHA-256 since 2023. */
const iterations = 600_000;
/** Far above a full outbox: a file that grows beyond it is no file of ours. */
const mostBytes = 64_000_000;

export const shortestPassphrase = 8;

export async function seal(
  work: CarriedWork,
  { owner, madeAt, passphrase }: { owner: Owner; madeAt: Instant; passphrase: string },
): Promise<SealedWork> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const fixed = {
    format: "fieldcast-work",
    v: carryVersion,
    ...owner,
    madeAt,
    commands: work.commands.length,
    cards: work.cards.length,
    kdf: "PBKDF2-SHA-256",
    iterations,
    salt: toBase64(salt),
    iv: toBase64(iv),
  } as const;
  const text = new TextEncoder().encode(JSON.stringify(work));
  const cipher = { name: "AES-GCM", iv, additionalData: bound(fixed) };
  const key = await keyOf(passphrase, salt, iterations);
  const sealed = new Uint8Array(await crypto.subtle.encrypt(cipher, key, await deflate(text)));
  return { header: { ...fixed, sha256: toHex(await sha256(sealed)) }, sealed };
}

/** Whether this person may open it at all: asked before the passphrase is. */
export async function inspect(
  { header, sealed }: SealedWork,
  { workspace, user }: Owner,
): Promise<CarryProblem | null> {
  if (header.v > carryVersion) return "tooNew";
  if (header.workspace !== workspace) return "otherWorkspace";
  if (header.user !== user) return "otherPerson";
  return toHex(await sha256(sealed)) === header.sha256 ? null : "damaged";
}

export async function open(
  { header, sealed }: SealedWork,
  passphrase: string,
): Promise<Result<CarriedWork, CarryProblem>> {
  const salt = fromBase64(header.salt);
  const iv = fromBase64(header.iv);
  if (salt === null || iv === null) return err("damaged");
  const { sha256: _, ...fixed } = header;
  const key = await keyOf(passphrase, salt, header.iterations);
  let packed: ArrayBuffer;
  try {
    const cipher = { name: "AES-GCM", iv, additionalData: bound(fixed) };
    packed = await crypto.subtle.decrypt(cipher, key, sealed);
  } catch {
    return err("wrongPassphrase");
  }
  try {
    const text = new TextDecoder().decode(await inflate(new Uint8Array(packed), mostBytes));
    return ok(v.parse(carriedWork, JSON.parse(text)));
  } catch {
    return err("damaged");
  }
}

async function keyOf(passphrase: string, salt: Bytes, rounds: number): Promise<CryptoKey> {
  // The same passphrase typed on another keyboard may come composed in another way.
  const secret = new TextEncoder().encode(passphrase.normalize("NFKC"));
  const raw = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  const kind = { name: "AES-GCM", length: 256 };
  return crypto.subtle.deriveKey(how, raw, kind, false, ["encrypt", "decrypt"]);
}

function bound(fixed: Omit<CarryHeader, "sha256">): Bytes {
  const { format, v: version, workspace, user, madeAt, commands, cards } = fixed;
  const { kdf, iterations: rounds, salt, iv } = fixed;
  const parts = [format, version, workspace, user, madeAt, commands, cards, kdf, rounds, salt, iv];
  return new TextEncoder().encode(JSON.stringify(parts));
}

export function toFile({ header, sealed }: SealedWork): string {
  return `${JSON.stringify({ ...header, sealed: toBase64(sealed) }, null, 1)}\n`;
}

export function fromFile(text: string): Result<SealedWork, CarryProblem> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err(text.includes('"fieldcast-work"') ? "damaged" : "notOurs");
  }
  const parsed = v.safeParse(carryFile, value);
  if (!parsed.success) return err(problemOf(value));
  const { sealed, ...header } = parsed.output;
  const bytes = fromBase64(sealed);
  return bytes === null ? err("damaged") : ok({ header, sealed: bytes });
}

/** For pictures, where every byte counts: the length of the header in two bytes, it, and the rest as it is. */
export function toBytes({ header, sealed }: SealedWork): Bytes {
  const head = new TextEncoder().encode(JSON.stringify(header));
  return joined([Uint8Array.of(head.length >> 8, head.length & 0xff), head, sealed]);
}

export function fromBytes(bytes: Bytes): Result<SealedWork, CarryProblem> {
  const length = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(2, 2 + length)));
    const parsed = v.safeParse(carryHeader, value);
    if (!parsed.success) return err(problemOf(value));
    return ok({ header: parsed.output, sealed: bytes.slice(2 + length) });
  } catch {
    return err("damaged");
  }
}

/** Of what does not fit today's shape: ours from tomorrow, ours and broken, or something else. */
function problemOf(value: unknown): CarryProblem {
  const told = v.safeParse(v.object({ format: v.literal("fieldcast-work"), v: v.number() }), value);
  if (!told.success) return "notOurs";
  return told.output.v > carryVersion ? "tooNew" : "damaged";
}
