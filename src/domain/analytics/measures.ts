/**
 * What reports across campaigns count: events, each in the span in which it happened (AMB-19). They
 * are plain sums, so whatever the events are split by, the parts add up to the whole (I-6).
 */
import type { MessageState } from "../message/state.ts";
import type { SeriesPoint } from "../report/rollup.ts";

export const measures = [
  "sent",
  "delivered",
  "opened",
  "clicked",
  "redeemed",
  "failed",
  "undelivered",
  "skipped",
  "optedOut",
  "complained",
  "recovered",
  "withCode",
] as const;

/**
 * `sent`: a provider took it. `failed`: it could not be handed over; `undelivered`: it was, and did
 * not arrive; both also where it was sent again later. `skipped`: left out on purpose, or canceled.
 * `recovered`: it arrived after a failure. `withCode`: of `sent`, messages that carry a unique code.
 */
export type Measure = (typeof measures)[number];

export type Measures = Readonly<Record<Measure, number>>;

export const noMeasures: Measures = {
  sent: 0,
  delivered: 0,
  opened: 0,
  clicked: 0,
  redeemed: 0,
  failed: 0,
  undelivered: 0,
  skipped: 0,
  optedOut: 0,
  complained: 0,
  recovered: 0,
  withCode: 0,
};

/** What a span of a campaign's series counts. */
export function measuresOf({ entered, marked = {} }: SeriesPoint, hasCodes: boolean): Measures {
  // By name: servers of before do not count some of them, and those of later count more.
  const marks: Readonly<Partial<Record<string, number>>> = marked;
  const into = (state: MessageState): number => entered[state] ?? 0;
  const got = (mark: string): number => marks[mark] ?? 0;
  return {
    sent: into("submitted"),
    delivered: into("delivered"),
    opened: into("read"),
    clicked: got("clicked"),
    redeemed: got("redeemed"),
    failed: into("failed"),
    undelivered: into("undelivered"),
    skipped: into("skipped") + into("canceled"),
    optedOut: got("opted_out"),
    complained: got("complained"),
    recovered: got("recovered"),
    withCode: hasCodes ? into("submitted") : 0,
  };
}

export function sumMeasures(all: Iterable<Measures>): Measures {
  const sums: Record<Measure, number> = { ...noMeasures };
  for (const each of all) for (const measure of measures) sums[measure] += each[measure];
  return sums;
}
