/** The recipients of a report, by what is asked of them. */
import { reasonCode, reasonOf } from "#domain/message/reason.ts";
import { stateCodes, stateOf } from "#domain/message/state.ts";
import type { ReportRow, RowFilter } from "../report-store.ts";
import type { Database, Value } from "./database.ts";
import type { Place } from "./delivery-place.ts";
import { readTally } from "./delivery-rollup.ts";
import { isUnwritten, segmentsOfUnwritten } from "./unwritten.ts";

interface Page {
  readonly after: number;
  readonly limit: number;
}

/** What the provider said with the reason, in one: looked up only where there is a reason. */
const said = `case when reason <> 0 then (
  select code || char(10) || words from attempt a
   where a.ws = s.ws and a.distribution = s.distribution and a.n = s.n and a.reason = s.reason
   order by gen desc, try desc, at desc limit 1) end`;

export function rows(
  db: Database,
  place: Place,
  filter: RowFilter,
  { after, limit }: Page,
): readonly ReportRow[] {
  const { condition, values } = conditionOf(place, filter);
  const unwritten = segmentsOfUnwritten(db, place, readTally(db, place));
  return db
    .lists(
      `select n, address, name, state_now, at, reason, gen - 1 + try_now, segments, ${said}
         from standing s where ${condition} and n > ? order by n limit ?`,
      ...values,
      after,
      limit,
    )
    .map((row) => toReportRow(row, unwritten));
}

/** From the tally, as long as nobody looks for a name. */
export function countRows(db: Database, place: Place, filter: RowFilter): number {
  if (filter.q === null) {
    const { states, reasons } = filter;
    return readTally(db, place)
      .filter(({ state }) => states.length === 0 || states.includes(state))
      .filter(({ reason }) => reasons.length === 0 || reasons.includes(reason))
      .reduce((sum, { n }) => sum + n, 0);
  }
  const { condition, values } = conditionOf(place, filter);
  const row = db.get(`select count(*) as n from standing s where ${condition}`, ...values);
  return Number(row?.["n"] ?? 0);
}

function conditionOf(
  { ws, seq }: Place,
  filter: RowFilter,
): { readonly condition: string; readonly values: readonly Value[] } {
  const parts = ["ws = ? and distribution = ?"];
  const values: Value[] = [ws, seq];
  if (filter.states.length > 0) {
    parts.push("state_now in (select value from json_each(?))");
    values.push(JSON.stringify(filter.states.map((state) => stateCodes[state])));
  }
  if (filter.reasons.length > 0) {
    parts.push("reason in (select value from json_each(?))");
    values.push(JSON.stringify(filter.reasons.map(reasonCode)));
  }
  if (filter.q !== null) {
    const pattern = `%${filter.q.replaceAll(/[\\%_]/g, (mark) => `\\${mark}`)}%`;
    parts.push(
      filter.inAddress
        ? "(name like ? escape '\\' or address like ? escape '\\')"
        : "name like ? escape '\\'",
    );
    values.push(pattern);
    if (filter.inAddress) values.push(pattern);
  }
  return { condition: parts.join(" and "), values };
}

function toReportRow(row: readonly unknown[], unwritten: number | null): ReportRow {
  const [n, address, name, stateCode, at, reason, attempts, segments, words] = row;
  const state = stateOf(Number(stateCode));
  const [code = "", ...rest] = typeof words === "string" ? words.split("\n") : [];
  return {
    n: Number(n),
    address: String(address),
    name: String(name),
    state,
    at: Number(at),
    reason: reasonOf(Number(reason)),
    attempts: Number(attempts),
    segments: unwritten !== null && isUnwritten(state) ? unwritten : Number(segments),
    code,
    words: rest.join("\n"),
  };
}
