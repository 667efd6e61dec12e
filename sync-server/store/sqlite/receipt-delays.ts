/**
 * What the receipts of an account teach about how long they take: noted while they are merged, and
 * written once for all of them, in their transaction. Whatever moves no message teaches nothing, so
 * a receipt that is repeated counts once.
 */
import type { Account } from "#domain/campaign/account.ts";
import type { Id } from "#domain/core/id.ts";
import type { Instant } from "#domain/core/time.ts";
import {
  noDelays,
  receiptDelayOf,
  told,
  withDelays,
  type DelayCounts,
  type ReceiptDelay,
} from "#domain/message/receipt-delay.ts";
import type { Proof } from "../delivery-store.ts";
import type { Database, Row } from "./database.ts";
import type { Message } from "./delivery-moves.ts";
import { accountOf, bySecondWay, type Distribution } from "./delivery-rows.ts";
import { publish } from "./feeds.ts";

export interface DelayNotes {
  /** A receipt of that send was the first word of so many messages that stood so. */
  note(
    message: Pick<Message, "state" | "at" | "gen">,
    receipt: Pick<Proof, "gen">,
    times?: number,
  ): void;
  /** Writes what was noted. */
  finish(): void;
}

interface Hearing {
  readonly heard: { readonly accountId: Id; readonly at: Instant };
  readonly now: Instant;
}

/** null: nothing is to be learned. */
export function createDelayNotes(
  db: Database,
  own: Distribution,
  { heard, now }: Hearing,
): DelayNotes | null {
  const isOwn = !own.fallsBack || heard.accountId === own.account;
  const place = isOwn ? own : bySecondWay(db, own);
  if (!teaches(place)) return null;
  const noted = new Map<number, number>();
  return {
    note: (message, { gen }, times = 1) => {
      const delayMs = message.gen === gen ? delayOf(message, heard.at) : null;
      if (delayMs !== null) noted.set(delayMs, (noted.get(delayMs) ?? 0) + times);
    },
    finish: () => {
      if (noted.size > 0) learn(db, place, { noted, now });
    },
  };
}

/** Where keys settle every doubt nothing waits for proof, and nothing is to be learned. */
export function teaches({ isKeyed, keyRetentionMs }: Distribution): boolean {
  return !isKeyed || keyRetentionMs !== null;
}

/** What a wait for proof that began when the call ended would have taken; null: it was no first word. */
function delayOf({ state, at }: Pick<Message, "state" | "at">, heardAt: Instant): number | null {
  // It was there before the call's own answer.
  if (state === "sending") return 0;
  return state === "submitted" || state === "ambiguous" ? Math.max(0, heardAt - at) : null;
}

interface Noted {
  readonly noted: ReadonlyMap<number, number>;
  readonly now: Instant;
}

function learn(db: Database, place: Distribution, { noted, now }: Noted): void {
  const { workspace, account } = place;
  const row = db.get(
    `select recent, before, told_p99, told_receipts from receipt_delay
      where workspace = ? and account = ?`,
    workspace,
    account,
  );
  // Late receipts of an account that was removed are for nobody.
  if (row === undefined && accountOf(db, place) === null) return;
  let counts = countsOf(row);
  for (const [delayMs, n] of noted) counts = withDelays(counts, { delayMs, n });
  const before = toldOf(row);
  const shown = told(before, receiptDelayOf(counts));
  db.run(
    "insert or replace into receipt_delay values (?, ?, ?, ?, ?, ?)",
    workspace,
    account,
    JSON.stringify(counts.recent),
    JSON.stringify(counts.before),
    shown?.p99Ms ?? null,
    shown?.receipts ?? null,
  );
  if (shown !== before) show(db, place, shown, now);
}

/** Devices are told, and whoever opens the account next goes by it. */
function show(
  db: Database,
  place: Distribution,
  receiptDelay: ReceiptDelay | null,
  now: Instant,
): void {
  const account = accountOf(db, place);
  if (account === null) return;
  const doc: Account = { ...account, receiptDelay };
  publish(db, place.workspace, [{ kind: "account", id: place.account, doc }], now);
}

function countsOf(row: Row | undefined): DelayCounts {
  if (row === undefined) return noDelays;
  return {
    recent: JSON.parse(String(row["recent"])),
    before: JSON.parse(String(row["before"])),
  };
}

function toldOf(row: Row | undefined): ReceiptDelay | null {
  const [p99, receipts] = [row?.["told_p99"], row?.["told_receipts"]];
  if (typeof p99 !== "number" || typeof receipts !== "number") return null;
  return { p99Ms: p99, receipts };
}
