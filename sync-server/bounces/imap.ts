/**
 * Reads a folder over IMAP (RFC 9051) by the numbers of its mails, so none is read twice, and
 * people may look at the same mailbox. What becomes of a mail that was taken is the account's
 * choice: it stays as it is, is marked as seen, or moves to another folder.
 */
import { lookup } from "node:dns/promises";
import type { ImapFlow } from "imapflow";
import { secondMs } from "#domain/core/time.ts";
import type { Settings } from "../providers/provider.ts";
import { isPublic } from "../providers/targets.ts";
import type { Batch, MailboxDeps, Reading } from "./reading.ts";
import { maxMailBytes } from "./read-mail.ts";

const timeoutMs = 20 * secondMs;

export async function readImap(
  deps: MailboxDeps,
  { settings, cursor, limit, take }: Reading,
): Promise<Batch> {
  return withFolder(deps, settings, async (client, validity) => {
    const [from = "", known = ""] = (cursor ?? "").split(":");
    // A new validity: the server numbers its mails anew, so all are read once more.
    const last = from === validity ? Number(known) : 0;
    const found = await client.search({ uid: `${last + 1}:*` }, { uid: true });
    // `n:*` names the last mail also where its number is below n.
    const uids = (found === false || found === undefined ? [] : [...found])
      .filter((uid) => uid > last)
      .toSorted((a, b) => a - b);
    let read = last;
    for (const uid of uids.slice(0, limit)) {
      const source = { start: 0, maxLength: maxMailBytes };
      const message = await client.fetchOne(String(uid), { source }, { uid: true });
      if (message !== false && message?.source !== undefined) await take(message.source);
      await tidyUp(client, settings, uid);
      read = uid;
    }
    return { cursor: `${validity}:${read}`, hasMore: uids.length > limit };
  });
}

/**
 * Only when it is durable what the mail said. A crash before the number is remembered reads it once
 * more where it was not moved, which says nothing new.
 */
async function tidyUp(client: ImapFlow, settings: Settings, uid: number): Promise<void> {
  const range = String(uid);
  switch (settings["imapAfter"]) {
    case "seen":
      await client.messageFlagsAdd(range, ["\\Seen"], { uid: true });
      return;
    case "move": {
      const folder = String(settings["imapMoveTo"]);
      await client.mailboxCreate(folder);
      await client.messageMove(range, folder, { uid: true });
      return;
    }
    default:
  }
}

export async function tryImap(deps: MailboxDeps, settings: Settings): Promise<string> {
  return withFolder(deps, settings, async (client) => {
    const mails = client.mailbox === false ? 0 : client.mailbox.exists;
    return `${String(settings["imapHost"])} lets us in. There are ${mails} mails in the folder.`;
  });
}

async function withFolder<T>(
  deps: MailboxDeps,
  settings: Settings,
  work: (client: ImapFlow, validity: string) => Promise<T>,
): Promise<T> {
  // Loaded by the first account that needs it: most need none.
  const { ImapFlow: Client } = await import("imapflow");
  const servername = String(settings["imapHost"]);
  const client = new Client({
    host: await addressOf(servername, deps.privateTargets),
    port: Number(settings["imapPort"]),
    secure: settings["imapSecure"] === true,
    servername,
    auth: { user: String(settings["imapUser"]), pass: String(settings["imapPassword"]) },
    logger: false,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
  });
  // A connection that breaks between two calls must not end the process: the next call tells.
  client.on("error", () => undefined);
  await client.connect();
  try {
    const folder = String(settings["imapFolder"]);
    const readOnly = (settings["imapAfter"] ?? "leave") === "leave";
    const mailbox = await client.mailboxOpen(folder, { readOnly });
    return await work(client, String(mailbox.uidValidity));
  } finally {
    await client.logout().catch(() => client.close());
  }
}

/** One address of it, looked up here, so that what was checked is what is called. */
async function addressOf(host: string, privateTargets: boolean): Promise<string> {
  const found = await lookup(host, { all: true });
  const [first] = found;
  if (first === undefined) throw new Error(`${host} has no address`);
  if (!privateTargets && found.some(({ address }) => !isPublic(address))) {
    throw new Error(`${host} is a private address`);
  }
  return first.address;
}
