/** What happened to a campaign in each hour, as far back as hours are kept, and by the day before that. */
import { marks, type Mark } from "#domain/message/marks.ts";
import { stateOf, type MessageState } from "#domain/message/state.ts";
import { hourMs } from "#domain/core/time.ts";
import type { HourSpan } from "#domain/report/hour-spans.ts";
import type { Database, Row } from "./database.ts";
import type { Place } from "./delivery-place.ts";

interface OpenSpan {
  readonly at: number;
  readonly spanMs: number;
  readonly entered: Partial<Record<MessageState, number>>;
  readonly marked: Partial<Record<Mark, number>>;
}

/** Of several: what a recurring campaign's runs did, together. Days come before the hours of the same moment. */
export function hourSpans(db: Database, places: readonly Place[]): readonly HourSpan[] {
  const spans = new Map<string, OpenSpan>();
  const spanOf = (row: Row): OpenSpan => {
    const [at, spanMs] = [Number(row["at"]), Number(row["span"])];
    const span = spans.get(`${at} ${spanMs}`) ?? { at, spanMs, entered: {}, marked: {} };
    spans.set(`${at} ${spanMs}`, span);
    return span;
  };
  for (const place of places) {
    for (const row of states(db, place)) {
      const { entered } = spanOf(row);
      const state = stateOf(Number(row["state"]));
      entered[state] = (entered[state] ?? 0) + Number(row["n"]);
    }
    for (const row of marked(db, place)) {
      const mark = marks.find((each) => each === row["mark"]);
      if (mark === undefined) continue;
      const span = spanOf(row);
      span.marked[mark] = (span.marked[mark] ?? 0) + Number(row["n"]);
    }
  }
  return [...spans.values()].toSorted((a, b) => a.at - b.at || b.spanMs - a.spanMs);
}

function states(db: Database, { ws, seq }: Place): readonly Row[] {
  return db.all(
    `select at, span, state, sum(n) as n from (
        select minute / ${hourMs} * ${hourMs} as at, ${hourMs} as span, state, n from bucket
          where ws = ? and distribution = ?
        union all
        select at, span, state, n from bucket_fold where ws = ? and distribution = ?)
      group by at, span, state having sum(n) > 0`,
    ws,
    seq,
    ws,
    seq,
  );
}

function marked(db: Database, { ws, seq }: Place): readonly Row[] {
  return db.all(
    `select at, span, mark, sum(n) as n from (
        select minute / ${hourMs} * ${hourMs} as at, ${hourMs} as span, mark, n from mark_bucket
          where ws = ? and distribution = ?
        union all
        select at, span, mark, n from mark_fold where ws = ? and distribution = ?)
      group by at, span, mark having sum(n) > 0`,
    ws,
    seq,
    ws,
    seq,
  );
}
