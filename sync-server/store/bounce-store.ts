/** The part of storage that remembers how far mails that came back were read. */
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";

/**
 * What a mail at a bounce address was. `forged`: it names messages, but with no key of ours.
 * `auto_reply`, `unrelated`: it says nothing of delivery, and is left alone.
 */
export const bounceKinds = [
  "bounce",
  "complaint",
  "delivered",
  "delayed",
  "auto_reply",
  "unrelated",
  "unreadable",
  "forged",
] as const;

export type BounceKind = (typeof bounceKinds)[number];

export type BounceCounts = Readonly<Partial<Record<BounceKind, number>>>;

export interface BounceReading {
  /** Where to go on; null: from the beginning. Its form is the reader's own. */
  readonly cursor: string | null;
  /** When it was last tried to read. */
  readonly readAt: Instant;
  /** When reading last went well; null: never yet. */
  readonly okAt: Instant | null;
  /** Why the last try failed, in words; null: it did not. */
  readonly problem: string | null;
  /** Mails by what they were, since the account reads bounces. */
  readonly counts: BounceCounts;
}

interface OfAccount {
  readonly workspace: Id;
  readonly accountId: Id;
}

export interface BounceStore {
  reading(args: OfAccount): Promise<BounceReading | null>;
  /** Notes a try: its problem or success, how far it came, and what it found. */
  noteReading(
    args: OfAccount & {
      /** Left out: it stays. */
      readonly cursor?: string;
      readonly problem: string | null;
      readonly found: BounceCounts;
      readonly now: Instant;
    },
  ): Promise<void>;
}
