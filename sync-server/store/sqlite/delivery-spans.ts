/**
 * Reading the messages of a batch. What was claimed together stands alike: then one row and a
 * count say as much as all rows, at a fifth of the cost.
 */
import { unknownCarrier } from "./carrier-book.ts";
import type { Database, Row } from "./database.ts";
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
  { ws, seq, byCarrier }: Counting,
  row: Row,
  { first, last }: Span,
): readonly number[] | null {
  const flies = row["flies"] === 1;
  // Those that are stored as queued may wait, or be in flight: see migration 6.
  if (row["state"] === 0 && !(flies && isFlown(db, { ws, seq }, { first, last }))) return null;
  const alike = db.get(
    `select count(*) as n, ${byCarrier ? "group_concat(carrier)" : "''"} as carriers from message where ws = ? and distribution = ? and n between ? and ?
      and state = ? and gen = ? and try = ? and reason = ? and segments = ? and marks = ? and at = ? and month is ?`,
    ws,
    seq,
    first,
    last,
    Number(row["state"]),
    Number(row["gen"]),
    Number(row["try"]),
    Number(row["reason"]),
    Number(row["segments"]),
    Number(row["marks"]),
    Number(row["at"]),
    typeof row["month"] === "number" ? row["month"] : null,
  );
  const times = last - first + 1;
  if (alike?.["n"] !== times) return null;
  if (!byCarrier) return Array<number>(times).fill(unknownCarrier);
  // Rows are read, and told, in the order of their key.
  return String(alike["carriers"]).split(",").map(Number);
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
