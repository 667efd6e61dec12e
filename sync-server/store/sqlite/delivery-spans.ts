/**
 * Reading the messages of a batch. What was claimed together stands alike: then one row and a
 * count say as much as all rows, at a fifth of the cost.
 */
import { unknownCarrier } from "./carrier-book.ts";
import type { Database, Row, Value } from "./database.ts";
import {
  messageColumns,
  toMessage,
  type Alike,
  type Changing,
  type Message,
} from "./delivery-moves.ts";
import { chunkRows, type Place } from "./delivery-place.ts";

/** The messages that there are of these numbers. */
export function messagesOf(
  db: Database,
  place: Counting,
  ns: readonly number[],
): ReadonlyMap<number, Message> {
  const found = new Map<number, Message>();
  for (const inChunk of Map.groupBy(ns, (n) => Math.floor((n - 1) / chunkRows)).values()) {
    for (const message of ofChunk(db, place, inChunk)) found.set(message.n, message);
  }
  return found;
}

/** A span of this many rows for each that is wanted is still read faster than they are one by one. */
const worthSpan = 4;

export interface Span {
  readonly first: number;
  readonly last: number;
}

function ofChunk(db: Database, place: Counting, ns: readonly number[]): readonly Message[] {
  const span = { first: Math.min(...ns), last: Math.max(...ns) };
  if (span.last - span.first >= ns.length * worthSpan) {
    return ns.flatMap((n) => read(db, place, { first: n, last: n }).map(toMessage));
  }
  const alike = standingAlike(db, place, span);
  if (alike !== null) {
    const { first, carriers } = alike;
    return ns.map((n) => ({ ...first, n, carrier: carriers[n - span.first] ?? 0 }));
  }
  return read(db, place, span).map(toMessage);
}

/** The messages of a span within one chunk, when every one stands as the first does; else null. */
export function standingAlike(db: Database, place: Counting, span: Span): Alike | null {
  const [row] = read(db, place, { first: span.first, last: span.first });
  if (row === undefined) return null;
  const carriers = carriersIfAlike(db, place, row, span);
  return carriers === null ? null : { first: toMessage(row), carriers };
}

/**
 * The same, to be moved as one: all that is read is the first, and the move finds out whether the
 * others stand as it does. Where carriers are counted they are read, and that is found out here.
 */
export function movingAlike(db: Database, place: Counting, span: Span): Alike | null {
  if (place.byCarrier) return standingAlike(db, place, span);
  const { first, last } = span;
  const [row] = read(db, place, { first, last: first });
  if (row === undefined || !isTold(db, place, row, span)) return null;
  const carriers = Array<number>(last - first + 1).fill(unknownCarrier);
  return { first: toMessage(row), carriers, asStored: storedOf(row) };
}

/** Whose carriers may have to be told. */
type Counting = Place & Pick<Changing, "byCarrier">;

function read(db: Database, { ws, seq }: Place, { first, last }: Span): readonly Row[] {
  return db.all(
    `select ${messageColumns} from standing where ws = ? and distribution = ? and n between ? and ?`,
    ws,
    seq,
    first,
    last,
  );
}

/** The carriers of the span's messages, which are within one chunk; null where one stands otherwise than the first. */
function carriersIfAlike(
  db: Database,
  place: Counting,
  row: Row,
  span: Span,
): readonly number[] | null {
  if (!isTold(db, place, row, span)) return null;
  const { ws, seq, byCarrier } = place;
  const { first, last } = span;
  const alike = db.get(
    `select count(*) as n, ${byCarrier ? "group_concat(carrier)" : "''"} as carriers from message where ws = ? and distribution = ? and n between ? and ?
      and state = ? and gen = ? and try = ? and reason = ? and segments = ? and marks = ? and at = ? and month is ?`,
    ws,
    seq,
    first,
    last,
    ...storedOf(row),
  );
  const times = last - first + 1;
  if (alike?.["n"] !== times) return null;
  if (!byCarrier) return Array<number>(times).fill(unknownCarrier);
  // Rows are read, and told, in the order of their key.
  return String(alike["carriers"]).split(",").map(Number);
}

/** Whether how the first is stored tells how all of them stand: what is stored as queued may wait, or be in flight (see migration 6). */
function isTold(db: Database, place: Place, row: Row, span: Span): boolean {
  return row["state"] !== 0 || (row["flies"] === 1 && isFlown(db, place, span));
}

/** From the state to the month. */
function storedOf(row: Row): readonly Value[] {
  const { month } = row;
  return [
    ...["state", "gen", "try", "reason", "segments", "marks", "at"].map((name) =>
      Number(row[name]),
    ),
    typeof month === "number" ? month : null,
  ];
}

/** Whether the span's chunk was claimed past its end, and nobody in it waits for a time. */
function isFlown(db: Database, { ws, seq }: Place, { first, last }: Span): boolean {
  const flown = db.get(
    `select next > ? and not exists (select 1 from timer where ws = ? and distribution = ?
       and n between ? and ?) as flown
      from chunk where ws = ? and distribution = ? and k = ?`,
    last,
    ws,
    seq,
    first,
    last,
    ws,
    seq,
    Math.floor((first - 1) / chunkRows),
  );
  return flown?.["flown"] === 1;
}
