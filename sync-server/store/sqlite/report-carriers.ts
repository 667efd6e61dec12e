/**
 * The messages of a distribution that one carrier has: counted by the tally, found by the index of
 * them (migration 45). A name may stand for a carrier in each of several countries.
 */
import { unknownCarrierName } from "#domain/report/carrier-name.ts";
import type { RowFilter } from "../report-store.ts";
import { unknownCarrier } from "./carrier-book.ts";
import { readCarrierTally, type CarrierTallyRow } from "./carrier-rollup.ts";
import type { Database, Value } from "./database.ts";
import type { Place } from "./delivery-place.ts";

export interface Asked {
  /** The short numbers of those that have any of the messages. */
  readonly carriers: readonly number[];
  /** Messages that may fit the filter, but for its search: no more than so many do. */
  readonly most: number;
  /** Whether exactly so many fit. What is in flight is not told from what is queued, nor why it waits. */
  readonly isExact: boolean;
}

/** null: every message fits, whatever its carrier. */
export function askedCarriers(db: Database, place: Place, filter: RowFilter): Asked | null {
  const { carrier } = filter;
  if (carrier === null) return null;
  const row = db.get("select by_carrier from distribution where seq = ?", place.seq);
  const isCounted = row?.["by_carrier"] === 1;
  // Nobody knows the carriers of those that are not counted.
  if (!isCounted && carrier === unknownCarrierName) return null;
  const numbers = new Set(isCounted ? numbersOf(db, place, carrier) : []);
  const counted = readCarrierTally(db, place).filter(
    (each) => numbers.has(each.carrier) && each.n > 0 && mayFit(each, filter),
  );
  return {
    carriers: [...new Set(counted.map((each) => each.carrier))],
    most: counted.reduce((sum, { n }) => sum + n, 0),
    isExact: tellsOpen(filter) || counted.every(({ state }) => state !== "queued"),
  };
}

function numbersOf(db: Database, { ws }: Place, name: string): readonly number[] {
  const isUnknown = name === unknownCarrierName;
  const known = db
    .all("select seq from carrier where ws = ? and name = ?", ws, isUnknown ? "" : name)
    .map((row) => Number(row["seq"]));
  return isUnknown ? [unknownCarrier, ...known] : known;
}

function mayFit({ state, reason }: CarrierTallyRow, { states, reasons }: RowFilter): boolean {
  if (state === "queued") return states.length === 0 || states.some(isOpen);
  return (
    (states.length === 0 || states.includes(state)) &&
    (reasons.length === 0 || reasons.includes(reason))
  );
}

/** Whether the filter tells nothing apart that the tally does not. */
function tellsOpen({ states, reasons }: RowFilter): boolean {
  const open = states.filter(isOpen).length;
  return reasons.length === 0 && (states.length === 0 || open !== 1);
}

function isOpen(state: RowFilter["states"][number]): boolean {
  return state === "queued" || state === "sending";
}

export interface CarrierQuery {
  readonly carriers: readonly number[];
  readonly after: number;
  readonly limit: number;
  /** Of `standing s`. */
  readonly condition: string;
  readonly values: readonly Value[];
}

/** The numbers of the first messages behind `after`, in their order. */
export function rowsOfCarriers(db: Database, query: CarrierQuery): readonly number[] {
  const { carriers, after, limit, condition, values } = query;
  return carriers
    .flatMap((carrier) =>
      db.all(
        // As the index has it: it knows none that are not counted.
        `select s.n from standing s where ${condition} and s.carrier = ?
            ${carrier === unknownCarrier ? "" : "and s.carrier <> 0"} and s.n > ?
          order by s.n limit ?`,
        ...values,
        carrier,
        after,
        limit,
      ),
    )
    .map((row) => Number(row["n"]))
    .toSorted((a, b) => a - b)
    .slice(0, limit);
}
