/**
 * The key figures of a campaign: what each counts, and of what. The one source of their formulas,
 * with their words (metric-words.ts), for the screen, exports and mails.
 */
import type { Channel } from "../campaign/channel.ts";
import { isLocal } from "../message/reason.ts";
import type { MessageState } from "../message/state.ts";
import type { Rollup, SeriesPoint } from "./rollup.ts";
import { metricWords, type MetricWords } from "./metric-words.ts";
import { isAccepted } from "./series.ts";
import { flowCounters } from "./vocabulary.ts";

/** What a figure is computed from. */
export type MetricSource = Pick<Rollup, "total" | "states" | "segments" | "reasons"> &
  Pick<Rollup, "marks" | "cost" | "codes" | "links">;

/** A count and what it is a part of. */
export interface Measured {
  readonly n: number;
  /** 0: there is nothing yet of which it could be a part. */
  readonly of: number;
}

/** `share`: n is a part of `of`. `per`: n for each one of `of`. `money`: an amount for each one. */
export type MetricForm = "share" | "per" | "money";

export interface Metric extends MetricWords {
  readonly form: MetricForm;
  /** Which direction is good news; null: neither is. */
  readonly better: "more" | "less" | null;
  /** null: this campaign does not count it. */
  readonly measure: (source: MetricSource) => Measured | null;
  /** The states behind it, for the way to the rows; left out: no state alone tells. */
  readonly states?: readonly MessageState[];
  /** What of it happened within a span of time; left out: its course is not known. */
  readonly course?: (point: SeriesPoint) => number;
}

const acceptedStates = [
  "submitted",
  "sent",
  "unconfirmed",
  "undelivered",
  "delivered",
  "read",
] as const;

export const metrics = {
  submitted: {
    ...metricWords.submitted,
    form: "share",
    better: "more",
    measure: (source) => ({ n: accepted(source), of: source.total }),
    states: acceptedStates,
    course: ({ entered }) => entered.submitted ?? 0,
  },
  delivered: {
    ...metricWords.delivered,
    form: "share",
    better: "more",
    measure: (source) => ({ n: arrived(source), of: accepted(source) }),
    states: ["delivered", "read"],
    course: ({ entered }) => entered.delivered ?? 0,
  },
  unconfirmed: {
    ...metricWords.unconfirmed,
    form: "share",
    better: "less",
    measure: (source) => ({ n: inDoubt(source), of: accepted(source) }),
    states: ["submitted", "sent", "unconfirmed"],
  },
  opened: {
    ...metricWords.opened,
    form: "share",
    better: "more",
    measure: (source) => ({ n: source.states.read, of: arrived(source) }),
    states: ["read"],
    course: ({ entered }) => entered.read ?? 0,
  },
  clicked: {
    ...metricWords.clicked,
    form: "share",
    better: "more",
    measure: (source) =>
      source.links === undefined
        ? null
        : { n: Math.min(source.marks?.clicked ?? 0, arrived(source)), of: arrived(source) },
    course: ({ marked }) => marked?.clicked ?? 0,
  },
  bounced: {
    ...metricWords.bounced,
    form: "share",
    better: "less",
    measure: refused,
    states: ["failed", "undelivered"],
    course: ({ entered }) => (entered.failed ?? 0) + (entered.undelivered ?? 0),
  },
  failed: {
    ...metricWords.failed,
    form: "share",
    better: "less",
    measure: (source) => ({ n: lost(source), of: source.total }),
    states: ["failed", "undelivered"],
    course: ({ entered }) => (entered.failed ?? 0) + (entered.undelivered ?? 0),
  },
  complained: {
    ...metricWords.complained,
    form: "share",
    better: "less",
    measure: (source) => ({ n: source.marks?.complained ?? 0, of: arrived(source) }),
    course: ({ marked }) => marked?.complained ?? 0,
  },
  unsubscribed: {
    ...metricWords.unsubscribed,
    form: "share",
    better: "less",
    measure: (source) => ({ n: source.marks?.opted_out ?? 0, of: arrived(source) }),
    course: ({ marked }) => marked?.opted_out ?? 0,
  },
  redeemed: {
    ...metricWords.redeemed,
    form: "share",
    better: "more",
    measure: ({ codes }) =>
      codes === undefined ? null : { n: codes.redeemed, of: codes.published },
    course: ({ marked }) => marked?.redeemed ?? 0,
  },
  segments: {
    ...metricWords.segments,
    form: "per",
    better: "less",
    measure: (source) => ({ n: sumOf(source.segments, isAccepted), of: accepted(source) }),
  },
  cost: {
    ...metricWords.cost,
    form: "money",
    better: "less",
    measure: (source) =>
      source.cost === null || source.cost === undefined
        ? null
        : { n: source.cost.amount, of: arrived(source) },
  },
  executed: {
    ...metricWords.executed,
    form: "share",
    better: "more",
    measure: (source) => {
      const { success, submitted } = flowCounters(source);
      return { n: success, of: submitted };
    },
    states: ["delivered", "read"],
    course: ({ entered }) => entered.delivered ?? 0,
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricKey = keyof typeof metrics;

/** By its name, with every part that a figure may have. */
export function metricOf(key: MetricKey): Metric {
  return metrics[key];
}

const phoneChat = [
  "submitted",
  "delivered",
  "opened",
  "unconfirmed",
  "failed",
  "unsubscribed",
] as const;

/** One layout of figures for each channel (S2-44), what matters most first. */
const layouts = {
  email: ["delivered", "opened", "clicked", "bounced", "complained", "unsubscribed", "submitted"],
  sms: [
    "delivered",
    "clicked",
    "submitted",
    "unconfirmed",
    "failed",
    "segments",
    "cost",
    "unsubscribed",
  ],
  mms: ["delivered", "submitted", "unconfirmed", "failed", "cost", "unsubscribed"],
  rcs: phoneChat,
  whatsapp: phoneChat,
  line: phoneChat,
  push: ["delivered", "opened", "submitted", "failed"],
  flow: ["executed", "submitted", "unconfirmed", "failed"],
} as const satisfies Readonly<Record<Channel, readonly MetricKey[]>>;

/** The figures of a campaign of this channel: those that it counts. */
export function layoutOf(channel: Channel, source: MetricSource): readonly MetricKey[] {
  const keys: readonly MetricKey[] = [...layouts[channel], "redeemed"];
  return keys.filter((key) => metricOf(key).measure(source) !== null);
}

/** The value that is compared: a part of 1, or an amount for each; null while there is no whole. */
export function rateOf({ n, of }: Measured): number | null {
  return of === 0 ? null : n / of;
}

function accepted({ states }: Pick<Rollup, "states">): number {
  return sumOf(states, isAccepted);
}

function arrived({ states }: Pick<Rollup, "states">): number {
  return states.delivered + states.read;
}

function inDoubt({ states }: Pick<Rollup, "states">): number {
  return states.submitted + states.sent + states.unconfirmed;
}

function lost({ states }: Pick<Rollup, "states">): number {
  return states.failed + states.undelivered;
}

/** Without what failed on our side: that never reached anybody who could refuse it. */
function refused(source: MetricSource): Measured {
  const ours = source.reasons
    .filter(({ state, reason }) => state === "failed" && isLocal(reason))
    .reduce((sum, { n }) => sum + n, 0);
  const atOnce = Math.max(0, source.states.failed - ours);
  return { n: atOnce + source.states.undelivered, of: accepted(source) + atOnce };
}

function sumOf(counts: Rollup["states"], fits: (state: MessageState) => boolean): number {
  return acceptedStates.filter(fits).reduce((sum, state) => sum + counts[state], 0);
}
