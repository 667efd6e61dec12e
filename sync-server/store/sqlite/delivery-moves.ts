/**
 * The only place that changes a message. Each change is noted as differences of the tally, the
 * minute and the chunk, and `finish` writes them in the same transaction: counters cannot
 * drift from rows. A move that is not in the table of domain/message/transition is refused,
 * counted, and changes nothing.
 */
import type { Instant } from "#domain/core/time.ts";
import { marksAfter, newMarks, withMark, type Mark } from "#domain/message/marks.ts";
import { reasonCode, type Reason } from "#domain/message/reason.ts";
import { stateCodes, stateOf, type MessageState } from "#domain/message/state.ts";
import { mayMove, type Cause } from "#domain/message/transition.ts";
import { bucketOf, fineMs, passes } from "#domain/report/series.ts";
import type { Database, Row } from "./database.ts";

export const chunkRows = 500;

/** Names the rows of one distribution. */
export interface Place {
  readonly ws: number;
  readonly seq: number;
}

/** A message as it stands: in flight where its chunk says so, whatever is stored. */
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
  /** Of one that is queued: what it waits for, or `none`. */
  readonly reason: Reason;
}

/** What a change sets; what is left out stays. */
export interface Change {
  readonly by: Cause;
  readonly state: MessageState;
  readonly reason: Reason;
  readonly at: Instant;
  readonly gen?: number;
  readonly try?: number;
  readonly segments?: number;
  readonly providerId?: string | null;
  /** Marks that our own decision gives. */
  readonly mark?: Mark;
}

export interface Mover {
  add(message: NewMessage, at: Instant): void;
  /** Takes a message that nobody looked at yet into flight. Its row stays: the chunk's `next` tells. */
  claim(message: Message): void;
  /** The message as it is then; null when the move is not allowed, and nothing changed. */
  move(message: Message, change: Change): Message | null;
  /** The same for neighbours of one chunk that stand alike. Answers whether they were moved. */
  moveRun(messages: readonly Message[], change: Change): boolean;
  /** What was heard changes no state, but may leave a mark. */
  hear(message: Message, heard: Pick<Change, "state" | "reason" | "at">): void;
  /** What a person did with it. False when it had the mark already. */
  mark(message: Pick<Message, "n" | "marks">, given: Mark, at: Instant): boolean;
  /** Writes the differences. Nothing when nothing moved. */
  finish(): void;
}

/** To be read from the view `standing`. */
export const messageColumns = "n, state, flies, gen, try, reason, segments, marks, at";

const updateSql = `update message set state = ?, reason = ?, at = ?, gen = ?, try = ?, segments = ?,
  marks = ?, provider_id = coalesce(?, provider_id) where ws = ? and distribution = ? and n = ?`;
const runSql = `update message set state = ?, reason = ?, at = ?, gen = ?, try = ?, segments = ?,
  marks = ? where ws = ? and distribution = ? and n between ? and ?`;
const marksSql = "update message set marks = ? where ws = ? and distribution = ? and n = ?";
const markSql = `insert into message_mark (ws, distribution, n, mark, at) values (?, ?, ?, ?, ?)
  on conflict do nothing`;
const insertSql = `insert into message (ws, distribution, n, contact, address, name, state, reason, at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export function toMessage(row: Row): Message {
  const flies = Number(row["flies"] ?? 0);
  return {
    n: Number(row["n"]),
    state: stateOf(Number(row["state"]) + flies),
    gen: Number(row["gen"]),
    try: Number(row["try"]) + flies,
    reason: Number(row["reason"]),
    segments: Number(row["segments"]),
    marks: Number(row["marks"]),
    at: Number(row["at"]),
  };
}

export function createMover(db: Database, place: Place): Mover {
  const { ws, seq } = place;
  const notes = createNotes();
  const mark = (n: number, found: readonly Mark[], at: Instant): void => {
    for (const each of found) {
      db.run(markSql, ws, seq, n, each, at);
      notes.mark(each, at);
    }
  };
  return {
    add: (message, at) => {
      const state = stateCodes[message.state];
      const reason = reasonCode(message.reason);
      const { n, contact, address, name } = message;
      db.run(insertSql, ws, seq, n, contact, address, name, state, reason, at);
      notes.enter({ n, state: message.state, reason, segments: 1 }, { from: null, at });
    },
    claim: ({ n, state, reason, segments }) => {
      notes.leave({ n, state, reason, segments });
      notes.enter({ n, state: "sending", reason: 0, segments }, { from: state, at: 0 });
    },
    move: (message, change) => {
      if (!mayMove(message.state, change.state, change.by)) {
        countIllegal(db, place, message, change);
        return null;
      }
      const moved = movedTo(message, change);
      const { n, state, reason, at, gen, segments, marks } = moved;
      const providerId = change.providerId ?? null;
      const values = [stateCodes[state], reason, at, gen, moved.try, segments, marks, providerId];
      db.run(updateSql, ...values, ws, seq, n);
      notes.leave(message);
      if (message.state === state) notes.date(message, at);
      notes.enter(moved, { from: message.state, at });
      mark(n, newMarks(message.marks, marks), at);
      return moved;
    },
    moveRun: (messages, change) => moveRun({ db, place, notes, mark }, messages, change),
    hear: (message, { state, reason, at }) => {
      const marks = marksAfter(message.marks, { state, reason }, message.state);
      if (marks === message.marks) return;
      db.run(marksSql, marks, ws, seq, message.n);
      // It counts as recovered from when it arrived.
      const found = newMarks(message.marks, marks);
      mark(message.n, found, found.includes("recovered") ? message.at : at);
      notes.touch(message.n);
    },
    mark: ({ n, marks: known }, given, at) => {
      const marks = withMark(known, given);
      if (marks === known) return false;
      db.run(marksSql, marks, ws, seq, n);
      mark(n, [given], at);
      notes.touch(n);
      return true;
    },
    finish: () => notes.write(db, place),
  };
}

interface Moving {
  readonly db: Database;
  readonly place: Place;
  readonly notes: Notes;
  readonly mark: (n: number, found: readonly Mark[], at: Instant) => void;
}

function moveRun(
  { db, place, notes, mark }: Moving,
  messages: readonly Message[],
  change: Change,
): boolean {
  const [message] = messages;
  if (message === undefined) return false;
  if (!mayMove(message.state, change.state, change.by)) {
    for (const each of messages) countIllegal(db, place, each, change);
    return false;
  }
  const moved = movedTo(message, change);
  const { n, state, reason, at, gen, segments, marks } = moved;
  const times = messages.length;
  const values = [stateCodes[state], reason, at, gen, moved.try, segments, marks];
  db.run(runSql, ...values, place.ws, place.seq, n, n + times - 1);
  notes.leave(message, times);
  notes.enter(moved, { from: message.state, at }, times);
  const found = newMarks(message.marks, marks);
  for (const each of found.length === 0 ? [] : messages) mark(each.n, found, at);
  return true;
}

function movedTo(message: Message, change: Change): Message {
  const heard = { state: change.state, reason: change.reason };
  const marks = marksAfter(message.marks, heard, change.state);
  return {
    n: message.n,
    state: change.state,
    gen: change.gen ?? message.gen,
    try: change.try ?? message.try,
    reason: reasonCode(change.reason),
    segments: change.segments ?? message.segments,
    marks: change.mark === undefined ? marks : withMark(marks, change.mark),
    at: change.at,
  };
}

function countIllegal(
  db: Database,
  { ws, seq }: Place,
  { state: from }: Message,
  { state: to, by, at }: Change,
): void {
  db.run(
    `insert into illegal_evidence (ws, distribution, from_state, to_state, cause, n, last_at)
     values (?, ?, ?, ?, ?, 1, ?) on conflict do update set n = n + 1, last_at = excluded.last_at`,
    ws,
    seq,
    stateCodes[from],
    stateCodes[to],
    by,
    at,
  );
}

type Standing = Pick<Message, "n" | "state" | "reason" | "segments">;

interface Notes {
  /** `times`: for so many messages of one chunk that stand alike. */
  leave(from: Standing, times?: number): void;
  enter(
    to: Standing,
    move: { readonly from: MessageState | null; readonly at: Instant },
    times?: number,
  ): void;
  /** It entered its state at another moment than was known. */
  date(message: Pick<Message, "state" | "at">, at: Instant): void;
  mark(mark: Mark, at: Instant): void;
  /** Something of its row changed that no state tells. */
  touch(n: number): void;
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
  const marks = new Map<string, number>();
  const bucket = (state: MessageState, at: Instant, by: number): void => {
    const key = `${shortest(at)}:${stateCodes[state]}`;
    buckets.set(key, (buckets.get(key) ?? 0) + by);
  };
  const chunkOf = (n: number): ChunkDifference => {
    const k = Math.floor((n - 1) / chunkRows);
    const known = chunks.get(k);
    if (known !== undefined) return known;
    const made = { sending: 0, waiting: 0 };
    chunks.set(k, made);
    return made;
  };
  const tallyOf = (key: number): Difference => {
    const known = tally.get(key);
    if (known !== undefined) return known;
    const made = { n: 0, segments: 0 };
    tally.set(key, made);
    return made;
  };
  const count = ({ n, state, reason, segments }: Standing, by: number): void => {
    const counted = tallyOf(stateCodes[state] * 1_000 + reason);
    counted.n += by;
    counted.segments += by * segments;
    const chunk = chunkOf(n);
    if (state === "sending") chunk.sending += by;
    if (state === "submitted" || state === "sent") chunk.waiting += by;
  };
  return {
    leave: (from, times = 1) => count(from, -times),
    enter: (to, { from, at }, times = 1) => {
      count(to, times);
      for (const state of passes(from, to.state)) bucket(state, at, times);
    },
    date: ({ state, at: was }, at) => {
      bucket(state, was, -1);
      bucket(state, at, 1);
    },
    mark: (each, at) => {
      const key = `${shortest(at)}:${each}`;
      marks.set(key, (marks.get(key) ?? 0) + 1);
    },
    touch: (n) => void chunkOf(n),
    write: (db, place) => {
      if (chunks.size === 0) return;
      writeTally(db, place, tally);
      const launchedAt = launchOf(db, place);
      writeBuckets(db, place, inSpans(buckets, launchedAt));
      writeMarks(db, place, inSpans(marks, launchedAt));
      writeChunks(db, place, chunks);
      db.run("update distribution set ver = ver + 1 where seq = ?", place.seq);
    },
  };
}

function shortest(at: Instant): Instant {
  return Math.floor(at / fineMs) * fineMs;
}

function launchOf(db: Database, { seq }: Place): Instant {
  return Number(db.get("select created_at from distribution where seq = ?", seq)?.["created_at"]);
}

/** Differences noted by the shortest span, in the spans in which they are kept. */
function inSpans(noted: Map<string, number>, launchedAt: Instant): Map<string, number> {
  const kept = new Map<string, number>();
  for (const [key, n] of noted) {
    const [at, what] = key.split(":");
    const span = `${bucketOf(Number(at), launchedAt)}:${what}`;
    kept.set(span, (kept.get(span) ?? 0) + n);
  }
  return kept;
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
    if (n === 0) continue;
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

function writeMarks(db: Database, { ws, seq }: Place, marks: Map<string, number>): void {
  for (const [key, n] of marks) {
    const [minute, mark] = key.split(":");
    db.run(
      `insert into mark_bucket (ws, distribution, mark, minute, n) values (?, ?, ?, ?, ?)
       on conflict do update set n = n + excluded.n`,
      ws,
      seq,
      String(mark),
      Number(minute),
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
