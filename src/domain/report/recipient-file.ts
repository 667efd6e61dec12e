/** The recipients of a campaign as a workbook: one form, whoever writes it. */
import type { Campaign } from "../campaign/campaign.ts";
import type { Instant } from "../core/time.ts";
import type { Reason } from "../message/reason.ts";
import { reasonText } from "../message/reason-text.ts";
import { messageStates, type MessageState } from "../message/state.ts";
import type { BreakdownLine } from "./breakdowns.ts";
import {
  columnsOf,
  failedReason,
  type RecipientKind,
  type RecipientColumn,
  type RecipientFacts,
} from "./recipient-line.ts";
import { rowsOfSheet, type Cell, type Column, type Sheet } from "./workbook/sheet.ts";

/** What a file says of itself. */
export interface FileFacts extends RecipientKind {
  readonly campaign: Pick<Campaign, "name" | "number" | "type">;
  readonly filter: {
    /** Empty: every state. */
    readonly states: readonly MessageState[];
    /** Empty: every reason. */
    readonly reasons: readonly Reason[];
    /** By name, or `unknown`; null: every carrier. */
    readonly carrier: string | null;
    /** The number of the text that they carry; null: any. */
    readonly edition: number | null;
    /** Part of a name or an address; "" or null: any. */
    readonly q: string | null;
  };
  /** When every row was so. */
  readonly asOf: Instant;
  /** Of the report that has the same digits; null: the rows are of a moment that no report shows. */
  readonly snapshot: string | null;
  /** Recipients of the campaign, whatever the filter. */
  readonly total: number;
  /** Of these, the ones that were there to choose from where it was written; undefined: all. */
  readonly here?: number;
  /** Of the whole campaign, in the same snapshot; empty where none is known of that moment. */
  readonly breakdowns: readonly BreakdownLine[];
}

export type FileRows = AsyncIterable<readonly RecipientFacts[]>;

/** So that a file from anywhere ends: a campaign has at most ten million recipients. */
const sheetsAtMost = 12;

const widths: Readonly<Partial<Record<RecipientColumn, number>>> = {
  address: 30,
  name: 24,
  time: 20,
  "failed reason": 48,
  "reason code": 20,
  "provider code": 14,
  "provider words": 36,
  carrier: 20,
};

/** The rows on "Recipients" (and further sheets where one is full), "Breakdowns", then "About". */
export async function* recipientSheets(rows: FileRows, facts: FileFacts): AsyncGenerator<Sheet> {
  const rest = createRest(rows);
  for (let sheet = 1; sheet <= sheetsAtMost; sheet++) {
    yield {
      name: sheet === 1 ? "Recipients" : `Recipients ${sheet}`,
      columns: columnsOf(facts).map(columnOf),
      rows: rest.upTo(rowsOfSheet),
    };
    if (rest.isEmpty()) break;
  }
  if (facts.breakdowns.length > 0) yield breakdownSheet(facts.breakdowns);
  yield {
    name: "About",
    columns: [
      { title: "what", width: 26 },
      { title: "value", width: 60 },
    ],
    rows: once(aboutRows(facts, rest.counts())),
  };
}

function breakdownSheet(lines: readonly BreakdownLine[]): Sheet {
  return {
    name: "Breakdowns",
    columns: [
      { title: "by", width: 12 },
      { title: "country", width: 10 },
      { title: "name", width: 48 },
      { title: "counted", width: 26 },
      { title: "number", width: 12 },
    ],
    rows: once(lines.map(({ by, country, name, counted, n }) => [by, country, name, counted, n])),
  };
}

function columnOf(title: RecipientColumn): Column {
  return { title: title === "time" ? "time (UTC)" : title, width: widths[title] ?? 12 };
}

type Counts = ReadonlyMap<MessageState, number>;

interface Rest {
  upTo(rows: number): AsyncGenerator<readonly (readonly Cell[])[]>;
  isEmpty(): boolean;
  /** Of what was written. */
  counts(): Counts;
}

/** The rows that are not on a sheet yet. */
function createRest(rows: FileRows): Rest {
  const batches = rows[Symbol.asyncIterator]();
  const counts = new Map<MessageState, number>();
  let waiting: readonly RecipientFacts[] = [];
  let isOver = false;
  async function more(): Promise<void> {
    while (waiting.length === 0 && !isOver) {
      const next = await batches.next();
      if (next.done === true) isOver = true;
      else waiting = next.value;
    }
  }
  return {
    async *upTo(left) {
      for (let room = left; room > 0;) {
        await more();
        if (waiting.length === 0) return;
        const batch = waiting.slice(0, room);
        waiting = waiting.slice(batch.length);
        room -= batch.length;
        for (const { state } of batch) counts.set(state, (counts.get(state) ?? 0) + 1);
        yield batch.map(cellsOf);
      }
      await more();
    },
    isEmpty: () => isOver && waiting.length === 0,
    counts: () => counts,
  };
}

function cellsOf(row: RecipientFacts): readonly Cell[] {
  return [
    row.n,
    row.address,
    row.name,
    row.state,
    row.at === 0 ? null : new Date(row.at),
    failedReason(row),
    row.reason === "none" ? "" : row.reason,
    row.code,
    row.words,
    row.attempts,
    row.segments,
    row.carrier ?? "",
    row.edition,
    ...(row.channel === undefined ? [] : [row.channel]),
    ...(row.run === undefined ? [] : [row.run]),
  ];
}

/** Of a workbook that is written where only a part of the recipients is; null: all are there. */
function partWords({ here, total }: Pick<FileFacts, "here" | "total">): string | null {
  return here === undefined || here >= total
    ? null
    : `Not the whole: only ${here} of ${total} recipients were on the device that wrote this file.`;
}

function aboutRows(facts: FileFacts, counts: Counts): readonly (readonly Cell[])[] {
  const { campaign, filter, asOf, snapshot, total } = facts;
  const { states, reasons, carrier, edition, q } = filter;
  const part = partWords(facts);
  return [
    ...(part === null ? [] : [["part", part]]),
    ["campaign", campaign.name],
    ["number", campaign.number],
    ["channel", campaign.type],
    ["as of (UTC)", new Date(asOf)],
    ["snapshot", snapshot ?? "none: the campaign was moving on"],
    ["filter", filterWords(filter)],
    ["states", states.length === 0 ? "all" : states.join(", ")],
    ["reasons", reasons.length === 0 ? "all" : reasons.map(nameOfReason).join(", ")],
    ["carrier", carrier ?? "all"],
    ["text version", edition ?? "all"],
    ["search", q === null || q === "" ? "none" : q],
    ["recipients of the campaign", total],
    ["recipients in this file", [...counts.values()].reduce((sum, n) => sum + n, 0)],
    ...messageStates.flatMap((state): (readonly Cell[])[] => {
      const n = counts.get(state) ?? 0;
      return n === 0 ? [] : [[`of these ${state}`, n]];
    }),
  ];
}

/** `Every recipient`, or `Recipients in state failed or skipped whose name or address has "ben"`. */
function filterWords({ states, reasons, carrier, edition, q }: FileFacts["filter"]): string {
  const parts = [
    states.length === 0 ? "" : `in state ${states.join(" or ")}`,
    reasons.length === 0 ? "" : `with reason "${reasons.map(nameOfReason).join('" or "')}"`,
    edition === null ? "" : `with text ${edition}`,
    carrier === null ? "" : `of carrier "${carrier}"`,
    q === null || q === "" ? "" : `whose name or address has "${q}"`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "Every recipient" : `Recipients ${parts.join(", ")}`;
}

function nameOfReason(reason: Reason): string {
  return reason === "none" ? "no reason given" : reasonText(reason);
}

async function* once<T>(rows: T): AsyncGenerator<T> {
  yield rows;
}
