/**
 * The only place that changes a message. Each change is noted as differences of the tally, the
 * minute and the chunk, and `finish` writes them in the same transaction: counters cannot
 * drift from rows. A move that is not in the table of domain/message/transition is refused,
 * counted, and changes nothing.
 */
import { isPublished, withPublished } from "#domain/codes/published.ts";
import type { Instant } from "#domain/core/time.ts";
import {
  hasMark,
  marksAfter,
  newMarks,
  withMark,
  withoutMark,
  type Mark,
} from "#domain/message/marks.ts";
import { reasonCode, type Reason } from "#domain/message/reason.ts";
import { stateCodes, stateOf } from "#domain/message/state.ts";
import { mayMove } from "#domain/message/transition.ts";
import { createCarrierBook, unknownCarrier, type CarrierBook } from "./carrier-book.ts";
import { createCarrierNotes, type CarrierNotes } from "./carrier-notes.ts";
import type { Database, Row, Value } from "./database.ts";
import { noteDoubt } from "./delivery-doubt-notes.ts";
import { noteCarried } from "./delivery-carried.ts";
import { uncountMark } from "./delivery-unmark.ts";
import { createNotes, type Standing } from "./delivery-notes.ts";
import type { Place } from "./delivery-place.ts";
import { writeRun } from "./delivery-write-run.ts";
import { createTill } from "./delivery-spend.ts";
import {
  bill,
  movedTo,
  stored,
  type Change,
  type Changing,
  type Message,
  type Paying,
} from "./delivery-moved.ts";

import { createFallbackNotes } from "./fallback-notes.ts";

export type { Change, Changing, Message } from "./delivery-moved.ts";

/** Neighbours of one chunk that stand alike, but for their carriers. */
export interface Alike {
  readonly first: Message;
  /** One entry for each of them. */
  readonly carriers: readonly number[];
  /** How the first is stored, where nobody looked whether all of them are: their move finds out. */
  readonly asStored?: readonly Value[];
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

/** How a message goes on by the second way. */
export interface Falling {
  readonly contact: number;
  readonly address: string;
  readonly reason: Reason;
  readonly at: Instant;
}

export interface Mover {
  add(message: NewMessage, at: Instant): void;
  /**
   * Takes a message that nobody looked at yet into flight, or so many of its chunk that stand as
   * it does. Their rows stay: the chunk's `next` tells.
   */
  claim(message: Standing, times?: number): void;
  /** The message as it is then; null when the move is not allowed, and nothing changed. */
  move(message: Message, change: Change): Message | null;
  /** The same for so many neighbours of one chunk that stand alike. Answers whether they were moved: all, or none. */
  moveRun(alike: Alike, change: Change): boolean;
  /**
   * The message goes on by the second way, to this address. As it is then; null when the move is
   * not allowed, and nothing changed.
   */
  fall(message: Message, to: Falling): Message | null;
  /** Proof came that the first way reached its recipient after all: it has its first address again. */
  giveBack(message: Message): void;
  /** The message as it is then: a receipt told which carrier has it, whatever its number's range says. */
  correct(message: Message, carrier: string): Message;
  /** What was heard changes no state, but may leave a mark. */
  hear(message: Message, heard: Pick<Change, "state" | "reason" | "at">): void;
  /** What a person did with it. False when it had the mark already. */
  mark(message: Pick<Message, "n" | "marks">, given: Mark, at: Instant): boolean;
  /** Its code was redeemed, which publishes it if nothing else did. Nothing when it was before. */
  redeem(message: Pick<Message, "n" | "marks">, at: Instant): void;
  /** Its code is not redeemed any more: the last redemption of it was rolled back. */
  unredeem(message: Pick<Message, "n" | "marks">): void;
  /** Writes the differences. Nothing when nothing moved. */
  finish(): void;
}

/** To be read from the view `standing`. */
export const messageColumns =
  "n, state, flies, gen, try, reason, segments, marks, at, month, carrier";

const updateSql = `update message set state = ?, reason = ?, at = ?, gen = ?, try = ?, segments = ?,
  marks = ?, month = ?, provider_id = coalesce(?, provider_id) where ws = ? and distribution = ? and n = ?`;
const marksSql = "update message set marks = ? where ws = ? and distribution = ? and n = ?";
const markSql = `insert into message_mark (ws, distribution, n, mark, at) values (?, ?, ?, ?, ?)
  on conflict do nothing`;
const addressSql = "update message set address = ? where ws = ? and distribution = ? and n = ?";
const carrierSql = "update message set carrier = ? where ws = ? and distribution = ? and n = ?";
const insertSql = `insert into message (ws, distribution, n, contact, address, name, state, reason, at, carrier)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

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
    month: typeof row["month"] === "number" ? row["month"] : null,
    carrier: Number(row["carrier"] ?? 0),
  };
}

export function createMover(db: Database, place: Changing): Mover {
  const { ws, seq } = place;
  const notes = createNotes();
  const carriers = place.byCarrier ? createCarriers(db, place) : null;
  const till = createTill(db, place);
  const ways = place.fallsBack ? createFallbackNotes(db, place) : null;
  const mark = createMarking(db, place, { notes, ways });
  const moving: Moving = { db, place, notes, carriers, till, ways, mark };
  return {
    add: (message, at) => {
      const state = stateCodes[message.state];
      const reason = reasonCode(message.reason);
      const { n, contact, address, name } = message;
      const carrier = carriers?.book.ofNumber(address) ?? unknownCarrier;
      db.run(insertSql, ws, seq, n, contact, address, name, state, reason, at, carrier);
      const standing = { n, state: message.state, reason, segments: 1 };
      notes.enter(standing, { from: null, at });
      carriers?.notes.move(null, standing, [carrier]);
    },
    claim: ({ n, state, reason, segments }, times = 1) => {
      notes.leave({ n, state, reason, segments }, times);
      notes.enter({ n, state: "sending", reason: 0, segments }, { from: state, at: 0 }, times);
    },
    move: (message, change) => moveOne(moving, message, change),
    moveRun: (alike, change) => moveRun(moving, alike, change),
    fall: (message, to) => fall(moving, message, to),
    giveBack: (message) => {
      if (ways === null) return;
      db.run(addressSql, ways.giveBack(message), ws, seq, message.n);
      notes.touch(message.n);
    },
    correct: (message, carrier) => correct(moving, message, carrier),
    hear: (message, { state, reason, at }) => {
      const marks = marksAfter(message.marks, { state, reason }, message.state);
      if (marks === message.marks) return;
      db.run(marksSql, marks, ws, seq, message.n);
      // It counts as recovered from when it arrived.
      const found = newMarks(message.marks, marks);
      mark(message.n, found, found.includes("recovered") ? message.at : at);
      notes.touch(message.n);
    },
    mark: (message, given, at) =>
      give(moving, message, { marks: withMark(message.marks, given), at }),
    redeem: (message, at) => {
      const marks = withPublished(withMark(message.marks, "redeemed"));
      give(moving, message, { marks, at });
    },
    unredeem: (message) => unredeem(moving, message),
    finish: () => {
      notes.write(db, place);
      carriers?.notes.write(db, place);
      ways?.write();
      till.write();
    },
  };
}

interface Carriers {
  readonly book: CarrierBook;
  readonly notes: CarrierNotes;
}

function createCarriers(db: Database, place: Place): Carriers {
  return { book: createCarrierBook(db, place), notes: createCarrierNotes() };
}

function fall(moving: Moving, message: Message, to: Falling): Message | null {
  const { db, place, ways } = moving;
  if (ways === null || !mayMove(message.state, "queued", "engine")) return null;
  const gen = message.gen + 1;
  ways.fall({ n: message.n, gen, ...to });
  const moved = moveOne(moving, message, {
    by: "engine",
    state: "queued",
    reason: "none",
    at: to.at,
    gen,
    try: 0,
    segments: 1,
  });
  // After the move: what was charged until now went to the address of before.
  db.run(addressSql, to.address, place.ws, place.seq, message.n);
  return moved;
}

function correct(
  { db, place: { ws, seq }, notes, carriers }: Moving,
  message: Message,
  name: string,
): Message {
  if (carriers === null || name.trim() === "") return message;
  const carrier = carriers.book.ofName(message.carrier, name);
  if (carrier === message.carrier) return message;
  db.run(carrierSql, carrier, ws, seq, message.n);
  carriers.notes.correct(message, message.carrier, carrier);
  notes.touch(message.n);
  return { ...message, carrier };
}

function createMarking(
  db: Database,
  { ws, seq }: Place,
  { notes, ways }: Pick<Moving, "notes" | "ways">,
): Moving["mark"] {
  return (n, found, at) => {
    for (const each of found) {
      db.run(markSql, ws, seq, n, each, at);
      notes.mark(each, at);
      ways?.mark(n, each, at);
    }
  };
}

interface Moving extends Paying {
  /** null: they are not counted. */
  readonly carriers: Carriers | null;
  readonly mark: (n: number, found: readonly Mark[], at: Instant) => void;
}

function moveOne(moving: Moving, message: Message, change: Change): Message | null {
  const { db, place, notes, carriers, mark } = moving;
  if (!mayMove(message.state, change.state, change.by)) {
    countIllegal(db, place, message, change);
    return null;
  }
  const moved = movedTo(moving, message, change);
  const { n, state, at, marks } = moved;
  db.run(updateSql, ...stored(moved), change.providerId ?? null, place.ws, place.seq, n);
  bill(moving, message, moved);
  noteCarried(db, place, { from: message, to: moved });
  notes.leave(message);
  if (message.state === state) {
    notes.date(message, at);
    moving.ways?.date(message, at);
  }
  notes.enter(moved, { from: message.state, at });
  carriers?.notes.move(message, moved, [message.carrier]);
  moving.ways?.move(message, moved);
  mark(n, newMarks(message.marks, marks), at);
  if (state === "ambiguous" && place.keyRetentionMs !== null) {
    noteDoubt(db, place, message, change);
  }
  return moved;
}

/** Neighbours that were sent once go by the campaign's own way; of others each may go by another. */
function moveRun(moving: Moving, alike: Alike, change: Change): boolean {
  if (moving.ways === null || (alike.first.gen === 1 && change.gen === undefined)) {
    return moveAlike(moving, alike, change);
  }
  // Whether all of them stand alike is found out by moving them as one.
  if (alike.asStored !== undefined) return false;
  for (const [index, carrier] of alike.carriers.entries()) {
    moveOne(moving, { ...alike.first, n: alike.first.n + index, carrier }, change);
  }
  return true;
}

function moveAlike(moving: Moving, { first, carriers, asStored }: Alike, change: Change): boolean {
  const { db, place, notes, mark } = moving;
  const times = carriers.length;
  if (!mayMove(first.state, change.state, change.by)) {
    // Where they may stand otherwise, they are counted one by one.
    const illegal = asStored === undefined ? times : 0;
    for (let index = 0; index < illegal; index++) countIllegal(db, place, first, change);
    return false;
  }
  const moved = movedTo(moving, first, change);
  const { n, at, marks } = moved;
  if (!writeRun(db, place, { n, times, values: stored(moved), asStored })) return false;
  bill(moving, first, moved, times);
  noteCarried(db, place, { from: first, to: moved, times });
  notes.leave(first, times);
  notes.enter(moved, { from: first.state, at }, times);
  moving.carriers?.notes.move(first, moved, carriers);
  const found = newMarks(first.marks, marks);
  for (let index = 0; found.length > 0 && index < times; index++) mark(n + index, found, at);
  return true;
}

/** Gives a message marks that no state tells. False when it had them already. */
function give(
  { db, place: { ws, seq }, notes, mark }: Moving,
  { n, marks: known }: Pick<Message, "n" | "marks">,
  { marks, at }: Pick<Message, "marks" | "at">,
): boolean {
  if (marks === known) return false;
  db.run(marksSql, marks, ws, seq, n);
  mark(n, newMarks(known, marks), at);
  notes.publish(isPublished(marks) && !isPublished(known) ? 1 : 0);
  notes.touch(n);
  return true;
}

function unredeem({ db, place, notes }: Moving, { n, marks }: Pick<Message, "n" | "marks">): void {
  if (!hasMark(marks, "redeemed")) return;
  db.run(marksSql, withoutMark(marks, "redeemed"), place.ws, place.seq, n);
  uncountMark(db, place, n, "redeemed");
  notes.touch(n);
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
