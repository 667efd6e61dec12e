/** Opens what lives in DATA_DIR: the same for the server and for the command line. */
import { createHmac } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openPeople, type People } from "./access/people.ts";
import type { Config } from "./config.ts";
import { ourOrigins } from "./http/origin.ts";
import { ownProviders, ProviderFailure } from "./providers/all.ts";
import { openSecret, SecretFailure } from "./providers/secrets.ts";
import { StoreError } from "./store/store.ts";
import { takeLock } from "./store/sqlite/lock.ts";

/** A reason why nothing can start, in one line for the person at the terminal. */
export class StartFailure extends Error {
  override readonly name = "StartFailure";
}

export function databasePath({ dataDir }: Pick<Config, "dataDir">): string {
  return join(dataDir, "fieldcast.db");
}

export function peoplePath({ dataDir }: Pick<Config, "dataDir">): string {
  return join(dataDir, "people.db");
}

/** Makes the folder when it misses and proves that it can be written. */
export function prepareDataDir({ dataDir }: Pick<Config, "dataDir">): void {
  const probe = join(dataDir, `.probe-${process.pid}`);
  try {
    makeFolder(dataDir);
    writeFileSync(probe, "written");
    rmSync(probe);
  } catch (error) {
    throw new StartFailure(`DATA_DIR ${dataDir} cannot be used: ${whyNot(error)}.`);
  }
}

/**
 * Step by step from the nearest folder that is there. Node's recursive way tries for ever where
 * the system says of a folder that exists that it does not (`/proc`), and hides why it failed.
 */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another start beside this one may have made it meanwhile.
    if (codeOf(error) !== "EEXIST" || !existsSync(path)) throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function whyNot(error: unknown): string {
  const known: Readonly<Record<string, string>> = {
    EACCES: "this user may not write there; give it the right, or set DATA_DIR to another folder",
    EPERM: "this user may not write there; give it the right, or set DATA_DIR to another folder",
    EROFS: "the file system is read-only; set DATA_DIR to another folder",
    ENOSPC: "the disk is full; free some space",
    EDQUOT: "the disk quota is used up; free some space",
    ENOTDIR: "it or a part of its path is a file; set DATA_DIR to a folder",
    EEXIST: "it is a link that leads nowhere; set DATA_DIR to a folder",
    ENOENT: "the system lets nobody make a folder there; set DATA_DIR to another folder",
    ELOOP: "its links lead in a circle; set DATA_DIR to a folder",
    ENAMETOOLONG: "its name is too long; set DATA_DIR to a shorter one",
  };
  return known[codeOf(error)] ?? (error instanceof Error ? error.message : String(error));
}

/** Makes this process the only server of the folder; answers the release. */
export function lockDataDir({ dataDir }: Pick<Config, "dataDir">): () => void {
  return takeLock(join(dataDir, "server.lock"));
}

/** Where providers are looked for: those that come with the server, then the operator's own. */
export function providerFolders({ providersDir }: Pick<Config, "providersDir">): readonly string[] {
  return providersDir === "" ? [ownProviders] : [ownProviders, providersDir];
}

export function openPeopleOf({ dataDir, publicUrl }: Config): Promise<People> {
  return openPeople({
    path: peoplePath({ dataDir }),
    publicUrl,
    origins: ourOrigins(publicUrl),
    secret: createHmac("sha256", openSecret(dataDir)).update("sessions").digest("base64url"),
  });
}

/** Any reason for not starting as one line; a defect keeps its stack. */
export function startProblem(error: unknown, { port, dataDir }: Config): string {
  if (error instanceof StartFailure || error instanceof SecretFailure) return error.message;
  if (error instanceof ProviderFailure) return `${error.message}.`;
  if (error instanceof StoreError) return storeProblem(error, dataDir);
  const code = codeOf(error);
  if (code === "EADDRINUSE") {
    return `port ${port} is taken by another program: stop it, or set PORT to a free one.`;
  }
  if (code === "EACCES") return `this user may not listen on port ${port}: set PORT above 1023.`;
  if (code === "EADDRNOTAVAIL") return "HOST is not an address of this machine.";
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function storeProblem({ failure, message }: StoreError, dataDir: string): string {
  switch (failure) {
    case "full":
      return `the disk of ${dataDir} is full: free some space; nothing was lost.`;
    case "corrupt":
      return `the database in ${dataDir} is damaged (${message}): restore a back-up.`;
    case "readonly":
      return `the database in ${dataDir} cannot be written (${message}): give this user the right.`;
    case "busy":
      return `${message}: stop that one first, or set another DATA_DIR.`;
    case "newer":
    case "other":
      return `${message}.`;
  }
}
