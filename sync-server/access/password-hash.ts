/** Passwords as they are kept: argon2id with the parameters beside the hash, so that they can rise. */
import { argon2, randomBytes, timingSafeEqual } from "node:crypto";

interface Cost {
  readonly memory: number;
  readonly passes: number;
}

/** 19 MiB and two passes, the least that OWASP advises: 40 ms here. */
const cost: Cost = { memory: 19_456, passes: 2 };

export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await derive(password, nonce, cost);
  return ["argon2id", cost.memory, cost.passes, text(nonce), text(tag)].join("$");
}

export async function verifyPassword({
  hash,
  password,
}: {
  readonly hash: string;
  readonly password: string;
}): Promise<boolean> {
  const [kind, memory, passes, nonce, tag] = hash.split("$");
  if (kind !== "argon2id" || nonce === undefined || tag === undefined) return false;
  const wanted = Buffer.from(tag, "base64url");
  const used = { memory: Number(memory), passes: Number(passes) };
  const given = await derive(password, Buffer.from(nonce, "base64url"), used);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function derive(password: string, nonce: Buffer, { memory, passes }: Cost): Promise<Buffer> {
  const message = Buffer.from(password.normalize("NFKC"));
  const parameters = { message, nonce, memory, passes, parallelism: 1, tagLength: 32 };
  return new Promise((resolve, reject) => {
    argon2("argon2id", parameters, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function text(bytes: Buffer): string {
  return bytes.toString("base64url");
}
