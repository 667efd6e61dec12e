/** Random keys that belong to one installation, each in a file that only its owner can read. */
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The key of this name, made at its first use: 32 bytes as base64url. */
export function readSecret(dataDir: string, name: string): string {
  const path = join(dataDir, `${name}.key`);
  const made = randomBytes(32).toString("base64url");
  try {
    writeFileSync(path, made, { mode: 0o600, flag: "wx" });
    return made;
  } catch (error) {
    const isThere = error instanceof Error && "code" in error && error.code === "EEXIST";
    if (!isThere) throw error;
    return readFileSync(path, "utf8").trim();
  }
}
