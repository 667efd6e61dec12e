/** The counters of a distribution as one document. */
import { fromMicros } from "#domain/campaign/price.ts";
import type { Instant } from "#domain/core/time.ts";
import { marks, type Mark } from "#domain/message/marks.ts";
import { isWaiting, reasonCode, reasonOf } from "#domain/message/reason.ts";
import { noCounts, stateOf, type StateCounts } from "#domain/message/state.ts";
import { linkReport, type LinkReport } from "#domain/engagement/link-report.ts";
import { openReport } from "#domain/engagement/open.ts";
import { costIn, type Cost } from "#domain/report/cost.ts";
import type {
  CodeUse,
  LimitedBy,
  MarkCounts,
  MonthUse,
  ReasonCount,
  Rollup,
  Waits,
} from "#domain/report/rollup.ts";
import { foldSeries, type MinuteEntry, type MinuteMark } from "#domain/report/fold-series.ts";
import type { TallyRow } from "../report-store.ts";
import { readCarriers } from "./carrier-rollup.ts";
import type { Database, Row } from "./database.ts";
import type { Place } from "./delivery-place.ts";
import { toPrice } from "./delivery-spend.ts";
import { readOpenSums } from "./link-opens.ts";
import { readLinks, readSums } from "./link-rows.ts";
import { readFallback } from "./fallback-rollup.ts";
import { wayCodes } from "./fallen.ts";
import { segmentsOfUnwritten, withUnwritten } from "./unwritten.ts";

/** How fast a campaign goes, and what keeps it from going faster. */
export type Speed = Pick<Rollup, "rate"> & { readonly limitedBy?: LimitedBy | null | undefined };

export function readTally(db: Database, { ws, seq }: Place): readonly TallyRow[] {
  return db
    .all(
      `select state, reason, n, segments from tally
        where ws = ? and distribution = ? and n > 0 order by state, reason`,
      ws,
      seq,
    )
    .map((row) => ({
      state: stateOf(Number(row["state"])),
      reason: reasonOf(Number(row["reason"])),
      n: Number(row["n"]),
      segments: Number(row["segments"]),
    }));
}

/** The same with the segments that the unwritten will have. */
export function readShownTally(db: Database, place: Place): readonly TallyRow[] {
  const tally = readTally(db, place);
  return withUnwritten(tally, segmentsOfUnwritten(db, place, tally));
}

export function readStates(db: Database, place: Place): StateCounts {
  return sum(readTally(db, place), "n");
}

export function readRollup(
  db: Database,
  distribution: Place & { readonly campaign: string },
  { rate, limitedBy = null, now }: Speed & { readonly now: Instant },
): Rollup {
  const counted = readTally(db, distribution);
  const each = segmentsOfUnwritten(db, distribution, counted);
  const tally = withUnwritten(counted, each);
  const carriers = readCarriers(db, distribution, each);
  const months = readMonths(db, distribution);
  const marked = readMarks(db, distribution);
  const cost = readCost(db, distribution);
  const codes = readCodes(db, distribution, markCounts(marked));
  const links = readLinkReport(db, distribution);
  const opens = readOpenSums(db, distribution.seq);
  const erased = readErased(db, distribution);
  const course = foldSeries(readMinutes(db, distribution), marked);
  const fallback = readFallback(db, distribution, course);
  return {
    id: distribution.campaign,
    total: tally.reduce((total, row) => total + row.n, 0),
    states: sum(tally, "n"),
    segments: sum(tally, "segments"),
    reasons: reasonCounts(tally),
    marks: markCounts(marked),
    ...course,
    rate,
    waits: readWaits(db, distribution, tally, now),
    limitedBy,
    ...(cost === null ? {} : { cost }),
    ...(carriers === null ? {} : { carriers }),
    ...(months.length === 0 ? {} : { months }),
    ...(codes === null ? {} : { codes }),
    ...(links === null ? {} : { links }),
    ...(opens === null ? {} : { opens: openReport(opens) }),
    ...(erased === 0 ? {} : { erased }),
    ...(fallback === null ? {} : { fallback }),
    at: now,
  };
}

export function readErased(db: Database, { seq }: Place): number {
  return Number(db.get("select erased from distribution where seq = ?", seq)?.["erased"]);
}

/** null where its messages carry no codes. */
export function readCodes(db: Database, { seq }: Place, marked: MarkCounts): CodeUse | null {
  const row = db.get(
    `select d.published, p.redeemed from distribution d join code_pool p on p.seq = d.code_pool
      where d.seq = ?`,
    seq,
  );
  if (row === undefined) return null;
  const published = Number(row["published"]);
  return { published, redeemed: marked.redeemed ?? 0, poolRedeemed: Number(row["redeemed"]) };
}

/** null where it has no tracked links. */
function readLinkReport(db: Database, { seq }: Place): LinkReport | null {
  const links = readLinks(db, seq);
  return links.length === 0 ? null : linkReport(links, readSums(db, seq));
}

function readCost(db: Database, { seq }: Place): Cost | null {
  const row = db.get("select price, billed, billed_micros from distribution where seq = ?", seq);
  const micros = Number(row?.["billed_micros"] ?? 0);
  return costIn(toPrice(row?.["price"]), { units: Number(row?.["billed"] ?? 0), micros });
}

/** What counts against each month; a sandbox's messages too, which cost nothing. */
function readMonths(db: Database, { ws, seq }: Place): readonly MonthUse[] {
  const isPriced = toPrice(db.get("select price from distribution where seq = ?", seq)?.["price"]);
  return db
    .all(
      `select month, messages, units, micros from spend
        where ws = ? and distribution = ? and messages > 0 order by month`,
      ws,
      seq,
    )
    .map((row) => ({
      month: Number(row["month"]),
      messages: Number(row["messages"]),
      segments: Number(row["units"]),
      ...(isPriced === null ? {} : { amount: fromMicros(Number(row["micros"])) }),
    }));
}

/** What waits in chunks of later times, and what was looked at and put off. */
function readWaits(
  db: Database,
  { ws, seq }: Place,
  tally: readonly TallyRow[],
  now: Instant,
): Waits | null {
  const later = db.get(
    `select coalesce(sum(last - next + 1), 0) as n, min(due_at) as at from chunk indexed by chunk_fresh
      where ws = ? and distribution = ? and next <= last and due_at > ?`,
    ws,
    seq,
    now,
  );
  const putOff = tally
    .filter(({ state, reason }) => state === "queued" && isWaiting(reason))
    .reduce((all, { n }) => all + n, 0);
  const ways = putOff === 0 ? [] : Object.values(wayCodes);
  const firsts = ways.map((way) => db.get(firstPutOff, ws, seq, way, ...waitingCodes)?.["at"]);
  const times = [later?.["at"], ...firsts].filter((at) => typeof at === "number");
  const n = Number(later?.["n"] ?? 0) + putOff;
  return n === 0 || times.length === 0 ? null : { n, until: Math.min(...times) };
}

const waitingCodes = [reasonCode("quiet_hours"), reasonCode("recipient_time")];

const firstPutOff = `select t.at from timer t join message m on m.ws = t.ws
    and m.distribution = t.distribution and m.n = t.n
  where t.ws = ? and t.distribution = ? and t.way = ? and m.state = 0 and m.reason in (?, ?)
  order by t.at limit 1`;

/** What is young by its minute (or less), what is old by the hour or the day. */
function readMinutes(db: Database, { ws, seq }: Place): readonly MinuteEntry[] {
  return db
    .all(
      `select minute, 0 as span, state, n from bucket where ws = ? and distribution = ?
       union all
       select at, span, state, n from bucket_fold where ws = ? and distribution = ?
       order by 1, 3`,
      ws,
      seq,
      ws,
      seq,
    )
    .map((row) => ({ ...spanOf(row), state: stateOf(Number(row["state"])), n: Number(row["n"]) }));
}

function readMarks(db: Database, { ws, seq }: Place): readonly MinuteMark[] {
  return db
    .all(
      `select mark, minute, 0 as span, n from mark_bucket where ws = ? and distribution = ?
       union all
       select mark, at, span, n from mark_fold where ws = ? and distribution = ?`,
      ws,
      seq,
      ws,
      seq,
    )
    .flatMap((row) => {
      const mark = marks.find((each) => each === row["mark"]);
      return mark === undefined ? [] : [{ ...spanOf(row), mark, n: Number(row["n"]) }];
    });
}

function spanOf(row: Row): Pick<MinuteEntry, "minute" | "spanMs"> {
  const minute = Number(row["minute"]);
  return row["span"] === 0 ? { minute } : { minute, spanMs: Number(row["span"]) };
}

function markCounts(marked: readonly MinuteMark[]): MarkCounts {
  const counts: Partial<Record<Mark, number>> = {};
  for (const { mark, n } of marked) counts[mark] = (counts[mark] ?? 0) + n;
  return counts;
}

function sum(tally: readonly TallyRow[], what: "n" | "segments"): StateCounts {
  const counts: Record<keyof StateCounts, number> = { ...noCounts };
  for (const row of tally) counts[row.state] += row[what];
  return counts;
}

function reasonCounts(tally: readonly TallyRow[]): readonly ReasonCount[] {
  return tally
    .filter((row) => row.reason !== "none")
    .map(({ state, reason, n, segments }) =>
      segments === n ? { state, reason, n } : { state, reason, n, segments },
    )
    .toSorted((a, b) => b.n - a.n);
}
