/**
 * Data folders that older versions of the server left behind in the middle of their work, and
 * what the carrier knew at that moment. Made by `npm run golden`, kept for ever.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as v from "valibot";

const run = promisify(execFile);

const folder = "tests/support/upgrade/kept";

/** In the packed folder: the server's data, and the facts beside it. */
export const dataName = "data";
export const factsName = "facts.json";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const facts = v.strictObject({
  /** When the server was killed: its clock has to stand there again. */
  killedAt: count,
  /** Where the carrier listened; the account's settings name it. */
  carrierPort: count,
  /** An API key of the workspace. */
  apiKey: v.string(),
  people: count,
  campaigns: v.strictObject({
    /** Was over. */
    done: v.string(),
    /** Was being sent when the server was killed. */
    half: v.string(),
    /** Was paused by a person while it was sent. */
    paused: v.string(),
    /** Waits for `plannedAt`. */
    planned: v.string(),
  }),
  plannedAt: count,
  /** Of the one that was over. */
  doneCounters: v.record(v.string(), count),
  /** What the carrier had done, in its order. */
  effects: v.array(
    v.object({
      key: v.string(),
      to: v.string(),
      content: v.object({ subject: v.string(), text: v.string(), html: v.string() }),
      callbackUrl: v.string(),
    }),
  ),
});

export type GoldenFacts = v.InferOutput<typeof facts>;

/** Their names, oldest first. */
export async function goldenNames(): Promise<string[]> {
  const files = await readdir(folder);
  return files.map((file) => file.replace(/\.tar\.gz$/, "")).toSorted();
}

/** Packs a folder that holds `data` and `facts.json`. */
export async function packGolden(name: string, from: string, into = folder): Promise<void> {
  await mkdir(into, { recursive: true });
  await run("tar", ["-czf", join(into, `${name}.tar.gz`), "-C", from, dataName, factsName]);
}

export interface Golden {
  readonly dataDir: string;
  readonly facts: GoldenFacts;
  remove(): Promise<void>;
}

export async function unpackGolden(name: string): Promise<Golden> {
  const place = await mkdtemp(join(tmpdir(), "fieldcast-golden-"));
  await run("tar", ["-xzf", join(folder, `${name}.tar.gz`), "-C", place]);
  return {
    dataDir: join(place, dataName),
    facts: v.parse(facts, JSON.parse(await readFile(join(place, factsName), "utf8"))),
    remove: () => rm(place, { recursive: true, force: true }),
  };
}
