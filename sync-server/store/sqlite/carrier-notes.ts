/**
 * What changes of messages come to by carrier: gathered beside the tally's differences, and
 * written with them. What is in flight stays queued here, so a claim costs nothing, and
 * neighbours that stand alike are moved at once, whatever their carriers.
 */
import { stateCodes, type MessageState } from "#domain/message/state.ts";
import type { Database } from "./database.ts";
import type { Place } from "./delivery-place.ts";

/** What these counters tell of a message. */
export interface Counted {
  readonly state: MessageState;
  readonly reason: number;
  readonly segments: number;
}

export interface CarrierNotes {
  /** Messages of these carriers, one entry each, stood in one way, and now in another. null: they are new. */
  move(from: Counted | null, to: Counted, carriers: readonly number[]): void;
  /** A message that stands like this belongs to another carrier than was known. */
  correct(counted: Counted, from: number, to: number): void;
  write(db: Database, place: Place): void;
}

/** Messages and segments. */
type Pair = readonly [n: number, segments: number];
type Differences = Map<number, Pair>;

export function createCarrierNotes(): CarrierNotes {
  const noted = new Map<number, Differences>();
  const count = (counted: Counted, carrier: number, by: number): void => {
    const key = keyOf(counted);
    const differences = noted.get(key) ?? new Map<number, Pair>();
    noted.set(key, differences);
    const [n, segments] = differences.get(carrier) ?? [0, 0];
    differences.set(carrier, [n + by, segments + by * counted.segments]);
  };
  return {
    move: (from, to, carriers) => {
      if (from !== null && keyOf(from) === keyOf(to) && from.segments === to.segments) return;
      for (const [carrier, times] of timesOf(carriers)) {
        if (from !== null) count(from, carrier, -times);
        count(to, carrier, times);
      }
    },
    correct: (counted, from, to) => {
      count(counted, from, -1);
      count(counted, to, 1);
    },
    write: (db, place) => {
      for (const [key, differences] of noted) add(db, place, key, differences);
    },
  };
}

function keyOf({ state, reason }: Counted): number {
  const isOpen = state === "queued" || state === "sending";
  return isOpen ? stateCodes.queued : stateCodes[state] * 1_000 + reason;
}

function timesOf(carriers: readonly number[]): Iterable<readonly [number, number]> {
  if (carriers.length === 1) return carriers.map((carrier) => [carrier, 1]);
  const times = new Map<number, number>();
  for (const carrier of carriers) times.set(carrier, (times.get(carrier) ?? 0) + 1);
  return times;
}

function add(db: Database, { ws, seq }: Place, key: number, differences: Differences): void {
  const at = [ws, seq, Math.floor(key / 1_000), key % 1_000];
  const row = db.get(
    "select counts from carrier_tally where ws = ? and distribution = ? and state = ? and reason = ?",
    ...at,
  );
  const counts: Record<string, Pair> = row === undefined ? {} : JSON.parse(String(row["counts"]));
  for (const [carrier, [n, segments]] of differences) {
    const [wasN, wasSegments] = counts[carrier] ?? [0, 0];
    const sum: Pair = [wasN + n, wasSegments + segments];
    if (sum[0] === 0 && sum[1] === 0) delete counts[carrier];
    else counts[carrier] = sum;
  }
  db.run(
    `insert into carrier_tally (ws, distribution, state, reason, counts) values (?, ?, ?, ?, ?)
     on conflict do update set counts = excluded.counts`,
    ...at,
    JSON.stringify(counts),
  );
}
