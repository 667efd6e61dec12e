/**
 * The name of what a report says: whoever has the same counters of a campaign computes the same
 * name, on a device, in a file and in the API. So the same name always means the same digits.
 */
import { fingerprint } from "../core/hash.ts";
import { marks } from "../message/marks.ts";
import { messageStates } from "../message/state.ts";
import { carrierKey } from "./carriers.ts";
import type { CarrierCounts, Rollup } from "./rollup.ts";

/** Counters that a report shows; how fast it goes and when it was looked at are none. */
type Counted = Pick<
  Rollup,
  | "id"
  | "total"
  | "states"
  | "segments"
  | "reasons"
  | "marks"
  | "cost"
  | "codes"
  | "links"
  | "carriers"
  | "opens"
>;

/** `3f2a-90bc-17de-5501`: sixteen digits in groups, to be read out on the phone. */
export function snapshotOf({
  id,
  total,
  states,
  segments,
  reasons,
  marks: marked = {},
  cost = null,
  codes,
  links,
  carriers,
  opens,
}: Counted): string {
  // What nobody is in is left out: a state or mark that a later version knows changes no name.
  const told = [
    id,
    total,
    messageStates.flatMap((state) =>
      states[state] > 0 ? [`${state} ${states[state]} ${segments[state]}`] : [],
    ),
    reasons
      .map(({ state, reason, n, segments: long = n }) => `${state} ${reason} ${n} ${long}`)
      .toSorted(),
    marks.flatMap((mark) => ((marked[mark] ?? 0) > 0 ? [`${mark} ${marked[mark]}`] : [])),
    cost === null ? null : [cost.amount, cost.currency, cost.units],
    codes === undefined ? null : [codes.published, codes.redeemed, codes.poolRedeemed],
    links === undefined ? null : inOrder(links),
    ...(opens === undefined ? [] : [inOrder(opens)]),
    // A receipt may name another carrier and change nothing else.
    ...(carriers === undefined ? [] : [carriers.map(carrierLine).toSorted()]),
  ];
  return nameOf(JSON.stringify(told));
}

/** The name of what reports across campaigns tell, in whatever order it was put together. */
export function snapshotOfTotals(told: unknown): string {
  return nameOf(unordered(told));
}

function nameOf(text: string): string {
  return (fingerprint(text).match(/.{4}/g) ?? []).join("-");
}

/** Rows say themselves which they are, so that their order, like that of properties, tells nothing. */
function unordered(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(unordered).toSorted().join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  const parts = Object.entries(value).map(([name, part]) => `${name}:${unordered(part)}`);
  return `{${parts.toSorted().join()}}`;
}

function carrierLine({ counts, ...row }: CarrierCounts): string {
  const lines = counts.map(
    ({ state, reason, n, segments = n }) => `${state} ${reason} ${n} ${segments}`,
  );
  return [carrierKey(row), ...lines.toSorted()].join("; ");
}

/** The same whatever the order in which the properties were written. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, part]) => [name, inOrder(part)]);
}

/** Whether a text can be one. */
export function isSnapshot(text: string): boolean {
  return /^[0-9a-f]{4}(?:-[0-9a-f]{4}){3}$/.test(text);
}
