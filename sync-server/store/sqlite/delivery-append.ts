/** Messages that are added one by one to a distribution that is open at its end. */
import { addressKindOf } from "#domain/campaign/channel.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Reason } from "#domain/message/reason.ts";
import type { Database, Row } from "./database.ts";
import { createFaller } from "./delivery-fall.ts";
import { createMover } from "./delivery-moves.ts";
import { chunkRows, type Place } from "./delivery-place.ts";
import { messageOf, setTimer, type Distribution } from "./delivery-rows.ts";

export interface Appender {
  /**
   * One more message, behind what its chunk's `next` tells: so it has a timer from the beginning,
   * and is queued until that is due.
   */
  add(
    contact: Row,
    message: {
      readonly dueAt: Instant;
      readonly properties?: string;
      /** Why it is not to go out; left out: it goes when it is due. */
      readonly leftOut?: Reason;
    },
  ): void;
  /** Writes the counters. */
  finish(): void;
}

export function createAppender(db: Database, distribution: Distribution, now: Instant): Appender {
  const { ws, seq, channel } = distribution;
  const mover = createMover(db, distribution);
  const fallBack = createFaller(db, distribution, mover, now);
  let n = distribution.total;
  return {
    add: (contact, { dueAt, properties = "{}", leftOut = null }) => {
      n += 1;
      db.run(
        `insert into chunk (ws, distribution, k, last, next) values (?, ?, ?, ?, ?)
         on conflict do update set last = excluded.last, next = excluded.next`,
        ws,
        seq,
        Math.floor((n - 1) / chunkRows),
        n,
        n + 1,
      );
      const found = contact[addressKindOf[channel]];
      const address = typeof found === "string" ? found : "";
      const name = `${String(contact["first_name"])} ${String(contact["last_name"])}`.trim();
      const message = { n, contact: Number(contact["seq"]), address, name };
      const skipped = address === "" ? "no_address" : leftOut;
      if (skipped !== null) {
        mover.add({ ...message, state: "skipped", reason: skipped }, now);
        const added =
          skipped === "no_address" && leftOut === null ? messageOf(db, distribution, n) : null;
        const goes = added !== null && fallBack(added, Math.max(dueAt, now));
        if (goes) keepProperties(db, distribution, n, properties);
        return;
      }
      mover.add({ ...message, state: "queued", reason: "none" }, now);
      setTimer(db, distribution, n, dueAt);
      keepProperties(db, distribution, n, properties);
    },
    finish: () => {
      mover.finish();
      if (n === distribution.total) return;
      db.run("update distribution set total = ? where seq = ?", n, seq);
    },
  };
}

/** What an event told, for whatever is written of it. */
function keepProperties(db: Database, { ws, seq }: Place, n: number, properties: string): void {
  if (properties === "{}") return;
  db.run(
    "insert into message_event (ws, distribution, n, properties) values (?, ?, ?, ?)",
    ws,
    seq,
    n,
    properties,
  );
}

interface Entering {
  readonly distribution: Distribution;
  /** The contact's short number. */
  readonly contact: number;
  readonly now: Instant;
}

/** When somebody entered last; null: never. */
export function lastEntryOf(db: Database, { distribution, contact }: Omit<Entering, "now">) {
  const { ws, seq } = distribution;
  const last = db.get(
    "select at from entry where ws = ? and distribution = ? and contact = ?",
    ws,
    seq,
    contact,
  );
  return last === undefined ? null : Number(last["at"]);
}

export function noteEntry(db: Database, { distribution, contact, now }: Entering): void {
  const { ws, seq } = distribution;
  db.run(
    `insert into entry (ws, distribution, contact, at, n) values (?, ?, ?, ?, 1)
     on conflict do update set at = excluded.at, n = n + 1`,
    ws,
    seq,
    contact,
    now,
  );
}
