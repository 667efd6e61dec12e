/** The commands of the command line that look after a running or a dead server's data. */
import { existsSync } from "node:fs";
import type { Config } from "../config.ts";
import { databasePath } from "../open.ts";
import type { Adopted, Finding } from "../store/admin-store.ts";
import type { Store } from "../store/store.ts";
import { openReadOnlyStore } from "../store/sqlite/inline.ts";
import { makeBackup } from "./backup.ts";
import { declareRestored, restoreBackup } from "./restore.ts";
import { counted, hint, Misuse, Refusal, say } from "./terminal.ts";
import { waitingLines } from "./waiting-lines.ts";

type Options = Readonly<Record<string, string>>;

export function doctor(config: Config): Promise<number> {
  return withReader(config, async (store) => {
    const now = Date.now();
    for (const line of waitingLines(await store.admin.waiting({ now }), now)) hint(line);
    return report(await store.admin.doctor({}));
  });
}

/** At most so many are printed. */
const printed = 500;

export function deadLetters(config: Config): Promise<number> {
  return withReader(config, async (store) => {
    const found = await store.delivery.unmatched({ workspace: null, limit: printed });
    for (const each of found) {
      const { accountId, why, key, said, words, n, lastAt, retryAt } = each;
      const end = retryAt === null ? "given up" : "tried again";
      const time = new Date(lastAt).toISOString();
      say(`${time} account ${accountId} ${why} ${key} "${said}" ${words} (${n} times, ${end})`);
    }
    const { unmatched } = await store.admin.waiting({ now: Date.now() });
    hint(
      `${counted(unmatched.waiting, "receipt is", "receipts are")} tried again, ${unmatched.givenUp} were given up.`,
    );
    return 0;
  });
}

async function withReader(
  config: Config,
  work: (store: Store) => Promise<number>,
): Promise<number> {
  const path = databasePath(config);
  if (!existsSync(path)) {
    throw new Refusal(
      `There is no database in ${config.dataDir} yet: run setup or start the server.`,
    );
  }
  const store = openReadOnlyStore(path);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

export async function backup(config: Config, to: string, options: Options): Promise<number> {
  const wish = { to, isOver: "over" in options, now: Date.now() };
  const { path, bytes, findings } = await makeBackup(config, wish);
  say(`Backed up to ${path} (${megabytes(bytes)}), and read back.`);
  if (findings === null) {
    say("Its database is of an older version: it was checked, but not recounted.");
    return 0;
  }
  if (findings.length === 0) return 0;
  say("The back-up is whole, but the doctor finds in it, as in the database itself:");
  return report(findings);
}

export async function restore(
  config: Config,
  from: string | undefined,
  options: Options,
): Promise<number> {
  const isHere = "here" in options;
  if (isHere === (from !== undefined)) {
    throw new Misuse("Say either restore FILE, or restore --here.");
  }
  const now = Date.now();
  if (from === undefined) {
    const { adopted, findings } = await declareRestored(config, now);
    say(`${config.dataDir} is taken as restored from a copy.`);
    return tellRestored(adopted, findings);
  }
  const isOver = "over" in options;
  const { at, aside, adopted, findings } = await restoreBackup(config, { from, isOver, now });
  say(`Restored the back-up of ${new Date(at).toISOString()} into ${config.dataDir}.`);
  if (aside !== null) say(`What was there is in ${aside}: remove it when you are sure.`);
  return tellRestored(adopted, findings);
}

function tellRestored({ paused, held }: Adopted, findings: readonly Finding[]): number {
  say(
    `Nothing is sent by itself now: ${counted(paused, "campaign is", "campaigns are")} paused, ${counted(held, "planned one waits", "planned ones wait")} for a new date.`,
  );
  say("What was sent, and who unsubscribed, after the back-up was made is not known here:");
  say("look at each campaign before you resume it. Everybody has to sign in again.");
  return findings.length === 0 ? 0 : report(findings);
}

/** Answers the exit status. */
function report(findings: readonly Finding[]): number {
  for (const { check: what, detail } of findings) say(`${what}: not so for ${detail}`);
  say(findings.length === 0 ? "ok" : counted(findings.length, "finding"));
  return findings.length === 0 ? 0 : 1;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
