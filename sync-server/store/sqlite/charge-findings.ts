/** Whether what a campaign cost is what its messages give. */
import { isCharged } from "#domain/message/charge.ts";
import { stateOf } from "#domain/message/state.ts";
import type { Finding } from "../admin-store.ts";
import type { Database } from "./database.ts";
import type { Place } from "./delivery-place.ts";

export function chargeFindings(db: Database, { ws, seq }: Place): readonly Finding[] {
  const rows = db.all(
    `select state_now as state, marks, sum(segments) as units from standing
      where ws = ? and distribution = ? group by state_now, marks`,
    ws,
    seq,
  );
  const now = rows
    .map((row) => ({
      state: stateOf(Number(row["state"])),
      marks: Number(row["marks"]),
      units: Number(row["units"]),
    }))
    .filter(isCharged)
    .reduce((sum, { units }) => sum + units, 0);
  const earlier = db.get(
    "select coalesce(sum(units), 0) as n from charge where ws = ? and distribution = ?",
    ws,
    seq,
  );
  const counted = now + Number(earlier?.["n"]);
  const row = db.get("select billed from distribution where seq = ?", seq);
  const billed = Number(row?.["billed"]);
  if (billed === counted) return [];
  return [{ check: "billed", detail: `${billed} are charged for, but the rows give ${counted}` }];
}
