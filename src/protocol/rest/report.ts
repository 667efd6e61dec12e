/**
 * What the report of a campaign answers: its counters in every vocabulary, its rows page by
 * page, its activity, and the blocks by which devices keep the rows.
 */
import { phases } from "#domain/campaign/lifecycle.ts";
import { channels } from "#domain/campaign/channel.ts";
import { openSigns } from "#domain/engagement/open.ts";
import { marks } from "#domain/message/marks.ts";
import { reasons } from "#domain/message/reason.ts";
import { messageStates } from "#domain/message/state.ts";
import { limitedBys } from "#domain/report/rollup.ts";
import { outcomes } from "#domain/report/outcome.ts";
import * as v from "valibot";
import { count, id } from "../value.ts";
import { limitUpTo, rowCursor } from "./page.ts";
import { snapshot } from "./snapshot.ts";
import { carrierPart } from "./usage.ts";

const time = v.pipe(v.string(), v.isoTimestamp());
const state = v.picklist(messageStates);
const reason = v.picklist(reasons);
const states = v.object(v.entriesFromList(messageStates, count));

/** Messages that entered each state within a span; whoever is accepted passes `submitted`. */
export const seriesPoint = v.object({
  at: time,
  entered: v.record(v.string(), count),
  /** Messages that got each mark within the span: `recovered`, `resent`, … */
  marked: v.record(v.string(), count),
});

/** `units`: SMS segments, or messages on other channels. */
export const costAnswer = v.object({ currency: v.string(), amount: v.number(), units: count });

/** The name of a report's digits: whoever has the same name has the same digits. */
/** `snapshot`: what was answered under this name, instead of what it is now. */
export const reportQuery = v.strictObject({ snapshot: v.optional(snapshot) });

export const clicks = v.object({
  /** However often. */
  total: count,
  /** Recipients, each once. */
  unique: count,
});

export const reportAnswer = v.object({
  snapshot,
  /** When these were the digits. */
  asOf: time,
  campaign: v.object({
    id,
    number: v.nullable(count),
    name: v.string(),
    type: v.picklist(channels),
    phase: v.picklist(phases),
    /** What became of it, beside where it stands in its life. */
    outcome: v.picklist(outcomes),
  }),
  /** `total` is the sum of the states. */
  counters: v.object({ total: count, ...states.entries }),
  /** SMS segments by state; one for each message on other channels. */
  segments: v.object({ total: count, ...states.entries }),
  /** Every send that the provider took, at the price of the launch; null where no price was set. */
  cost: v.nullable(costAnswer),
  /** The same messages in the words of other systems, each with its own identities. */
  vocabularies: v.object({
    headline: v.record(v.string(), count),
    flow: v.record(v.string(), count),
    broadcast: v.record(v.string(), count),
    segments: v.record(v.string(), count),
    dashboard: v.record(v.string(), count),
  }),
  /** By carrier and country, with the statuses of segments; null: its channel has no carriers, or they were not counted. */
  carriers: v.nullable(v.array(carrierPart)),
  /** The same by country alone. */
  countries: v.nullable(v.array(carrierPart)),
  /** Opens of e-mail pages, of people and of programs apart; null: its pages do not tell of them. */
  opens: v.nullable(
    v.object({
      people: clicks,
      programs: clicks,
      /** Of those of people: through an image proxy of Gmail or Yahoo. */
      byProxy: count,
      /** By what an open is told to be a program's. */
      rule: v.array(v.object({ sign: v.picklist(openSigns), text: v.string() })),
    }),
  ),
  /** Each tracked link, as its own report has it; null: it has none. */
  links: v.nullable(
    v.array(
      v.object({ n: count, name: v.string(), url: v.string(), people: clicks, scanners: clicks }),
    ),
  ),
  reasons: v.array(
    v.object({ state, reason, text: v.string(), n: count, segments: v.exactOptional(count) }),
  ),
  /** How many messages have each mark: `recovered` ones arrived after a failure. */
  marks: v.record(v.string(), count),
  /** The unique codes of its messages; null where they carry none. */
  codes: v.nullable(
    v.object({
      /** Of messages that the provider took, and those that were redeemed. */
      published: count,
      /** Published by this campaign and redeemed at least once. */
      redeemed: count,
      /** redeemed / published, from 0 to 1; null when none is published. */
      redemptionRate: v.nullable(v.number()),
      /** Codes of its whole pool that were redeemed at least once, whoever gave them out. */
      campaignCodesRedeemed: count,
    }),
  ),
  /**
   * Of these messages: those that went, or go, by the channel that the campaign falls back to; null:
   * it has none. They are among the counters, not beside them.
   */
  fallback: v.nullable(
    v.object({
      channel: v.picklist(channels),
      total: count,
      counters: states,
      segments: states,
    }),
  ),
  /** How fast it goes; null while it is not on its way, and in an earlier snapshot. */
  pace: v.nullable(
    v.object({
      /** Messages handed to the provider, over the last ten seconds; 0 while nothing moves. */
      perSecond: v.number(),
      /** What kept it from going faster; null: nothing, or nothing moves. */
      limitedBy: v.nullable(v.picklist(limitedBys)),
      /** Other campaigns that have something to send through the account now. */
      sharedBy: count,
      /** When the last message that waits for its turn goes out; null where the rate says nothing of it. */
      expectedEnd: v.nullable(time),
    }),
  ),
  timeline: v.object({
    createdAt: time,
    scheduledFor: v.nullable(time),
    launchedAt: v.nullable(time),
    startedAt: v.nullable(time),
    submittedAt: v.nullable(time),
    completedAt: v.nullable(time),
  }),
  spanMs: count,
  series: v.array(seriesPoint),
});

export type ReportAnswer = v.InferOutput<typeof reportAnswer>;

export const messageRow = v.object({
  /** Its place in the campaign: 1, 2, 3 … */
  n: count,
  /** Masked (`a•••@example.org`) for who may not see addresses; "" when there was none. */
  address: v.string(),
  name: v.string(),
  state,
  at: time,
  /** The same as `at`, under the name of the export's column. */
  time,
  reason,
  /** The sentence for people; "" when there is no reason. */
  reasonText: v.string(),
  attempts: count,
  segments: count,
  /** Where the number's range or a receipt told it; null: nobody knows, or the channel has none. */
  carrier: v.nullable(v.string()),
  /** By which it goes, or went: the campaign's, or the one that it falls back to. */
  channel: v.picklist(channels),
  /** The number of the text that it carries, as in `/editions`; null: nothing went out yet, or nobody knows. */
  edition: v.nullable(count),
  /** The provider's own code and words, of the try that the reason comes from; "" where it gave none. */
  code: v.string(),
  words: v.string(),
  /** Of a campaign that repeats: whose run it is, and which (null: it was deleted). Others have none. */
  run: v.exactOptional(v.object({ campaignId: id, n: v.nullable(count) })),
});

export type MessageRow = v.InferOutput<typeof messageRow>;

/** One of the words or several of them, between commas; left out: any. */
export function someOf<T extends readonly [string, ...string[]]>(list: T) {
  const words = `must be one or several (with commas) of ${list.join(", ")}`;
  return v.optional(
    v.pipe(
      v.string(words),
      v.transform((text) => text.split(",")),
      v.array(v.picklist(list, words)),
    ),
  );
}

/** One carrier by its name, in any country; `unknown`: those that nobody knows. */
export const carrierAsked = v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(100)));

/** Which rows: by states, reasons, carrier and text, and by a part of the name or (for who may see it) the address. */
export const messageFilter = v.strictObject({
  state: someOf(messageStates),
  reason: someOf(reasons),
  carrier: carrierAsked,
  /** The number of the text that they carry. */
  edition: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,5}$/, "must be the number of a text"),
      v.transform(Number),
    ),
  ),
  q: v.optional(v.pipe(v.string(), v.maxLength(200))),
});

/** `snapshot`: the rows must be those behind this report; otherwise nothing is answered. */
export const exportQuery = v.strictObject({
  ...messageFilter.entries,
  snapshot: v.optional(snapshot),
});

/** What was heard of a try: how its call ended, or what a receipt said later. */
const tryAnswer = v.object({
  try: count,
  at: time,
  state,
  reason,
  reasonText: v.string(),
  /**
   * The provider's own code and words, without addresses; "" where it gave none. Of a call that
   * came to no clear end: what was seen of it, as `no_answer`, `answer_cut`, `answer_slow`,
   * `connection_lost` or `no_http` with the seconds and how much had come.
   */
  code: v.string(),
  words: v.string(),
});

/** One recipient with every try. */
export const messageAnswer = v.object({
  ...messageRow.entries,
  /** When it is looked at again (for its turn, a retry, or missing proof); null: nothing is planned. */
  dueAt: v.nullable(time),
  /** The provider's name of it; null where it gave none. */
  providerId: v.nullable(v.string()),
  /**
   * Each deliberate send that was begun, with the key that the provider got: one that is planned is
   * not among them. A try that went as usual is told by the message's state alone.
   */
  sends: v.array(
    v.object({
      generation: count,
      channel: v.picklist(channels),
      key: v.string(),
      heard: v.array(tryAnswer),
    }),
  ),
  marks: v.array(v.object({ mark: v.picklist(marks), at: time })),
});

export type MessageAnswer = v.InferOutput<typeof messageAnswer>;

const limit = v.optional(limitUpTo(1_000));

export const messageQuery = v.strictObject({
  ...messageFilter.entries,
  limit,
  cursor: v.optional(rowCursor),
});

export const messagePage = v.object({
  items: v.array(messageRow),
  /** Give it as `cursor` for the page after; null at the end. */
  next: v.nullable(v.string()),
});

export type MessagePage = v.InferOutput<typeof messagePage>;

/** Times are those of the counters' spans: seconds or minutes of what is young, hours or days of what is old. */
export const channelsQuery = v.strictObject({ from: v.optional(time), to: v.optional(time) });

export const channelsAnswer = v.object({
  items: v.array(
    v.object({
      channel: v.picklist(channels),
      /** Messages that a provider accepted in the range. */
      sent: count,
      delivered: count,
      /** Failures, those of messages that arrived later too. */
      failed: count,
      /** Messages that arrived after a failure. */
      recovered: count,
    }),
  ),
});
