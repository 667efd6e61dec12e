/** What of a campaign went by the channel that it falls back to, as counted and as its rows tell. */
import { fallbackChannel } from "#domain/campaign/fallback.ts";
import { fromMicros } from "#domain/campaign/price.ts";
import { marks } from "#domain/message/marks.ts";
import { reasonOf } from "#domain/message/reason.ts";
import {
  messageStates,
  noCounts,
  stateCodes,
  stateOf,
  type StateCounts,
} from "#domain/message/state.ts";
import { foldSeries, type MinuteEntry, type MinuteMark } from "#domain/report/fold-series.ts";
import { sumReasonCounts } from "#domain/report/reason-counts.ts";
import type { FallbackCounts, MonthUse, Rollup } from "#domain/report/rollup.ts";
import type { Finding } from "../admin-store.ts";
import type { TallyRow } from "../report-store.ts";
import type { Database, Row } from "./database.ts";
import type { Place } from "./delivery-place.ts";

/** null: it falls back to nothing. `spanMs`: of the campaign's course, so that both have the same spans. */
export function readFallback(
  db: Database,
  place: Place,
  { spanMs }: Pick<Rollup, "spanMs">,
): FallbackCounts | null {
  const row = db.get("select falls_back, price from distribution where seq = ?", place.seq);
  if (row?.["falls_back"] !== 1) return null;
  const tally = readSecondTally(db, place);
  const { entries, marked } = readCourse(db, place);
  return {
    channel: fallbackChannel,
    total: tally.reduce((sum, { n }) => sum + n, 0),
    states: countsOf(tally, "n"),
    segments: countsOf(tally, "segments"),
    reasons: sumReasonCounts(tally.filter(({ reason }) => reason !== "none")),
    marks: markCounts(marked),
    series: foldSeries(entries, marked, spanMs).series,
    months: readMonths(db, place, row["price"] !== null),
  };
}

function readSecondTally(db: Database, { ws, seq }: Place): readonly TallyRow[] {
  return db
    .all(
      `select state, reason, n, segments from fallback_tally
        where ws = ? and distribution = ? and n <> 0 order by state, reason`,
      ws,
      seq,
    )
    .map(toTallyRow);
}

function toTallyRow(row: Row): TallyRow {
  return {
    state: stateOf(Number(row["state"])),
    reason: reasonOf(Number(row["reason"])),
    n: Number(row["n"]),
    segments: Number(row["segments"]),
  };
}

function countsOf(tally: readonly TallyRow[], what: "n" | "segments"): StateCounts {
  const counts: Record<keyof StateCounts, number> = { ...noCounts };
  for (const row of tally) counts[row.state] += row[what];
  return counts;
}

interface Course {
  readonly entries: readonly MinuteEntry[];
  readonly marked: readonly MinuteMark[];
}

function readCourse(db: Database, { ws, seq }: Place): Course {
  const entries: MinuteEntry[] = [];
  const marked: MinuteMark[] = [];
  for (const row of db.all(
    "select span, at, what, n from fallback_bucket where ws = ? and distribution = ?",
    ws,
    seq,
  )) {
    const { minute, n } = { minute: Number(row["at"]), n: Number(row["n"]) };
    const mark = marks.find((each) => each === row["what"]);
    if (mark === undefined) entries.push({ minute, state: stateOf(Number(row["what"])), n });
    else marked.push({ minute, mark, n });
  }
  return { entries, marked };
}

function markCounts(marked: readonly MinuteMark[]): NonNullable<FallbackCounts["marks"]> {
  const counts: Partial<Record<MinuteMark["mark"], number>> = {};
  for (const { mark, n } of marked) counts[mark] = (counts[mark] ?? 0) + n;
  return counts;
}

function readMonths(db: Database, { ws, seq }: Place, isPriced: boolean): readonly MonthUse[] {
  return db
    .all(
      `select month, messages, units, micros from fallback_spend
        where ws = ? and distribution = ? and messages > 0 order by month`,
      ws,
      seq,
    )
    .map((row) => ({
      month: Number(row["month"]),
      messages: Number(row["messages"]),
      segments: Number(row["units"]),
      ...(isPriced ? { amount: fromMicros(Number(row["micros"])) } : {}),
    }));
}

/** Whether what is counted for the second channel is what its rows give. */
export function fallbackFindings(
  db: Database,
  place: Place,
  whole: Pick<Rollup, "spanMs" | "series">,
): readonly Finding[] {
  const counted = readFallback(db, place, whole);
  if (counted === null) return [];
  const rows = db.all(
    `select s.state_now as state, s.reason, count(*) as n, sum(s.segments) as segments from fallen f
       join standing s on s.ws = f.ws and s.distribution = f.distribution and s.n = f.n
      where f.ws = ? and f.distribution = ? and f.returned = 0 and s.gen >= f.gen
      group by 1, 2 order by 1, 2`,
    place.ws,
    place.seq,
  );
  const inTally = told(readSecondTally(db, place));
  const inRows = told(rows.map(toTallyRow));
  const detail = `the second channel counts ${inTally}, its rows ${inRows}`;
  const wrong = inTally === inRows ? [] : [{ check: "fallback", detail }];
  return [...wrong, ...courseFindings(counted, whole)];
}

/** Whoever stands in a state by the second way entered it so, and what happened by it happened. */
function courseFindings(
  { states, series = [] }: FallbackCounts,
  whole: Pick<Rollup, "series">,
): readonly Finding[] {
  const charted = messageStates.filter((state) => stateCodes[state] >= stateCodes.submitted);
  return charted.flatMap((state) => {
    const second = enteredIn(series, state);
    const all = enteredIn(whole.series, state);
    if (second >= states[state] && second <= all) return [];
    const detail = `${states[state]} are ${state} by the second channel, ${second} became so, ${all} by both`;
    return [{ check: "fallback", detail }];
  });
}

function enteredIn(series: Rollup["series"], state: keyof StateCounts): number {
  return series.reduce((sum, point) => sum + (point.entered[state] ?? 0), 0);
}

function told(tally: readonly TallyRow[]): string {
  return tally
    .map(({ state, reason, n, segments }) => `${state}/${reason}: ${n} (${segments})`)
    .join(", ");
}
