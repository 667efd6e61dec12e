/**
 * Recipients as a table over typed columns: filtering and sorting give places, not rows, so that
 * 1,000,000 recipients are some arrays of numbers and a few hundred texts, and only the rows on
 * the screen become objects. It runs in a worker; nothing here touches the page.
 */
import type { Instant } from "#domain/core/time.ts";
import { editionOf } from "#domain/message/edition.ts";
import { reasonCode, reasonOf, type Reason } from "#domain/message/reason.ts";
import {
  noCounts,
  stateCodes,
  stateOf,
  type MessageState,
  type StateCounts,
} from "#domain/message/state.ts";
import { isCarrier } from "#domain/report/carrier-name.ts";
import { between, type PackedDynamic, type PackedStatic } from "../db/packed-part.ts";
import type { RecipientSort } from "./recipient-sorts.ts";

export interface RecipientRow {
  /** Place in the campaign, from 1: a stable key. */
  readonly index: number;
  readonly name: string;
  /** Plain or masked, by what the person may see. */
  readonly address: string;
  readonly state: MessageState;
  /** When it entered the state. */
  readonly at: Instant | null;
  readonly reason: Reason;
  readonly attempts: number;
  readonly segments: number;
  /** The provider's own, of the try that the reason comes from; "" where it gave none. */
  readonly code: string;
  readonly words: string;
  /** null: nobody knows it, or the channel has none. */
  readonly carrier: string | null;
  /** The number of the text that it carries; null: nothing went out, or nobody knows. */
  readonly edition: number | null;
  /** Whether it goes by the channel that the campaign falls back to; left out of rows for no file. */
  readonly isSecond?: boolean;
}

export interface RecipientFilter {
  /** Empty: every state. */
  readonly states: readonly MessageState[];
  /** Empty: every reason. */
  readonly reasons: readonly Reason[];
  /** By name, in any country, or `unknown`; null: every carrier. */
  readonly carrier: string | null;
  /** The number of the text that they carry; null: any. */
  readonly edition: number | null;
  /** Part of a name or an address, without case. */
  readonly q: string;
}

export interface RecipientOrder {
  readonly by: RecipientSort;
  readonly descending: boolean;
}

/** The texts of a column in one, and where each begins. */
interface TextColumn {
  readonly text: string;
  /** One more than there are rows: the last is beyond the end. */
  readonly starts: Uint32Array;
}

export interface FixedColumns {
  readonly first: number;
  readonly rows: number;
  readonly address: TextColumn;
  readonly name: TextColumn;
}

export interface MovingColumns {
  readonly rows: number;
  readonly state: Uint8Array;
  readonly at: Float64Array;
  readonly reason: Uint16Array;
  readonly attempts: Uint16Array;
  readonly segments: Uint16Array;
  readonly said: NonNullable<PackedDynamic["said"]>;
  readonly carriers: NonNullable<PackedDynamic["carriers"]>;
  /** 0: none that is known. */
  readonly edition: Uint16Array;
  readonly fallen: ReadonlySet<number>;
}

/** One block with both of its parts. */
export interface Block {
  readonly fixed: FixedColumns;
  readonly moving: MovingColumns;
}

/** Rows of a full block; a place is block × this + row. */
const stride = 5_000;

export function fixedColumns({ first, rows, address, name }: PackedStatic): FixedColumns {
  return { first, rows, address: textColumn(address, rows), name: textColumn(name, rows) };
}

export function movingColumns(packed: PackedDynamic): MovingColumns {
  return {
    rows: packed.state.length,
    state: Uint8Array.from(packed.state),
    at: Float64Array.from(packed.at),
    reason: Uint16Array.from(packed.reason),
    attempts: Uint16Array.from(packed.attempts),
    segments: Uint16Array.from(packed.segments),
    said: packed.said ?? nothingSaid,
    carriers: packed.carriers ?? noCarriers,
    edition: Uint16Array.from(packed.editions ?? firstEditions(packed)),
    fallen: new Set(packed.fallen),
  };
}

/** Of a campaign that was never edited. */
function firstEditions({ state, attempts }: PackedDynamic): readonly number[] {
  return state.map((code, row) => {
    const sent = { state: stateOf(code), attempts: attempts[row] ?? 0, edition: 1 };
    return editionOf(sent) ?? 0;
  });
}

const nothingSaid = { texts: [], of: [] };
const noCarriers = { names: [], of: [] };

function textColumn(text: string, rows: number): TextColumn {
  const starts = new Uint32Array(rows + 1);
  let start = 0;
  for (let row = 1; row < rows; row++) {
    start = text.indexOf(between, start) + 1;
    starts[row] = start;
  }
  starts[rows] = text.length + 1;
  return { text, starts };
}

function textAt({ text, starts }: TextColumn, row: number): string {
  return text.slice(starts[row] ?? 0, (starts[row + 1] ?? 1) - 1);
}

/** The places of the rows that match, in order. */
export function select(
  blocks: readonly Block[],
  filter: RecipientFilter,
  sort: RecipientOrder,
): Uint32Array {
  const places = new Uint32Array(blocks.reduce((sum, block) => sum + rowsIn(block), 0));
  let n = 0;
  const matches = matcher(filter);
  for (const [b, block] of blocks.entries()) {
    const isMatch = matches(block);
    const rows = rowsIn(block);
    for (let row = 0; row < rows; row++) {
      if (isMatch(row)) places[n++] = b * stride + row;
    }
  }
  const found = places.slice(0, n);
  if (sort.by !== "index") order(blocks, found, sort.by);
  if (sort.descending) found.reverse();
  return found;
}

/** Both parts know a row only when both have it: one may be older than the other. */
function rowsIn({ fixed, moving }: Block): number {
  return Math.min(fixed.rows, moving.rows);
}

type MatchesRow = (row: number) => boolean;

function matcher({
  states,
  reasons,
  carrier,
  edition,
  q,
}: RecipientFilter): (block: Block) => MatchesRow {
  const stateSet = new Set<number>(states.map((state) => stateCodes[state]));
  const reasonSet = new Set(reasons.map(reasonCode));
  const text = q.replaceAll(between, "").trim().toLowerCase();
  return ({ fixed, moving }) => {
    const hits = text === "" ? null : hitsOf(fixed, text);
    const carriers = carrier === null ? null : carriersAsked(moving, carrier);
    const isSo: MatchesRow = (row) =>
      (stateSet.size === 0 || stateSet.has(moving.state[row] ?? -1)) &&
      (reasonSet.size === 0 || reasonSet.has(moving.reason[row] ?? 0));
    return (row) =>
      isSo(row) &&
      (edition === null || moving.edition[row] === edition) &&
      (carriers === null || carriers.has(moving.carriers.of[row] ?? 0)) &&
      (hits === null || hits[row] === 1);
  };
}

/** The numbers that a block has for the carrier. */
function carriersAsked({ carriers: { names } }: MovingColumns, wanted: string): Set<number> {
  const known = [null, ...names];
  return new Set(known.flatMap((name, number) => (isCarrier(name, wanted) ? [number] : [])));
}

/** 1 for each row whose name or address has the text in it. */
function hitsOf({ rows, address, name }: FixedColumns, text: string): Uint8Array {
  const hits = new Uint8Array(rows);
  for (const column of [name, address]) {
    const lower = column.text.toLowerCase();
    // Some letters are longer in lower case: then places do not agree, and each row is looked at.
    if (lower.length === column.text.length) markHits(hits, lower, column.starts, text);
    else markEach(hits, column, text);
  }
  return hits;
}

function markEach(hits: Uint8Array, column: TextColumn, text: string): void {
  for (const row of hits.keys()) {
    if (textAt(column, row).toLowerCase().includes(text)) hits[row] = 1;
  }
}

/** One walk over the joined text; a hit marks its row, and the walk goes on with the next one. */
function markHits(hits: Uint8Array, lower: string, starts: Uint32Array, text: string): void {
  let row = 0;
  let hit = lower.indexOf(text);
  while (hit !== -1) {
    while ((starts[row + 1] ?? Number.POSITIVE_INFINITY) <= hit) row += 1;
    hits[row] = 1;
    hit = lower.indexOf(text, starts[row + 1] ?? lower.length);
  }
}

function order(
  blocks: readonly Block[],
  found: Uint32Array,
  by: Exclude<RecipientSort, "index">,
): void {
  if (by !== "name" && by !== "address" && by !== "carrier") {
    const value = (place: number) => blockOf(blocks, place)?.moving[by][place % stride] ?? 0;
    found.sort((a, b) => value(a) - value(b) || a - b);
    return;
  }
  const keys = blocks.map(({ fixed, moving }) =>
    by === "carrier" ? carrierKeys(moving) : folded(fixed[by].text),
  );
  const key = (place: number) => keys[Math.floor(place / stride)]?.[place % stride] ?? "";
  found.sort((a, b) => {
    const [one, other] = [key(a), key(b)];
    if (one === other) return a - b;
    return one < other ? -1 : 1;
  });
}

function carrierKeys({ rows, carriers: { names, of } }: MovingColumns): readonly string[] {
  const keys = ["", ...names.map((name) => name.toLowerCase())];
  return Array.from({ length: rows }, (_, row) => keys[of[row] ?? 0] ?? "");
}

/** Without case and accents, as people look for a name. */
function folded(text: string): readonly string[] {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase().split(between);
}

function blockOf(blocks: readonly Block[], place: number): Block | undefined {
  return blocks[Math.floor(place / stride)];
}

/** The row at a place; null when it is not on the device. */
export function rowAt(blocks: readonly Block[], place: number): RecipientRow | null {
  const block = blockOf(blocks, place);
  const row = place % stride;
  const code = block?.moving.state[row];
  if (block === undefined || code === undefined) return null;
  const { fixed, moving } = block;
  const when = moving.at[row] ?? 0;
  return {
    index: fixed.first + row,
    name: textAt(fixed.name, row),
    address: textAt(fixed.address, row),
    state: stateOf(code),
    at: when === 0 ? null : when,
    reason: reasonOf(moving.reason[row] ?? 0),
    attempts: moving.attempts[row] ?? 0,
    segments: moving.segments[row] ?? 0,
    ...saidAt(moving.said, row),
    carrier: moving.carriers.names[(moving.carriers.of[row] ?? 0) - 1] ?? null,
    edition: moving.edition[row] || null,
    isSecond: moving.fallen.has(row),
  };
}

function saidAt(
  { texts, of }: MovingColumns["said"],
  row: number,
): Pick<RecipientRow, "code" | "words"> {
  const [code = "", words = ""] = texts[(of[row] ?? 0) - 1] ?? [];
  return { code, words };
}

/** How many are in each state: of everybody, whatever is chosen. */
export function countStates(blocks: readonly Block[]): StateCounts {
  const counts: Record<MessageState, number> = { ...noCounts };
  for (const { moving } of blocks) for (const code of moving.state) counts[stateOf(code)] += 1;
  return counts;
}

/** Reasons that occur, most frequent first. */
export function countReasons(
  blocks: readonly Block[],
): readonly { readonly reason: Reason; readonly n: number }[] {
  const counts = new Map<number, number>();
  for (const { moving } of blocks) {
    for (const code of moving.reason) {
      if (code !== 0) counts.set(code, (counts.get(code) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([code, n]) => ({ reason: reasonOf(code), n }))
    .toSorted((a, b) => b.n - a.n);
}

/** Carriers that occur, most frequent first; null: nobody knows whose they are. */
export function countCarriers(
  blocks: readonly Block[],
): readonly { readonly carrier: string | null; readonly n: number }[] {
  const counts = new Map<string, { carrier: string | null; n: number }>();
  for (const { moving } of blocks) {
    for (const [number, n] of numbersIn(moving)) {
      const carrier = moving.carriers.names[number - 1] ?? null;
      const key = carrier?.toLowerCase() ?? "";
      const known = counts.get(key) ?? { carrier, n: 0 };
      counts.set(key, { ...known, n: known.n + n });
    }
  }
  return [...counts.values()].toSorted((a, b) => b.n - a.n);
}

function numbersIn({ rows, carriers: { of } }: MovingColumns): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (let row = 0; row < rows; row++) {
    const number = of[row] ?? 0;
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  return counts;
}

/** Texts that are carried, the first one first. */
export function countEditions(
  blocks: readonly Block[],
): readonly { readonly edition: number; readonly n: number }[] {
  const counts = new Map<number, number>();
  for (const { moving } of blocks) {
    for (const edition of moving.edition) {
      if (edition !== 0) counts.set(edition, (counts.get(edition) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([edition, n]) => ({ edition, n }))
    .toSorted((a, b) => a.edition - b.edition);
}
