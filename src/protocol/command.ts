/** Commands as they travel: one strict schema for each name, and the envelope around it. */
import { mostTiles, tileKinds } from "#domain/analytics/saved-view.ts";
import { channels } from "#domain/campaign/channel.ts";
import { latePolicies } from "#domain/campaign/campaign.ts";
import { codePolicies } from "#domain/codes/pool.ts";
import { retriedStates } from "#domain/message/again.ts";
import { reasons } from "#domain/message/reason.ts";
import { maxFieldName } from "#domain/schedule/occasion.ts";
import { repeatEverys } from "#domain/schedule/repeat.ts";
import { consentChannels } from "#domain/audience/contact.ts";
import { consentWays, maxSignature } from "#domain/audience/sign-up.ts";
import type { Act, CommandArgs, CommandName } from "#domain/sync/command.ts";
import { commandNames } from "#domain/sync/command.ts";
import * as v from "valibot";
import { issueWords } from "./issue-words.ts";
import { id, instant, longText, name, shortText } from "./value.ts";

const content = v.strictObject({ subject: shortText, text: longText, html: longText });

/** The rules say which numbers mean something. */
const whole = v.pipe(v.number(), v.integer());

const schedule = v.strictObject({
  at: instant,
  zone: v.pipe(v.string(), v.maxLength(64)),
  wall: v.exactOptional(v.pipe(v.string(), v.maxLength(16))),
  local: v.exactOptional(v.boolean()),
  ifLate: v.picklist(latePolicies),
  repeat: v.exactOptional(
    v.strictObject({
      from: v.pipe(v.string(), v.maxLength(16)),
      every: v.picklist(repeatEverys),
      interval: whole,
      weekdays: v.exactOptional(v.pipe(v.array(whole), v.maxLength(7))),
      monthDay: v.exactOptional(whole),
      until: v.exactOptional(v.pipe(v.string(), v.maxLength(10))),
      times: v.exactOptional(whole),
    }),
  ),
});

const entrance = { delayMinutes: whole, againAfterHours: v.nullable(whole) };

/** What a campaign waits for; the rules say which names and numbers mean something. */
export const trigger = v.variant("kind", [
  v.strictObject({
    kind: v.literal("event"),
    event: v.pipe(v.string(), v.maxLength(64)),
    ...entrance,
  }),
  v.strictObject({
    kind: v.literal("redeemed"),
    code: v.nullable(v.pipe(v.string(), v.maxLength(65))),
    campaignId: v.nullable(id),
    ...entrance,
  }),
  v.strictObject({
    kind: v.literal("entry"),
    existing: v.picklist(["skip", "send"]),
    ...entrance,
  }),
  v.strictObject({
    kind: v.literal("date"),
    field: v.pipe(v.string(), v.maxLength(maxFieldName)),
    every: v.picklist(["year", "once"]),
    days: whole,
    time: v.pipe(v.string(), v.maxLength(5)),
    zone: v.pipe(v.string(), v.maxLength(64)),
    local: v.boolean(),
    order: v.picklist(["dayFirst", "monthFirst"]),
    ifLate: v.picklist(latePolicies),
  }),
]);

const review = v.strictObject({
  rev: v.pipe(v.number(), v.integer(), v.minValue(1)),
  contentHash: v.pipe(v.string(), v.maxLength(64)),
  audienceId: id,
  audienceRev: v.pipe(v.number(), v.integer(), v.minValue(1)),
  accountId: id,
});

const filter = v.strictObject({
  countries: v.exactOptional(v.pipe(v.array(v.pipe(v.string(), v.length(2))), v.maxLength(250))),
  cities: v.exactOptional(v.pipe(v.array(shortText), v.maxLength(1_000))),
  lists: v.exactOptional(v.pipe(v.array(id), v.maxLength(100))),
  consent: v.exactOptional(v.picklist(consentChannels)),
});

/** Kinds of messages that came to an end: a state with its reason. */
export const picks = v.pipe(
  v.array(v.strictObject({ state: v.picklist(retriedStates), reason: v.picklist(reasons) })),
  v.minLength(1),
  v.maxLength(200),
);

/** Those whose message in a campaign ended so. */
export const recipientsRule = v.strictObject({
  kind: v.literal("recipients"),
  campaignId: id,
  picks,
});

export const audienceRule = v.variant("kind", [
  v.strictObject({ kind: v.literal("all") }),
  v.strictObject({ kind: v.literal("list"), listId: id }),
  v.strictObject({ kind: v.literal("filter"), filter }),
  recipientsRule,
]);

const currency = v.pipe(v.string(), v.regex(/^[A-Z]{3}$/, "must be a currency as EUR"));

export const money = v.strictObject({
  currency,
  amount: v.pipe(v.number(), v.minValue(0), v.maxValue(1_000_000_000)),
});

/** Units that a budget may name: SMS segments, or messages. */
export const budgetUnits = v.pipe(
  v.number(),
  v.integer("must be a whole number"),
  v.minValue(0),
  v.maxValue(1_000_000_000),
);

/** What a campaign may spend: `{ money }`, or `{ units }` (SMS segments, or messages). */
export const campaignBudget = v.union(
  [v.strictObject({ money }), v.strictObject({ units: budgetUnits })],
  "must be { money: { currency, amount } } or { units }",
);

function change<S extends v.GenericSchema>(schema: S) {
  return v.exactOptional(v.strictObject({ was: schema, set: schema }));
}

const viewFields = v.strictObject({
  name,
  query: v.pipe(v.string(), v.maxLength(1_000)),
  tiles: v.exactOptional(
    v.pipe(
      v.array(
        v.strictObject({
          kind: v.picklist(tileKinds),
          what: v.pipe(v.string(), v.maxLength(40)),
          wide: v.boolean(),
        }),
      ),
      v.maxLength(mostTiles),
    ),
  ),
});

const remark = v.strictObject({ at: instant, text: v.pipe(v.string(), v.maxLength(1_000)) });

const personName = v.pipe(v.string(), v.maxLength(200));
const address = v.pipe(v.string(), v.maxLength(254));
const country = v.pipe(v.string(), v.maxLength(2));
const place = v.pipe(v.string(), v.maxLength(100));

const given = {
  channel: v.picklist(consentChannels),
  text: v.nullable(id),
  how: v.picklist(consentWays),
  signature: v.exactOptional(v.pipe(v.string(), v.maxLength(maxSignature))),
};

/** The arguments of each command. Unknown fields are refused: a newer device says so by `v`. */
export const commandArgs = {
  "campaign.create": v.strictObject({
    id,
    type: v.picklist(channels),
    name,
    content,
    audienceId: v.nullable(id),
    accountId: v.nullable(id),
    codePoolId: v.exactOptional(v.nullable(id)),
    codePolicy: v.exactOptional(v.picklist(codePolicies)),
    trackLinks: v.exactOptional(v.boolean()),
    fallback: v.exactOptional(
      v.nullable(v.strictObject({ accountId: v.nullable(id), text: longText })),
    ),
  }),
  "campaign.edit": v.strictObject({
    id,
    name: change(name),
    content: v.exactOptional(
      v.strictObject({
        subject: change(shortText),
        text: change(longText),
        html: change(longText),
      }),
    ),
    audienceId: change(v.nullable(id)),
    accountId: change(v.nullable(id)),
    codePoolId: change(v.nullable(id)),
    codePolicy: change(v.picklist(codePolicies)),
    trackLinks: change(v.boolean()),
    fallback: v.exactOptional(
      v.strictObject({ accountId: change(v.nullable(id)), text: change(longText) }),
    ),
    validUntil: change(v.nullable(instant)),
    budget: change(v.nullable(campaignBudget)),
  }),
  "campaign.schedule": v.strictObject({ id, schedule, review }),
  "campaign.setLive": v.strictObject({ id, trigger, review }),
  "campaign.unschedule": v.strictObject({ id }),
  "campaign.send": v.strictObject({ id, review, atOnce: v.exactOptional(v.boolean()) }),
  "campaign.approve": v.strictObject({ id, review }),
  "campaign.reject": v.strictObject({ id, reason: v.pipe(v.string(), v.maxLength(1_000)) }),
  "campaign.pause": v.strictObject({ id }),
  "campaign.resume": v.strictObject({ id }),
  "campaign.end": v.strictObject({ id }),
  "campaign.cancel": v.strictObject({ id }),
  "campaign.retry": v.strictObject({ id, picks }),
  "campaign.annotate": v.strictObject({
    id,
    note: id,
    was: v.nullable(remark),
    set: v.nullable(remark),
  }),
  "campaign.delete": v.strictObject({ id }),
  "campaign.duplicate": v.strictObject({ id, from: id, name }),
  "audience.create": v.strictObject({ id, name, rule: audienceRule }),
  "audience.edit": v.strictObject({ id, name: change(name), rule: change(audienceRule) }),
  "audience.delete": v.strictObject({ id }),
  "pin.add": v.strictObject({ id, campaignId: id }),
  "pin.remove": v.strictObject({ id }),
  "report.keep": v.strictObject({ id, view: id, set: v.nullable(viewFields) }),
  "report.default": v.strictObject({ id, view: id, on: v.boolean() }),
  "contact.add": v.strictObject({
    id,
    firstName: personName,
    lastName: personName,
    email: v.nullable(address),
    phone: v.nullable(address),
    country,
    place,
    consents: v.pipe(v.array(v.strictObject(given)), v.maxLength(consentChannels.length)),
  }),
  "contact.edit": v.strictObject({
    id,
    firstName: change(personName),
    lastName: change(personName),
    email: change(v.nullable(address)),
    phone: change(v.nullable(address)),
    country: change(country),
  }),
  "consent.in": v.strictObject({ id, place, ...given }),
  "consent.out": v.strictObject({ id, channel: given.channel, place }),
} as const satisfies { readonly [N in CommandName]: v.GenericSchema<unknown, CommandArgs[N]> };

/** The version of each command's arguments that this build writes and the server announces. */
export const commandVersions: Readonly<Record<CommandName, number>> = {
  "campaign.create": 4,
  "campaign.edit": 5,
  "campaign.schedule": 4,
  "campaign.setLive": 2,
  "campaign.unschedule": 1,
  "campaign.send": 2,
  "campaign.approve": 1,
  "campaign.reject": 1,
  "campaign.pause": 1,
  "campaign.resume": 1,
  "campaign.end": 1,
  "campaign.cancel": 1,
  "campaign.retry": 1,
  "campaign.annotate": 1,
  "campaign.delete": 1,
  "campaign.duplicate": 1,
  "audience.create": 1,
  "audience.edit": 1,
  "audience.delete": 1,
  "pin.add": 1,
  "pin.remove": 1,
  "report.keep": 1,
  "report.default": 1,
  "contact.add": 1,
  "contact.edit": 1,
  "consent.in": 1,
  "consent.out": 1,
};

/** When a command was made, by a clock that nobody trusts: for display and evidence, never for order. */
export const claimedTime = v.strictObject({
  wall: instant,
  /** Server minus device at the best sample, in ms; null when never measured. */
  offset: v.nullable(v.pipe(v.number(), v.integer())),
  /** Age of that sample in ms. */
  offsetAge: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))),
});

/**
 * The envelope. `args` is checked against its name's schema in a second step, so that one
 * command with bad arguments gets its own verdict and does not block those behind it.
 */
export const command = v.strictObject({
  /** Dense, rising, per client: 1, 2, 3, … */
  mid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  uid: id,
  name: v.pipe(v.string(), v.maxLength(64)),
  v: v.pipe(v.number(), v.integer(), v.minValue(1)),
  args: v.unknown(),
  at: claimedTime,
});

export type Command = v.InferOutput<typeof command>;

/** The act that an envelope carries, or the first thing that is wrong with it: a field path and words. */
export function parseAct(
  commandName: string,
  args: unknown,
):
  | { readonly ok: true; readonly act: Act }
  | { readonly ok: false; readonly field: string; readonly message: string } {
  const known = commandNames.find((each) => each === commandName);
  if (known === undefined)
    return { ok: false, field: "name", message: `unknown command ${commandName}` };
  const parsed = v.safeParse(commandSchemas, { name: known, args });
  if (parsed.success) return { ok: true, act: parsed.output };
  const [issue] = parsed.issues;
  const field = (v.getDotPath(issue) ?? "").replace(/^args\.?/, "");
  return { ok: false, field, message: issueWords(issue) };
}

const commandSchemas: v.GenericSchema<unknown, Act> = v.variant("name", [
  v.strictObject({ name: v.literal("campaign.create"), args: commandArgs["campaign.create"] }),
  v.strictObject({ name: v.literal("campaign.edit"), args: commandArgs["campaign.edit"] }),
  v.strictObject({ name: v.literal("campaign.schedule"), args: commandArgs["campaign.schedule"] }),
  v.strictObject({ name: v.literal("campaign.setLive"), args: commandArgs["campaign.setLive"] }),
  v.strictObject({
    name: v.literal("campaign.unschedule"),
    args: commandArgs["campaign.unschedule"],
  }),
  v.strictObject({ name: v.literal("campaign.send"), args: commandArgs["campaign.send"] }),
  v.strictObject({ name: v.literal("campaign.approve"), args: commandArgs["campaign.approve"] }),
  v.strictObject({ name: v.literal("campaign.reject"), args: commandArgs["campaign.reject"] }),
  v.strictObject({ name: v.literal("campaign.pause"), args: commandArgs["campaign.pause"] }),
  v.strictObject({ name: v.literal("campaign.resume"), args: commandArgs["campaign.resume"] }),
  v.strictObject({ name: v.literal("campaign.end"), args: commandArgs["campaign.end"] }),
  v.strictObject({ name: v.literal("campaign.cancel"), args: commandArgs["campaign.cancel"] }),
  v.strictObject({ name: v.literal("campaign.retry"), args: commandArgs["campaign.retry"] }),
  v.strictObject({
    name: v.literal("campaign.annotate"),
    args: commandArgs["campaign.annotate"],
  }),
  v.strictObject({ name: v.literal("campaign.delete"), args: commandArgs["campaign.delete"] }),
  v.strictObject({
    name: v.literal("campaign.duplicate"),
    args: commandArgs["campaign.duplicate"],
  }),
  v.strictObject({ name: v.literal("audience.create"), args: commandArgs["audience.create"] }),
  v.strictObject({ name: v.literal("audience.edit"), args: commandArgs["audience.edit"] }),
  v.strictObject({ name: v.literal("audience.delete"), args: commandArgs["audience.delete"] }),
  v.strictObject({ name: v.literal("pin.add"), args: commandArgs["pin.add"] }),
  v.strictObject({ name: v.literal("pin.remove"), args: commandArgs["pin.remove"] }),
  v.strictObject({ name: v.literal("report.keep"), args: commandArgs["report.keep"] }),
  v.strictObject({ name: v.literal("report.default"), args: commandArgs["report.default"] }),
  v.strictObject({ name: v.literal("contact.add"), args: commandArgs["contact.add"] }),
  v.strictObject({ name: v.literal("contact.edit"), args: commandArgs["contact.edit"] }),
  v.strictObject({ name: v.literal("consent.in"), args: commandArgs["consent.in"] }),
  v.strictObject({ name: v.literal("consent.out"), args: commandArgs["consent.out"] }),
]);
