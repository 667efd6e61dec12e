/** Provider accounts over REST. Secrets go in and never come out. */
import { unknownPolicies } from "#domain/campaign/account.ts";
import { mostRates } from "#domain/campaign/price.ts";
import { openChannels } from "#domain/campaign/channel.ts";
import { pauseReasons } from "#domain/campaign/lifecycle.ts";
import { autoResumes, breakerCounts } from "#domain/message/breaker.ts";
import { reasons } from "#domain/message/reason.ts";
import * as v from "valibot";
import { count, id, plain } from "../value.ts";
import { nextPage } from "./page.ts";
import { providerName } from "./provider.ts";

const time = v.pipe(v.string(), v.isoTimestamp());
const name = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, "must not be empty"),
  v.maxLength(200),
  plain,
);

/** Messages of a day. */
const dayCount = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000_000));

export const limits = v.strictObject({
  /** Messages a second; null: as fast as the provider takes them. */
  perSecond: v.nullable(v.pipe(v.number(), v.minValue(0.1), v.maxValue(10_000))),
  /** Messages in flight at once. */
  concurrency: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)),
  /** Messages a second from one sender, whichever accounts it goes through; null: no limit. */
  perSender: v.nullable(v.pipe(v.number(), v.minValue(0.1), v.maxValue(10_000))),
  /** Messages a second to one mail domain; null: no limit. */
  perDomain: v.nullable(v.pipe(v.number(), v.minValue(0.1), v.maxValue(10_000))),
  /** Seconds between two messages to the same recipient; null: no limit. */
  pairSeconds: v.nullable(v.pipe(v.number(), v.minValue(0.1), v.maxValue(3_600))),
  /** How a new sender starts: a day's messages double until the full day was sent; null: it is warm. */
  warmUp: v.nullable(
    v.pipe(
      v.strictObject({ firstDay: dayCount, fullDay: dayCount }),
      v.forward(
        v.check(({ firstDay, fullDay }) => firstDay <= fullDay, "must not be below the first day"),
        ["fullDay"],
      ),
    ),
  ),
});

/** When campaigns through the account are paused by the system, and what resumes them. */
export const guards = v.strictObject({
  /** Which failures in a row pause: those of the way to the provider, or of any kind. */
  breaker: v.picklist(breakerCounts),
  /** What goes on by itself: nothing; after errors and limits; also after refused credentials. */
  autoResume: v.picklist(autoResumes),
  /** Percent of a campaign's last 200 results that may fail before it is paused; null: any. */
  failurePercent: v.nullable(v.pipe(v.number(), v.minValue(1), v.maxValue(100))),
});

/** By provider; checked against the provider's own list of settings. */
const settings = v.record(v.string(), v.unknown());

/** Where no key is honoured and no proof comes: hold (the default) until a person sends again, or resend. */
const onUnknown = v.optional(v.picklist(unknownPolicies));

/**
 * Minutes in which proof of an unknown outcome may come, before the policy decides; up to three
 * days. null: twice as long as 99 of 100 receipts of the account took, once enough of them came,
 * and as the provider says until then.
 */
const resolveMinutes = v.optional(
  v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3 * 24 * 60))),
);

const perUnit = v.pipe(v.number(), v.minValue(0), v.maxValue(1_000));
const prefix = v.pipe(
  v.string(),
  v.regex(/^\+[1-9]\d{0,14}$/, "must be a plus and the first digits of numbers, as +49"),
);

/** What the provider asks for each SMS segment, or each message on other channels; null: not known. */
export const price = v.nullable(
  v.strictObject({
    currency: v.pipe(v.string(), v.regex(/^[A-Z]{3}$/, "must be a currency as EUR")),
    perUnit,
    /** Where numbers begin so it is another price: the longest prefix that fits counts. */
    rates: v.exactOptional(
      v.pipe(
        v.array(v.strictObject({ prefix, perUnit })),
        v.maxLength(mostRates, `takes at most ${mostRates} rates`),
        v.check(
          (rates) => new Set(rates.map((rate) => rate.prefix)).size === rates.length,
          "names a prefix twice",
        ),
      ),
    ),
  }),
);

export const accountCreate = v.strictObject({
  name,
  channel: v.picklist(openChannels),
  /** One of those that GET /api/v1/providers lists. */
  provider: providerName,
  settings: v.optional(settings, {}),
  limits: v.optional(v.partial(limits), {}),
  guards: v.optional(v.partial(guards), {}),
  onUnknown,
  resolveMinutes,
  price: v.optional(price),
});

export type AccountCreate = v.InferOutput<typeof accountCreate>;

/** Settings that are left out keep their value, secrets too. */
export const accountPatch = v.strictObject({
  name: v.optional(name),
  settings: v.optional(settings),
  limits: v.optional(v.partial(limits)),
  guards: v.optional(v.partial(guards)),
  onUnknown,
  resolveMinutes,
  price: v.optional(price),
});

export type AccountPatch = v.InferOutput<typeof accountPatch>;

export const accountStanding = v.object({
  state: v.picklist(["open", "half_open"]),
  pauseReason: v.picklist(pauseReasons),
  reason: v.picklist(reasons),
  detail: v.string(),
  since: time,
  retryAt: v.nullable(time),
});

export const accountAnswer = v.object({
  id,
  rev: count,
  name: v.string(),
  channel: v.picklist(openChannels),
  provider: v.string(),
  /** What may be seen of the settings; of a webhook's address only its host, by who may not change accounts. */
  settings: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
  limits,
  guards,
  /** null: it sends. Otherwise why its campaigns are paused, and when a message is tried again. */
  standing: v.nullable(accountStanding),
  onUnknown: v.picklist(unknownPolicies),
  resolveMinutes: v.number(),
  /** What says so: a person's choice, what the account's receipts taught, or the provider. */
  resolveBasis: v.picklist(["person", "receipts", "provider"]),
  /** Within which 99 of 100 first receipts came, and of how many; null: too few came to tell. */
  receiptDelay: v.nullable(v.object({ p99Seconds: v.number(), receipts: count })),
  price,
  createdAt: time,
  updatedAt: time,
});

export type AccountAnswer = v.InferOutput<typeof accountAnswer>;

export const accountPage = v.object({ items: v.array(accountAnswer), next: nextPage });

/** Whether the provider took the credentials, in words. */
export const accountTest = v.object({ ok: v.boolean(), detail: v.string() });

export type AccountTest = v.InferOutput<typeof accountTest>;
