/** The recipients of a report, by what is asked of them. */
import type { Channel } from "#domain/campaign/channel.ts";
import { fallbackChannel } from "#domain/campaign/fallback.ts";
import { editionOf } from "#domain/message/edition.ts";
import { reasonCode, reasonOf } from "#domain/message/reason.ts";
import { stateCodes, stateOf } from "#domain/message/state.ts";
import type { ReportRow, RowFilter, TallyRow } from "../report-store.ts";
import { textOrNull } from "./carrier-rollup.ts";
import type { Database, Value } from "./database.ts";
import type { Place } from "./delivery-place.ts";
import { readTally } from "./delivery-rollup.ts";
import { neverBegun, standsBySecond } from "./fallen.ts";
import { askedCarriers, rowsOfCarriers, type Asked } from "./report-carriers.ts";
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
  place: Ways,
  filter: RowFilter,
  page: Page,
): readonly ReportRow[] {
  const tally = readTally(db, place);
  const unwritten = segmentsOfUnwritten(db, place, tally);
  const { condition, values } = conditionOfPage(db, place, { filter, page, tally });
  return db
    .lists(
      `select n, address, name, state_now, at, reason, gen - 1 + try_now, segments, ${said},
           ${carrier}, ${place.fallsBack ? second : "null"}, edition
         from standing s where ${condition} and n > ? order by n limit ?`,
      ...values,
      page.after,
      page.limit,
    )
    .map((row) => toReportRow(row, unwritten, place));
}

/** A campaign with the channels by which its messages go. */
type Ways = Place & { readonly channel: Channel; readonly fallsBack: boolean };

/** Of what goes by the second channel: the reason for it; null: it goes by the first. */
const second = `(select f.reason from fallen f where f.ws = s.ws and f.distribution = s.distribution
  and f.n = s.n and f.returned = 0)`;
/** By an index where it has few of them, else row by row. */
function conditionOfPage(
  db: Database,
  place: Ways,
  { filter, page, tally }: Paged & { readonly tally: readonly TallyRow[] },
): Condition {
  const wanted = tally.filter((row) => isWanted(row, filter));
  const asked = askedCarriers(db, place, filter);
  const stopped = wanted.reduce((sum, { n }) => sum + n, 0);
  if (areIndexed(wanted) && stopped <= (asked?.most ?? Infinity)) {
    return conditionOfThese(place, firstStopped(db, place, wanted, { filter, page, asked }));
  }
  const all = conditionOf(place, filter);
  if (asked === null) return all;
  return conditionOfThese(place, rowsOfCarriers(db, { ...all, ...page, carriers: asked.carriers }));
}

interface Paged {
  readonly filter: RowFilter;
  readonly page: Page;
}

/** The numbers of the page's rows, where all that are asked for are in the index of the stopped. */
function firstStopped(
  db: Database,
  place: Ways,
  wanted: readonly TallyRow[],
  { filter, page, asked }: Paged & { readonly asked: Asked | null },
): readonly number[] {
  const parts = [searchOf(filter), carriersOf(asked), editionIn(place, filter, "m")].filter(
    (part) => part !== null,
  );
  const found = stoppedRows(db, place, {
    states: wanted.map(({ state }) => state),
    reasons: wanted.map(({ reason }) => reason),
    ...page,
    columns: "m.n",
    where: parts.map(({ condition }) => `and ${condition}`).join(" "),
    values: parts.flatMap(({ values }) => values),
  });
  return found.map((row) => Number(row["n"]));
}

/** From the tallies, as long as nobody looks for a name or a text. */
export function countRows(db: Database, place: Ways, filter: RowFilter): number {
  const asked = askedCarriers(db, place, filter);
  const isCounted = filter.q === null && filter.edition === null;
  if (isCounted && asked?.isExact === true) return asked.most;
  if (isCounted && asked === null) {
    return readTally(db, place)
      .filter((row) => isWanted(row, filter))
      .reduce((sum, { n }) => sum + n, 0);
  }
  const all = conditionOf(place, filter);
  const ofCarriers = carriersOf(asked);
  const row = db.get(
    `select count(*) as n from standing s where ${all.condition}
        ${ofCarriers === null ? "" : `and ${ofCarriers.condition}`}`,
    ...all.values,
    ...(ofCarriers?.values ?? []),
  );
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

/** Of whoever has one of them; null: whatever the carrier. */
function carriersOf(asked: Asked | null): Condition | null {
  if (asked === null) return null;
  const values = [JSON.stringify(asked.carriers)];
  return { condition: "carrier in (select value from json_each(?))", values };
}

function conditionOf(place: Ways, filter: RowFilter): Condition {
  const parts = ["ws = ? and distribution = ?"];
  const values: Value[] = [place.ws, place.seq];
  if (filter.states.length > 0) {
    parts.push("state_now in (select value from json_each(?))");
    values.push(JSON.stringify(filter.states.map((state) => stateCodes[state])));
  }
  if (filter.reasons.length > 0) {
    parts.push("reason in (select value from json_each(?))");
    values.push(JSON.stringify(filter.reasons.map(reasonCode)));
  }
  for (const further of [searchOf(filter), editionIn(place, filter, "s")]) {
    if (further === null) continue;
    parts.push(further.condition);
    values.push(...further.values);
  }
  return { condition: parts.join(" and "), values };
}

/** As `editionOf` tells it. Of the second and later ones there is an index, which is recognised by its own condition. */
function editionIn(
  { fallsBack }: Pick<Ways, "fallsBack">,
  { edition }: RowFilter,
  row: "m" | "s",
): Condition | null {
  if (edition === null) return null;
  const { queued, sending, skipped, canceled, failed } = stateCodes;
  const condition = `edition = ? ${edition > 1 ? "and edition > 1" : ""}
    and state not in (${queued}, ${sending}, ${skipped})
    and (state not in (${canceled}, ${failed}) or gen - 1 + try > 0)
    ${fallsBack ? `and not ${standsBySecond(row)}` : ""}`;
  return { condition, values: [edition] };
}

function searchOf({ q, inAddress }: RowFilter): Condition | null {
  if (q === null) return null;
  const pattern = `%${q.replaceAll(/[\\%_]/g, (mark) => `\\${mark}`)}%`;
  const inName = "name like ? escape '\\'";
  return inAddress
    ? { condition: `(${inName} or address like ? escape '\\')`, values: [pattern, pattern] }
    : { condition: inName, values: [pattern] };
}

function toReportRow(
  row: readonly unknown[],
  unwritten: number | null,
  { channel }: Ways,
): ReportRow {
  const [n, address, name, stateCode, at, reason, attempts, segments, words, told, fell, edition] =
    row;
  const isSecond = typeof fell === "number";
  const state = stateOf(Number(stateCode));
  const [code = "", ...rest] = typeof words === "string" ? words.split("\n") : [];
  return {
    n: Number(n),
    address: String(address),
    name: String(name),
    state,
    at: Number(at),
    reason: reasonOf(Number(reason)),
    attempts: Number(attempts) - (isSecond ? neverBegun(reasonOf(fell)) : 0),
    segments: unwritten !== null && isUnwritten(state) ? unwritten : Number(segments),
    code,
    words: rest.join("\n"),
    carrier: textOrNull(told),
    channel: isSecond ? fallbackChannel : channel,
    isSecond,
    // What goes by the second channel carries its text.
    edition: isSecond
      ? null
      : editionOf({ state, attempts: Number(attempts), edition: Number(edition) }),
  };
}
