// What every mailbox of bounces promises, whichever way it is read: each mail is handed over once,
// oldest first, in parts; one that could not be taken is handed over again.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readNext, tryMailbox, wordsOf } from "#server/bounces/mailbox.ts";
import type { MailboxDeps } from "#server/bounces/reading.ts";
import type { Settings } from "#server/providers/provider.ts";
import { Dovecot } from "../support/delivery/dovecot.ts";

interface Box {
  readonly deps: MailboxDeps;
  readonly settings: Settings;
  deliver(mails: Readonly<Record<string, string>>): void;
  close(): void;
}

const mailOf = (name: string): string => `From: a@b.example\r\nSubject: ${name}\r\n\r\nHello\r\n`;
const subjectOf = (raw: Uint8Array): string =>
  /Subject: (\S+)/.exec(Buffer.from(raw).toString())?.[1] ?? "";

async function openMaildir(): Promise<Box> {
  const root = mkdtempSync(join(tmpdir(), "fieldcast-maildir-"));
  mkdirSync(join(root, "bounces", "new"), { recursive: true });
  return {
    deps: { maildirRoot: root, privateTargets: true },
    settings: { bounces: "maildir", maildir: "bounces" },
    deliver: (mails) => {
      for (const [name, mail] of Object.entries(mails)) {
        writeFileSync(join(root, "bounces", "new", name), mail);
      }
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

interface ImapBox extends Box {
  readonly dovecot: Dovecot;
}

async function openImap(): Promise<ImapBox> {
  const dovecot = await Dovecot.open("opensesame");
  if (dovecot === null) {
    throw new Error("the test needs Dovecot: apt-get install dovecot-imapd, as root");
  }
  const { port: imapPort, password: imapPassword } = dovecot;
  const imap = { imapHost: "127.0.0.1", imapPort, imapSecure: false, imapUser: "bounces" };
  return {
    deps: { maildirRoot: "", privateTargets: true },
    settings: { bounces: "imap", ...imap, imapPassword, imapFolder: "INBOX" },
    dovecot,
    deliver: (mails) => dovecot.deliver(mails),
    close: () => dovecot.close(),
  };
}

describe.each([
  ["maildir", openMaildir],
  ["imap", openImap],
] as const)("%s", (_, open) => {
  let box: Box;
  let cursor: string | null = null;

  beforeAll(async () => {
    box = await open();
  }, 120_000);
  afterAll(() => box.close());

  async function next(limit: number, take?: (subject: string) => void): Promise<string[]> {
    const got: string[] = [];
    const batch = await readNext(box.deps, {
      settings: box.settings,
      cursor,
      limit,
      take: async (raw) => {
        take?.(subjectOf(raw));
        got.push(subjectOf(raw));
      },
    });
    cursor = batch.cursor;
    return [...got, ...(batch.hasMore ? ["…"] : [])];
  }

  test("an empty one can be read, and is tried without reading", async () => {
    expect(await next(10)).toEqual([]);
    expect(await tryMailbox(box.deps, box.settings)).toMatchObject({ ok: true });
  });

  test("hands over each mail once, in parts, and later ones after them", async () => {
    box.deliver({ "1.a": mailOf("one"), "2.b": mailOf("two"), "3.c": mailOf("three") });
    expect(await next(2)).toEqual(["one", "two", "…"]);
    expect(await next(2)).toEqual(["three"]);
    expect(await next(2)).toEqual([]);
    box.deliver({ "4.d": mailOf("four") });
    expect(await next(2)).toEqual(["four"]);
  });

  test("hands a mail over again that could not be taken", async () => {
    box.deliver({ "5.e": mailOf("five") });
    const fails = next(2, () => {
      throw new Error("the disk is full");
    });
    await expect(fails).rejects.toThrow("the disk is full");
    expect(await next(2)).toEqual(["five"]);
  });
});

test("what was read over IMAP stays as it is, is marked as seen, or moves away, and is never handed over twice", async () => {
  const box = await openImap();
  let cursor: string | null = null;
  const next = async (settings: Settings): Promise<readonly string[]> => {
    const got: string[] = [];
    const batch = await readNext(box.deps, {
      settings: { ...box.settings, ...settings },
      cursor,
      limit: 10,
      take: async (raw) => {
        got.push(subjectOf(raw));
      },
    });
    cursor = batch.cursor;
    return got;
  };
  try {
    box.deliver({ "1.a": mailOf("one") });
    expect(await next({ imapAfter: "leave" })).toEqual(["one"]);
    expect(box.dovecot.flags()).toEqual([""]);
    box.deliver({ "2.b": mailOf("two") });
    expect(await next({ imapAfter: "seen" })).toEqual(["two"]);
    expect(box.dovecot.flags().toSorted()).toEqual(["", "S"]);
    const moving = { imapAfter: "move", imapMoveTo: "Handled" };
    box.deliver({ "3.c": mailOf("three"), "4.d": mailOf("four") });
    expect(await next(moving)).toEqual(["three", "four"]);
    expect(box.dovecot.flags("Handled")).toHaveLength(2);
    expect(box.dovecot.flags()).toHaveLength(2);
    box.deliver({ "5.e": mailOf("five") });
    expect(await next(moving)).toEqual(["five"]);
    expect(await next(moving)).toEqual([]);
  } finally {
    box.close();
  }
}, 60_000);

test("a wrong password, and a server that must not be called, are told in words", async () => {
  const box = await openImap();
  try {
    const wrong = await tryMailbox(box.deps, { ...box.settings, imapPassword: "guess" });
    expect(wrong).toMatchObject({ ok: false, error: expect.stringMatching(/auth/i) });
    const denied = await tryMailbox({ ...box.deps, privateTargets: false }, box.settings);
    expect(denied).toEqual({ ok: false, error: "127.0.0.1 is a private address" });
  } finally {
    box.close();
  }
  expect(wordsOf("odd")).toBe("odd");
}, 60_000);
