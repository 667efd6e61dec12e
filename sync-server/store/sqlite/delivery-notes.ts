/** What changes of messages come to, in the counters: gathered, and written once. */
import type { Instant } from "#domain/core/time.ts";
import type { Mark } from "#domain/message/marks.ts";
import { stateCodes, type MessageState } from "#domain/message/state.ts";
import { bucketOf, fineMs, passes } from "#domain/report/series.ts";
import type { Database } from "./database.ts";
import { chunkRows, type Place } from "./delivery-place.ts";

/** What the counters tell of a message. */
export interface Standing {
  readonly n: number;
  readonly state: MessageState;
  readonly reason: number;
  readonly segments: number;
}

export interface Notes {
  /** `times`: for so many messages of one chunk that stand alike. */
  leave(from: Standing, times?: number): void;
  enter(
    to: Standing,
    move: { readonly from: MessageState | null; readonly at: Instant },
    times?: number,
  ): void;
  /** It entered its state at another moment than was known. */
  date(message: { readonly state: MessageState; readonly at: Instant }, at: Instant): void;
  mark(mark: Mark, at: Instant): void;
  /** So many codes more are published. */
  publish(codes: number): void;
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

export function createNotes(): Notes {
  const tally = new Map<number, Difference>();
  const buckets = new Map<string, number>();
  const chunks = new Map<number, ChunkDifference>();
  let published = 0;
  const marks = new Map<string, number>();
  const bucket = (state: MessageState, at: Instant, by: number): void => {
    const key = `${shortest(at)}:${stateCodes[state]}`;
    buckets.set(key, (buckets.get(key) ?? 0) + by);
  };
  const chunkOf = (n: number): ChunkDifference =>
    entryOf(chunks, Math.floor((n - 1) / chunkRows), () => ({ sending: 0, waiting: 0 }));
  const tallyOf = (key: number): Difference => entryOf(tally, key, () => ({ n: 0, segments: 0 }));
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
    publish: (codes) => {
      published += codes;
    },
    touch: (n) => void chunkOf(n),
    write: (db, place) => {
      if (chunks.size === 0) return;
      writeTally(db, place, tally);
      const launchedAt = launchOf(db, place);
      writeBuckets(db, place, inSpans(buckets, launchedAt));
      writeMarks(db, place, inSpans(marks, launchedAt));
      writeChunks(db, place, chunks);
      db.run(
        "update distribution set ver = ver + 1, published = published + ? where seq = ?",
        published,
        place.seq,
      );
    },
  };
}

function entryOf<V>(entries: Map<number, V>, key: number, make: () => V): V {
  const known = entries.get(key);
  if (known !== undefined) return known;
  const made = make();
  entries.set(key, made);
  return made;
}

function shortest(at: Instant): Instant {
  return Math.floor(at / fineMs) * fineMs;
}

export function launchOf(db: Database, { seq }: Place): Instant {
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
