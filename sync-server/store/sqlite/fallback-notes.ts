/** What changes of messages come to in the counters of the second channel: gathered, and written once. */
import type { Instant } from "#domain/core/time.ts";
import type { Mark } from "#domain/message/marks.ts";
import { reasonCode, type Reason } from "#domain/message/reason.ts";
import { stateCodes, type MessageState } from "#domain/message/state.ts";
import { passes } from "#domain/report/series.ts";
import type { Database } from "./database.ts";
import type { Place } from "./delivery-place.ts";
import { createCourse } from "./fallback-course.ts";
import { fallenOf, type Fallen } from "./fallen.ts";

interface Counted {
  readonly n: number;
  readonly gen: number;
  readonly state: MessageState;
  readonly reason: number;
  readonly segments: number;
  readonly at: Instant;
}

interface Why {
  readonly reason: Reason;
  readonly contact: number;
}

export interface FallbackNotes {
  /** Whether this send of the message goes, or went, by the second way. */
  isBySecond(message: Pick<Counted, "n" | "gen">): boolean;
  /** The message stood in one way, and now in another. */
  move(from: Counted, to: Counted): void;
  /** It entered its state at another moment than was known. */
  date(message: Counted, at: Instant): void;
  mark(n: number, mark: Mark, at: Instant): void;
  /** The message goes by the second way from this gen on. */
  fall(falling: Pick<Counted, "n" | "gen"> & Why): void;
  /** The first way reached its recipient after all: it counts there. Answers its address there. */
  giveBack(message: Counted): string;
  write(): void;
}

export function createFallbackNotes(db: Database, place: Place): FallbackNotes {
  const known = new Map<number, Fallen | null>();
  const differences = new Map<number, { n: number; segments: number }>();
  const course = createCourse();
  const of = (n: number): Fallen | null => {
    const found = known.get(n);
    if (found !== undefined) return found;
    const read = fallenOf(db, place, n);
    known.set(n, read);
    return read;
  };
  const counts = ({ n, gen }: Pick<Counted, "n" | "gen">): boolean => {
    const fallen = of(n);
    return fallen !== null && !fallen.isReturned && gen >= fallen.gen;
  };
  const count = (counted: Counted, by: number): void => {
    if (!counts(counted)) return;
    const key = stateCodes[counted.state] * 1_000 + counted.reason;
    const sum = differences.get(key) ?? { n: 0, segments: 0 };
    differences.set(key, sum);
    sum.n += by;
    sum.segments += by * counted.segments;
  };
  return {
    isBySecond: ({ n, gen }) => gen >= (of(n)?.gen ?? Infinity),
    move: (from, to) => {
      count(from, -1);
      count(to, 1);
      if (!counts(to)) return;
      course.begin(to.n);
      for (const state of passes(from.state, to.state)) course.note(to.n, whatOf(state), to.at);
    },
    date: (message, at) => {
      if (!counts(message)) return;
      course.add(whatOf(message.state), message.at, -1);
      course.add(whatOf(message.state), at, 1);
    },
    mark: (n, mark, at) => {
      if (counts({ n, gen: Infinity })) course.note(n, mark, at);
    },
    fall: (falling) => {
      noteFallen(db, place, falling);
      known.delete(falling.n);
    },
    giveBack: (message) => {
      count(message, -1);
      course.takeBack(message.n);
      const first = of(message.n)?.otherAddress ?? "";
      noteReturned(db, place, message.n);
      known.delete(message.n);
      return first;
    },
    write: () => {
      for (const [key, sum] of differences) add(db, place, key, sum);
      course.write(db, place);
    },
  };
}

function noteFallen(
  db: Database,
  { ws, seq }: Place,
  { n, gen, reason, contact }: Parameters<FallbackNotes["fall"]>[0],
): void {
  db.run(
    `insert into fallen (ws, distribution, n, gen, reason, contact, address)
     select ws, distribution, n, ?, ?, ?, address from message
      where ws = ? and distribution = ? and n = ?`,
    gen,
    reasonCode(reason),
    contact,
    ws,
    seq,
    n,
  );
}

function noteReturned(db: Database, { ws, seq }: Place, n: number): void {
  db.run(
    `update fallen set returned = 1, address = m.address from message m
      where m.ws = fallen.ws and m.distribution = fallen.distribution and m.n = fallen.n
        and fallen.ws = ? and fallen.distribution = ? and fallen.n = ?`,
    ws,
    seq,
    n,
  );
}

function add(
  db: Database,
  { ws, seq }: Place,
  key: number,
  { n, segments }: { readonly n: number; readonly segments: number },
): void {
  if (n === 0 && segments === 0) return;
  db.run(
    `insert into fallback_tally (ws, distribution, state, reason, n, segments) values (?, ?, ?, ?, ?, ?)
     on conflict do update set n = n + excluded.n, segments = segments + excluded.segments`,
    ws,
    seq,
    Math.floor(key / 1_000),
    key % 1_000,
    n,
    segments,
  );
}

function whatOf(state: MessageState): string {
  return String(stateCodes[state]);
}
