/**
 * The way of a campaign's messages, step by step, with what was lost on each: the rows of a gap
 * add up to exactly what the step has less than the one before it.
 */
import type { Reason } from "../message/reason.ts";
import type { MessageState } from "../message/state.ts";
import { bandOf, type Band } from "./band.ts";
import type { Rollup } from "./rollup.ts";
import { isAccepted } from "./series.ts";
import { gapRows, type GapRow } from "./gap.ts";

export const funnelSteps = [
  "total",
  "submitted",
  "delivered",
  "opened",
  "clicked",
  "redeemed",
] as const;

export type FunnelStep = (typeof funnelSteps)[number];

/** Messages that got no further, by the state they are in and why. */
export interface FunnelLoss {
  readonly state: MessageState;
  readonly reason: Reason;
  readonly n: number;
  readonly band: Band;
}

export interface FunnelStage {
  readonly step: FunnelStep;
  readonly n: number;
  /** The step that it is measured by; null for the first. */
  readonly from: FunnelStep | null;
  /** How many fewer than `from`; never below 0. */
  readonly gap: number;
  /** Of `gap`: what no receipt tells of yet, so that it may still come. */
  readonly unconfirmed: number;
  /** Largest first; their sum is `gap`. Empty where rows do not tell it apart. */
  readonly losses: readonly FunnelLoss[];
}

type Source = Pick<Rollup, "total" | "states" | "reasons" | "codes" | "links" | "marks" | "opens">;

/**
 * The steps that the campaign has. Opening is a step where something was opened, or its pages tell of it, or clicked. Who
 * clicks or redeems need not be seen opening: these steps are measured by what was delivered.
 */
export function funnelOf(source: Source): FunnelStage[] {
  const { total, states, codes, links, marks } = source;
  const clicked = links === undefined ? null : (marks?.clicked ?? 0);
  const rows = gapRows(source);
  const delivered = states.delivered + states.read;
  const stages: FunnelStage[] = [
    { step: "total", n: total, from: null, gap: 0, unconfirmed: 0, losses: [] },
    lossy(
      "submitted",
      "total",
      rows.filter(({ state }) => !isAccepted(state)),
      total,
    ),
  ];
  const submitted = stages[1]?.n ?? 0;
  stages.push(
    lossy(
      "delivered",
      "submitted",
      rows.filter(({ state }) => isAccepted(state)),
      submitted,
    ),
  );
  if (states.read > 0 || clicked !== null || source.opens !== undefined) {
    const unread = { state: "delivered", reason: "none", n: states.delivered } as const;
    stages.push(lossy("opened", "delivered", states.delivered > 0 ? [unread] : [], delivered));
  }
  if (clicked !== null) stages.push(plain("clicked", clicked, delivered));
  if (codes !== undefined) stages.push(plain("redeemed", codes.redeemed, delivered));
  return stages;
}

function lossy(
  step: FunnelStep,
  from: FunnelStep,
  rows: readonly GapRow[],
  whole: number,
): FunnelStage {
  const losses = rows.map((row) => ({ ...row, band: bandOf[row.state] }));
  const gap = losses.reduce((sum, { n }) => sum + n, 0);
  const unconfirmed = losses
    .filter(({ band }) => band === "unconfirmed")
    .reduce((sum, { n }) => sum + n, 0);
  return { step, n: Math.max(0, whole - gap), from, gap, unconfirmed, losses };
}

function plain(step: FunnelStep, n: number, delivered: number): FunnelStage {
  return {
    step,
    n,
    from: "delivered",
    gap: Math.max(0, delivered - n),
    unconfirmed: 0,
    losses: [],
  };
}
