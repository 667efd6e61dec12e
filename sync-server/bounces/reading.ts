/** What the ways of reading a mailbox have in common. */
import type { Settings } from "../providers/provider.ts";

export interface MailboxDeps {
  /** The folder below which Maildir folders may be read; "": none. */
  readonly maildirRoot: string;
  /** Whether mail servers on private or loopback addresses may be called. */
  readonly privateTargets: boolean;
}

/** Takes one mail; it is not read again once this resolved and `done` was told. */
export type TakeMail = (raw: Uint8Array) => Promise<void>;

export interface Batch {
  /** How far it came; null: the mailbox itself remembers. */
  readonly cursor: string | null;
  readonly hasMore: boolean;
}

export interface Reading {
  readonly settings: Settings;
  readonly cursor: string | null;
  readonly limit: number;
  readonly take: TakeMail;
}
