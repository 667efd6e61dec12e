/** Whether the counters by carrier are what the rows give, and their sums those of the tally. */
import { reasonOf } from "#domain/message/reason.ts";
import { stateOf } from "#domain/message/state.ts";
import { sizeOf } from "#domain/report/carriers.ts";
import type { Finding } from "../admin-store.ts";
import { readCarrierTally } from "./carrier-rollup.ts";
import type { Database } from "./database.ts";
import { readRollup } from "./delivery-rollup.ts";
import type { Distribution } from "./delivery-rows.ts";

export function carrierFindings(db: Database, place: Distribution): readonly Finding[] {
  if (!place.byCarrier) return [];
  return [...tallyAgainstRows(db, place), ...sumsAgainstRollup(db, place)];
}

function tallyAgainstRows(db: Database, place: Distribution): readonly Finding[] {
  const counted = db.all(
    `select carrier, case when state_now < 2 then 0 else state_now end as state,
        case when state_now < 2 then 0 else reason end as reason, count(*) as n, sum(segments) as segments
       from standing where ws = ? and distribution = ? group by 1, 2, 3`,
    place.ws,
    place.seq,
  );
  const inRows = counted.map((row) =>
    describe({
      carrier: Number(row["carrier"]),
      state: stateOf(Number(row["state"])),
      reason: reasonOf(Number(row["reason"])),
      n: Number(row["n"]),
      segments: Number(row["segments"]),
    }),
  );
  const inTally = readCarrierTally(db, place).map(describe);
  const [known, found] = [inTally, inRows].map((lines) => lines.toSorted().join(", "));
  if (known === found) return [];
  const detail = `by carrier the tally says ${known}, but the rows give ${found}`;
  return [{ check: "carrier", detail }];
}

function describe(row: ReturnType<typeof readCarrierTally>[number]): string {
  return `${row.carrier} ${row.state}/${row.reason}: ${row.n} (${row.segments})`;
}

/** I-6: whoever adds up what a breakdown shows finds the total. */
function sumsAgainstRollup(db: Database, place: Distribution): readonly Finding[] {
  const { total, segments, carriers = [] } = readRollup(db, place, { rate: 0, now: 0 });
  const all = Object.values(segments).reduce((sum, n) => sum + n, 0);
  const sums = (["n", "segments"] as const).map((what) =>
    carriers.reduce((sum, row) => sum + sizeOf(row, what), 0),
  );
  if (sums[0] === total && sums[1] === all) return [];
  const detail = `carriers have ${sums[0]} messages and ${sums[1]} segments together, the campaign ${total} and ${all}`;
  return [{ check: "identity", detail }];
}
