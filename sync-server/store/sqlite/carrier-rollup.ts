/** The counters by carrier as devices have them. */
import { reasonOf } from "#domain/message/reason.ts";
import { stateOf } from "#domain/message/state.ts";
import { largestCarriers, sumCarriers } from "#domain/report/carriers.ts";
import type { CarrierCounts, ReasonCount } from "#domain/report/rollup.ts";
import type { Database } from "./database.ts";
import type { Place } from "./delivery-place.ts";
import { isUnwritten } from "./unwritten.ts";

/** One row of the tally, of one carrier. */
export interface CarrierTallyRow extends Required<ReasonCount> {
  readonly carrier: number;
}

export function readCarrierTally(db: Database, { ws, seq }: Place): readonly CarrierTallyRow[] {
  return db
    .all(
      "select state, reason, counts from carrier_tally where ws = ? and distribution = ? order by state, reason",
      ws,
      seq,
    )
    .flatMap((row) => {
      const [state, reason] = [stateOf(Number(row["state"])), reasonOf(Number(row["reason"]))];
      const counts: Record<string, readonly [number, number]> = JSON.parse(String(row["counts"]));
      return Object.entries(counts).map(([carrier, [n, segments]]) => {
        return { carrier: Number(carrier), state, reason, n, segments };
      });
    });
}

/**
 * null where they are not counted. `each`: the segments that the unwritten will have, null where
 * the channel has none.
 */
export function readCarriers(
  db: Database,
  place: Place,
  each: number | null,
): readonly CarrierCounts[] | null {
  const row = db.get("select by_carrier from distribution where seq = ?", place.seq);
  if (row?.["by_carrier"] !== 1) return null;
  const rows = readCarrierTally(db, place).map(({ carrier, n, ...counted }) => {
    const isKnown = each === null || !isUnwritten(counted.state);
    const segments = isKnown ? counted.segments : n * each;
    return { ...namesOf(db, carrier), counts: [{ ...counted, n, segments }] };
  });
  return largestCarriers(sumCarriers(rows));
}

function namesOf(db: Database, carrier: number): Pick<CarrierCounts, "country" | "carrier"> {
  const row = db.get("select country, name from carrier where seq = ?", carrier);
  return { country: textOrNull(row?.["country"]), carrier: textOrNull(row?.["name"]) };
}

export function textOrNull(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
