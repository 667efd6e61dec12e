/** What was used: segments and messages by status, carrier, country and month, and what did not arrive. */
import { channels } from "#domain/campaign/channel.ts";
import { messageStates } from "#domain/message/state.ts";
import { reasons } from "#domain/message/reason.ts";
import { subscriptionStatuses } from "#domain/report/subscription-status.ts";
import * as v from "valibot";
import { count, id, isoMoment } from "../value.ts";
import { isZone } from "#domain/schedule/wall-time.ts";
import { limitUpTo } from "./page.ts";
import { snapshot } from "./snapshot.ts";

const time = v.pipe(v.string(), v.isoTimestamp());
const byStatus = v.record(v.string(), count);

const narrowed = {
  /** Campaigns that were launched from then on. */
  from: v.optional(isoMoment()),
  /** And before then. */
  to: v.optional(isoMoment()),
  type: v.optional(v.picklist(channels)),
  /** A carrier's name, in any country; `unknown`: those that nobody knows. */
  carrier: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(100))),
};

/** Of whose clocks months are (IANA); left out: UTC. */
const zone = v.optional(
  v.pipe(v.string(), v.check(isZone, "must be a time zone as Europe/London")),
);

export const usageQuery = v.strictObject({
  ...narrowed,
  zone,
  /** The digits must be those of this name; otherwise nothing is answered. */
  snapshot: v.optional(snapshot),
});

/** Of one carrier or country. The statuses are those of segments in the report. */
export const carrierPart = v.object({
  country: v.nullable(v.string()),
  carrier: v.nullable(v.string()),
  /** Several that got too few to be told one by one. */
  rest: v.boolean(),
  messages: byStatus,
  segments: byStatus,
});

export const usageAnswer = v.object({
  asOf: time,
  zone: v.string(),
  /**
   * The name of these digits, wherever it stands, in the app or a file; not of who was reached, in
   * contacts, can be, or came: they are counted apart.
   */
  snapshot,
  campaigns: count,
  /** By status; `total` is their sum. */
  messages: byStatus,
  segments: byStatus,
  /** Of channels to phones. */
  carriers: v.array(carrierPart),
  countries: v.array(carrierPart),
  /** What kept messages from arriving. */
  factors: v.object({ content: count, carrier: count, signal: count, device: count }),
  /** Each send in its month; empty where a carrier is asked for. */
  months: v.array(
    v.object({
      month: v.string(),
      type: v.picklist(channels),
      messages: count,
      segments: count,
      costs: v.array(v.object({ currency: v.string(), amount: v.number() })),
    }),
  ),
  /** Different contacts who got at least one message. */
  customersReached: count,
  /**
   * Visits, told as events named `check_in`, of contacts whom a campaign reached that was launched
   * at most 48 hours before; not of what goes out as something happens.
   */
  checkIns: count,
  /** Messages whose recipient followed a link. */
  clicked: count,
  /** Who can be reached, as last counted: contacts, and of them those with address and consent. */
  estimatedReach: v.array(
    v.object({ id, name: v.string(), contacts: count, email: count, sms: count, countedAt: time }),
  ),
});

export type UsageAnswer = v.InferOutput<typeof usageAnswer>;

/** The accounts through which messages go, and what each sent in the present month. */
export const subscriptionsAnswer = v.object({
  asOf: time,
  /** `2026-11`. */
  month: v.string(),
  items: v.array(
    v.object({
      accountId: v.nullable(id),
      /** "" where the account was deleted. */
      name: v.string(),
      channel: v.picklist(channels),
      status: v.picklist(subscriptionStatuses),
      statusText: v.string(),
      /** Why it stands still, and the provider's own words; null and "" where it does not. */
      reason: v.nullable(v.picklist(reasons)),
      detail: v.string(),
      messages: count,
      segments: count,
      costs: v.array(v.object({ currency: v.string(), amount: v.number() })),
      /** Not sent because of it, of campaigns that were launched in the month. */
      ignored: v.object({ messages: count, segments: count }),
    }),
  ),
});

export type SubscriptionsAnswer = v.InferOutput<typeof subscriptionsAnswer>;

/** Why messages did not arrive: refused by a carrier, or out of a phone's reach. */
export const stopKinds = ["blocked", "unreachable"] as const;

export const stoppedFileQuery = v.strictObject({
  ...narrowed,
  zone,
  kind: v.picklist(stopKinds),
});

export const stoppedQuery = v.strictObject({
  ...narrowed,
  kind: v.picklist(stopKinds),
  limit: v.optional(limitUpTo(1_000)),
  cursor: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,15}\.\d{1,15}$/, "must be a cursor of this list")),
  ),
});

export const stoppedPage = v.object({
  items: v.array(
    v.object({
      campaignId: id,
      n: count,
      /** Masked for who may not see addresses. */
      address: v.string(),
      name: v.string(),
      type: v.picklist(channels),
      carrier: v.nullable(v.string()),
      country: v.nullable(v.string()),
      state: v.picklist(messageStates),
      reason: v.picklist(reasons),
      reasonText: v.string(),
      segments: count,
      at: time,
    }),
  ),
  next: v.nullable(v.string()),
});

export type StoppedItem = v.InferOutput<typeof stoppedPage>["items"][number];
