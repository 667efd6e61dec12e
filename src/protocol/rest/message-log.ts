/** The log of messages across campaigns (S2-D5): what went out, and what people wrote. */
import { channels } from "#domain/campaign/channel.ts";
import { reasons } from "#domain/message/reason.ts";
import { messageStates } from "#domain/message/state.ts";
import * as v from "valibot";
import { count, id, isoMoment } from "../value.ts";
import { limitUpTo, nextPage } from "./page.ts";
import { carrierAsked, someOf } from "./report.ts";

const time = v.pipe(v.string(), v.isoTimestamp());

export const directions = ["outbound", "inbound"] as const;

/** What came of a message that somebody wrote; `other`: nothing. */
export const inboundMeanings = ["stop", "start", "complaint", "other"] as const;

const narrowed = {
  /** Of the date: when it was made, or written. */
  from: v.optional(isoMoment()),
  /** And before then. */
  to: v.optional(isoMoment()),
  channel: v.optional(v.picklist(channels)),
  direction: v.optional(v.picklist(directions)),
  /** Outbound messages alone have one. */
  state: someOf(messageStates),
  carrier: carrierAsked,
  campaign: v.optional(id),
  /** A part of the name, or of the address for who may see it. */
  q: v.optional(v.pipe(v.string(), v.maxLength(200))),
};

/** `words`: the column Status in our own words, or in Messangi's. */
export const logFileQuery = v.strictObject({
  ...narrowed,
  words: v.optional(v.picklist(["fieldcast", "messangi"]), "fieldcast"),
});

export const logQuery = v.strictObject({
  ...narrowed,
  limit: v.optional(limitUpTo(1_000)),
  cursor: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,16}(?:\.\d{1,16}){3}$/, "must be the `next` of a page")),
  ),
});

export const logItem = v.object({
  date: time,
  channel: v.picklist(channels),
  direction: v.picklist(directions),
  /** The sender of the account or its name; of an inbound message who wrote it. */
  sender: v.string(),
  /** Masked for who may not see addresses, as is who wrote. */
  recipient: v.string(),
  name: v.string(),
  carrier: v.nullable(v.string()),
  /** null: it is inbound. */
  state: v.nullable(v.picklist(messageStates)),
  /** The same in Messangi's words; `RECEIVED`: it is inbound. */
  status: v.string(),
  reason: v.picklist(reasons),
  reasonText: v.string(),
  /** null: nothing happened to it yet. */
  statusDate: v.nullable(time),
  campaignId: v.nullable(id),
  campaignNumber: v.nullable(count),
  /** "" where the campaign was deleted. */
  campaignName: v.string(),
  /** Its place in the campaign; null: it answers no message that we know. */
  n: v.nullable(count),
  /** What an inbound message meant; null: it is outbound. */
  meaning: v.nullable(v.picklist(inboundMeanings)),
});

export type LogItem = v.InferOutput<typeof logItem>;

/** A page may have fewer than were asked for, and still have a `next`. */
export const logPage = v.object({ items: v.array(logItem), next: nextPage });

export type LogPageAnswer = v.InferOutput<typeof logPage>;
