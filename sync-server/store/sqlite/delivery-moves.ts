/**
 * The only place that changes a message. Each change is noted as differences of the tally, the
 * minute and the chunk, and `finish` writes them in the same transaction: counters cannot
 * drift from rows.
 */
import { minuteOf, type Instant } from "#domain/core/time.ts";
import { reasonCode, type Reason } from "#domain/message/reason.ts";
import { kindOf, stateCodes, stateOf, type MessageState } from "#domain/message/state.ts";
import { passes } from "#domain/report/series.ts";
import type { Database, Row } from "./database.ts";

export const chunkRows = 500;

/** Names the rows of one distribution. */
export interface Place {
  readonly ws: number;
  readonly seq: number;
}

/** A message as it is stored. */
export interface Message {
  readonly n: number;
  readonly state: MessageState;
  readonly gen: number;
  readonly try: number;
  readonly reason: number;
  readonly segments: number;
  readonly marks: number;
  readonly at: Instant;
}

export interface NewMessage {
  readonly n: number;
  readonly contact: number;
  readonly address: string;
  readonly name: string;
  readonly state: "queued" | "skipped";
  readonly reason: Reason;
}

/** What a change sets; what is left out stays. */
export interface Change {
  readonly state: MessageState;
  readonly reason: Reason;
  readonly at: Instant;
  readonly gen?: number;
  readonly try?: number;
  readonly segments?: number;
  readonly providerId?: string | null;
}

export interface Mover {
  add(message: NewMessage, at: Instant): void;
  move(message: Message, change: Change): void;
  /** Writes the differences. Nothing when nothing moved. */
  finish(): void;
}

export const messageColumns = "n, state, gen, try, reason, segments, marks, at";

/** Bits of `marks`: a try failed or is in doubt; proof of arrival came after that. */
const troubled = 2;
const recovered = 1;

const updateSql = `update message set state = ?, reason = ?, at = ?, gen = ?, try = ?, segments = ?,
  marks = ?, provider_id = coalesce(?, provider_id) where ws = ? and distribution = ? and n = ?`;
const insertSql = `insert into message (ws, distribution, n, contact, address, name, state, reason, at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export function toMessage(row: Row): Message {
  return {
    n: Number(row["n"]),
    state: stateOf(Number(row["state"])),
    gen: Number(row["gen"]),
    try: Number(row["try"]),
    reason: Number(row["reason"]),
    segments: Number(row["segments"]),
    marks: Number(row["marks"]),
    at: Number(row["at"]),
  };
}

export function createMover(db: Database, { ws, seq }: Place): Mover {
  const notes = createNotes();
  return {
    add: (message, at) => {
      const state = stateCodes[message.state];
      const reason = reasonCode(message.reason);
      const { n, contact, address, name } = message;
      db.run(insertSql, ws, seq, n, contact, address, name, state, reason, at);
      notes.enter({ n, state: message.state, reason, segments: 1 }, { from: null, at });
    },
    move: (message, change) => {
      const segments = change.segments ?? message.segments;
      const reason = reasonCode(change.reason);
      const marks = marksAfter(message, change);
      db.run(
        updateSql,
        stateCodes[change.state],
        reason,
        change.at,
        change.gen ?? message.gen,
        change.try ?? message.try,
        segments,
        marks,
        change.providerId ?? null,
        ws,
        seq,
        message.n,
      );
      notes.leave(message);
      const standing = { n: message.n, state: change.state, reason, segments };
      notes.enter(standing, { from: message.state, at: change.at });
    },
    finish: () => notes.write(db, { ws, seq }),
  };
}

function marksAfter({ state, gen, marks }: Message, to: Change): number {
  const isDoubt = to.state === "queued" || to.state === "ambiguous";
  const known = isDoubt && to.reason !== "none" ? marks | troubled : marks;
  if (kindOf[to.state] !== "positive" || kindOf[state] === "positive") return known;
  const hadTrouble = gen > 1 || (known & troubled) > 0 || kindOf[state] === "negative";
  return hadTrouble ? known | recovered : known;
}

type Standing = Pick<Message, "n" | "state" | "reason" | "segments">;

interface Notes {
  leave(from: Standing): void;
  enter(to: Standing, move: { readonly from: MessageState | null; readonly at: Instant }): void;
  write(db: Database, place: Place): void;
}

interface Difference {
  n: number;
  segments: number;
}

interface ChunkDifference {
  sending: number;
  waiting: number;
}

function createNotes(): Notes {
  const tally = new Map<number, Difference>();
  const buckets = new Map<string, number>();
  const chunks = new Map<number, ChunkDifference>();
  const count = ({ n, state, reason, segments }: Standing, by: 1 | -1): void => {
    const key = stateCodes[state] * 1_000 + reason;
    const known = tally.get(key) ?? { n: 0, segments: 0 };
    tally.set(key, { n: known.n + by, segments: known.segments + by * segments });
    const k = Math.floor((n - 1) / chunkRows);
    const chunk = chunks.get(k) ?? { sending: 0, waiting: 0 };
    if (state === "sending") chunk.sending += by;
    if (state === "submitted" || state === "sent") chunk.waiting += by;
    chunks.set(k, chunk);
  };
  return {
    leave: (from) => count(from, -1),
    enter: (to, { from, at }) => {
      count(to, 1);
      for (const state of passes(from, to.state)) {
        const key = `${minuteOf(at)}:${stateCodes[state]}`;
        buckets.set(key, (buckets.get(key) ?? 0) + 1);
      }
    },
    write: (db, place) => {
      if (chunks.size === 0) return;
      writeTally(db, place, tally);
      writeBuckets(db, place, buckets);
      writeChunks(db, place, chunks);
      db.run("update distribution set ver = ver + 1 where seq = ?", place.seq);
    },
  };
}

function writeTally(db: Database, { ws, seq }: Place, tally: Map<number, Difference>): void {
  for (const [key, { n, segments }] of tally) {
    if (n === 0 && segments === 0) continue;
    db.run(
      `insert into tally (ws, distribution, state, reason, n, segments) values (?, ?, ?, ?, ?, ?)
       on conflict do update set n = n + excluded.n, segments = segments + excluded.segments`,
      ws,
      seq,
      Math.floor(key / 1_000),
      key % 1_000,
      n,
      segments,
    );
  }
}

function writeBuckets(db: Database, { ws, seq }: Place, buckets: Map<string, number>): void {
  for (const [key, n] of buckets) {
    const [minute, state] = key.split(":");
    db.run(
      `insert into bucket (ws, distribution, minute, state, n) values (?, ?, ?, ?, ?)
       on conflict do update set n = n + excluded.n`,
      ws,
      seq,
      Number(minute),
      Number(state),
      n,
    );
  }
}

function writeChunks(db: Database, { ws, seq }: Place, chunks: Map<number, ChunkDifference>): void {
  for (const [k, { sending, waiting }] of chunks) {
    db.run(
      `update chunk set ver = ver + 1, sending = sending + ?, waiting = waiting + ?
        where ws = ? and distribution = ? and k = ?`,
      sending,
      waiting,
      ws,
      seq,
      k,
    );
  }
}
