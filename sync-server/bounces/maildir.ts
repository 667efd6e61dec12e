/** Reads a Maildir folder: what is in `new` is taken and moved to `cur` as seen. */
import { mkdir, open, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Settings } from "../providers/provider.ts";
import type { Batch, MailboxDeps, Reading } from "./reading.ts";
import { maxMailBytes } from "./read-mail.ts";

export async function readMaildir(
  deps: MailboxDeps,
  { settings, limit, take }: Omit<Reading, "cursor">,
): Promise<Batch> {
  const folder = folderOf(deps, settings);
  const names = await newMails(folder);
  await mkdir(join(folder, "cur"), { recursive: true });
  for (const name of names.slice(0, limit)) {
    await take(await firstBytes(join(folder, "new", name)));
    // Moved only when it is durable: a crash before this reads it once more, which says nothing new.
    await rename(join(folder, "new", name), join(folder, "cur", `${name.split(":")[0]}:2,S`));
  }
  return { cursor: null, hasMore: names.length > limit };
}

export async function tryMaildir(deps: MailboxDeps, settings: Settings): Promise<string> {
  const waiting = await newMails(folderOf(deps, settings));
  return `The folder can be read. ${waiting.length} mails are waiting in it.`;
}

/** Only a name directly below the operator's folder: the schema of the settings allows no other. */
function folderOf({ maildirRoot }: MailboxDeps, settings: Settings): string {
  if (maildirRoot === "") {
    throw new Error(
      "This server reads no mail folders: its operator opens one by setting MAILDIR_ROOT",
    );
  }
  return join(maildirRoot, String(settings["maildir"]));
}

async function newMails(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(join(folder, "new"));
    return names.filter((name) => !name.startsWith(".")).toSorted((a, b) => (a < b ? -1 : 1));
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw isMissing ? new Error("There is no Maildir folder of this name") : error;
  }
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(Math.min((await file.stat()).size, maxMailBytes));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
