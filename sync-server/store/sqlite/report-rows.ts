/** The recipients of a report, by what is asked of them. */
import { reasonCode, reasonOf } from "#domain/message/reason.ts";
import { stateCodes, stateOf } from "#domain/message/state.ts";
import type { ReportRow, RowFilter, TallyRow } from "../report-store.ts";
import { textOrNull } from "./carrier-rollup.ts";
import type { Database, Value } from "./database.ts";
import type { Place } from "./delivery-place.ts";
import { readTally } from "./delivery-rollup.ts";
import { areIndexed, stoppedRows } from "./stopped-messages.ts";
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

/** 0: nobody knows it, or its channel has none. */
const carrier =
  "case when s.carrier <> 0 then (select name from carrier c where c.seq = s.carrier) end";

export function rows(
  db: Database,
  place: Place,
  filter: RowFilter,
  page: Page,
): readonly ReportRow[] {
  const tally = readTally(db, place);
  const unwritten = segmentsOfUnwritten(db, place, tally);
  const wanted = tally.filter((row) => isWanted(row, filter));
  const { condition, values } = areIndexed(wanted)
    ? conditionOfThese(place, firstStopped(db, place, wanted, { filter, page }))
    : conditionOf(place, filter);
  return db
    .lists(
      `select n, address, name, state_now, at, reason, gen - 1 + try_now, segments, ${said},
           ${carrier}
         from standing s where ${condition} and n > ? order by n limit ?`,
      ...values,
      page.after,
      page.limit,
    )
    .map((row) => toReportRow(row, unwritten));
}

/** The numbers of the page's rows, where all that are asked for are in the index of the stopped. */
function firstStopped(
  db: Database,
  place: Place,
  wanted: readonly TallyRow[],
  { filter, page }: { readonly filter: RowFilter; readonly page: Page },
): readonly number[] {
  const search = searchOf(filter);
  const found = stoppedRows(db, place, {
    states: wanted.map(({ state }) => state),
    reasons: wanted.map(({ reason }) => reason),
    ...page,
    columns: "m.n",
    where: search === null ? "" : `and ${search.condition}`,
    values: search?.values ?? [],
  });
  return found.map((row) => Number(row["n"]));
}

/** From the tally, as long as nobody looks for a name. */
export function countRows(db: Database, place: Place, filter: RowFilter): number {
  if (filter.q === null) {
    return readTally(db, place)
      .filter((row) => isWanted(row, filter))
      .reduce((sum, { n }) => sum + n, 0);
  }
  const { condition, values } = conditionOf(place, filter);
  const row = db.get(`select count(*) as n from standing s where ${condition}`, ...values);
  return Number(row?.["n"] ?? 0);
}

function isWanted({ state, reason }: TallyRow, { states, reasons }: RowFilter): boolean {
  return (
    (states.length === 0 || states.includes(state)) &&
    (reasons.length === 0 || reasons.includes(reason))
  );
}

interface Condition {
  readonly condition: string;
  readonly values: readonly Value[];
}

function conditionOfThese({ ws, seq }: Place, ns: readonly number[]): Condition {
  return {
    condition: "ws = ? and distribution = ? and n in (select value from json_each(?))",
    values: [ws, seq, JSON.stringify(ns)],
  };
}

function conditionOf({ ws, seq }: Place, filter: RowFilter): Condition {
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
  const search = searchOf(filter);
  if (search !== null) {
    parts.push(search.condition);
    values.push(...search.values);
  }
  return { condition: parts.join(" and "), values };
}

function searchOf({ q, inAddress }: RowFilter): Condition | null {
  if (q === null) return null;
  const pattern = `%${q.replaceAll(/[\\%_]/g, (mark) => `\\${mark}`)}%`;
  const inName = "name like ? escape '\\'";
  return inAddress
    ? { condition: `(${inName} or address like ? escape '\\')`, values: [pattern, pattern] }
    : { condition: inName, values: [pattern] };
}

function toReportRow(row: readonly unknown[], unwritten: number | null): ReportRow {
  const [n, address, name, stateCode, at, reason, attempts, segments, words, told] = row;
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
    carrier: textOrNull(told),
  };
}
