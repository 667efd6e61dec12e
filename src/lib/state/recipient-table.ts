/**
 * Recipients as a table over columns: filtering and sorting give places, not rows, so that
 * 100,000 recipients are an array of numbers, and only the rows on the screen become objects.
 */
import type { Instant } from "#domain/core/time.ts";
import { reasonCode, reasonOf, type Reason } from "#domain/message/reason.ts";
import { stateCodes, stateOf, type MessageState } from "#domain/message/state.ts";
import type { DynamicColumns, StaticColumns } from "../db/client-db.ts";

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
}

export interface RecipientFilter {
  /** Empty: every state. */
  readonly states: readonly MessageState[];
  /** Empty: every reason. */
  readonly reasons: readonly Reason[];
  /** Part of a name or an address, without case. */
  readonly q: string;
}

export type RecipientSort = "index" | "name" | "address" | "state" | "at";

export interface RecipientOrder {
  readonly by: RecipientSort;
  readonly descending: boolean;
}

/** One block with both of its parts. */
export interface Block {
  readonly fixed: StaticColumns;
  readonly moving: DynamicColumns;
}

/** Rows of a full block; a place is block × this + row. */
const stride = 5_000;

/** The places of the rows that match, in order. Gives the page a turn between blocks. */
export async function select(
  blocks: readonly Block[],
  filter: RecipientFilter,
  sort: RecipientOrder,
  breathe: () => Promise<void>,
): Promise<Uint32Array> {
  const places: number[] = [];
  const matches = matcher(filter);
  for (const [b, block] of blocks.entries()) {
    for (let row = 0; row < rowsIn(block); row++) {
      if (matches(block, row)) places.push(b * stride + row);
    }
    if (b % 8 === 7) await breathe();
  }
  const found = Uint32Array.from(places);
  if (sort.by !== "index") found.sort(comparer(blocks, sort.by));
  if (sort.descending) found.reverse();
  return found;
}

/** Both parts know a row only when both have it: one may be older than the other. */
function rowsIn({ fixed, moving }: Block): number {
  return Math.min(fixed.name.length, moving.state.length);
}

function matcher({ states, reasons, q }: RecipientFilter): (block: Block, row: number) => boolean {
  const stateSet = new Set<number>(states.map((state) => stateCodes[state]));
  const reasonSet = new Set(reasons.map(reasonCode));
  const text = q.trim().toLowerCase();
  return ({ fixed, moving }, row) => {
    if (stateSet.size > 0 && !stateSet.has(moving.state[row] ?? -1)) return false;
    if (reasonSet.size > 0 && !reasonSet.has(moving.reason[row] ?? 0)) return false;
    if (text === "") return true;
    const { name, address } = fixed;
    return (
      (name[row] ?? "").toLowerCase().includes(text) ||
      (address[row] ?? "").toLowerCase().includes(text)
    );
  };
}

type Compare = (a: number, b: number) => number;

function comparer(blocks: readonly Block[], by: Exclude<RecipientSort, "index">): Compare {
  if (by === "state" || by === "at") {
    const value = (place: number) => at(blocks, place)?.moving[by][place % stride] ?? 0;
    return (a, b) => value(a) - value(b) || a - b;
  }
  const words = new Intl.Collator(undefined, { sensitivity: "base" });
  const value = (place: number) => at(blocks, place)?.fixed[by][place % stride] ?? "";
  return (a, b) => words.compare(value(a), value(b)) || a - b;
}

function at(blocks: readonly Block[], place: number): Block | undefined {
  return blocks[Math.floor(place / stride)];
}

/** The row at a place; null when it is not on the device. */
export function rowAt(blocks: readonly Block[], place: number): RecipientRow | null {
  const block = at(blocks, place);
  const row = place % stride;
  const code = block?.moving.state[row];
  if (block === undefined || code === undefined) return null;
  const { fixed, moving } = block;
  const when = moving.at[row] ?? 0;
  return {
    index: fixed.first + row,
    name: fixed.name[row] ?? "",
    address: fixed.address[row] ?? "",
    state: stateOf(code),
    at: when === 0 ? null : when,
    reason: reasonOf(moving.reason[row] ?? 0),
    attempts: moving.attempts[row] ?? 0,
    segments: moving.segments[row] ?? 0,
  };
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
