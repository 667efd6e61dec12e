/**
 * Unsent work on its way from one device to another without the server: as a file, or as pictures
 * from screen to camera. Nothing here travels to the server; the commands inside do, later, under
 * the uids that they were made with.
 */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { refusalTypes } from "#domain/sync/refusal.ts";
import * as v from "valibot";
import { claimedTime } from "./command.ts";
import { count, id, instant } from "./value.ts";

/** What can be read without the passphrase: whose work it is, and how it was sealed. */
export const carryHeader = v.strictObject({
  format: v.literal("fieldcast-work"),
  v: v.pipe(v.number(), v.integer(), v.minValue(1)),
  workspace: id,
  user: id,
  /** By the server's clock as the device knew it. */
  madeAt: instant,
  /** Commands, and cards of Needs attention. */
  commands: count,
  cards: count,
  kdf: v.literal("PBKDF2-SHA-256"),
  iterations: v.pipe(v.number(), v.integer(), v.minValue(100_000), v.maxValue(10_000_000)),
  /** Base64. */
  salt: v.pipe(v.string(), v.maxLength(64)),
  iv: v.pipe(v.string(), v.maxLength(64)),
  /** Of the sealed bytes, in hex: tells damage from a wrong passphrase. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});

export type CarryHeader = v.InferOutput<typeof carryHeader>;

/** The version of the header and of what is sealed that this build writes. */
export const carryVersion = 1;

/** As a file holds it. */
export const carryFile = v.strictObject({ ...carryHeader.entries, sealed: v.string() });

const act = v.strictObject({ name: v.pipe(v.string(), v.maxLength(64)), args: v.unknown() });

const carriedCommand = v.strictObject({
  uid: id,
  ...act.entries,
  v: v.pipe(v.number(), v.integer(), v.minValue(1)),
  at: claimedTime,
  now: instant,
});

export type CarriedCommand = v.InferOutput<typeof carriedCommand>;

/** A campaign as a card keeps it: enough to make a draft of. */
const typedCampaign = v.custom<Campaign>((value) => v.is(campaignParts, value));

const campaignParts = v.looseObject({
  id,
  type: v.string(),
  name: v.string(),
  content: v.object({ subject: v.string(), text: v.string(), html: v.string() }),
  audienceId: v.nullable(id),
  accountId: v.nullable(id),
});

const plain = v.union([v.string(), v.number(), v.boolean(), v.null()]);

const carriedCard = v.strictObject({
  id,
  kind: v.picklist(["rejected", "merged"]),
  act,
  refusal: v.nullable(
    v.strictObject({
      type: v.picklist(refusalTypes),
      field: v.nullable(v.string()),
      detail: v.record(v.string(), plain),
    }),
  ),
  lost: v.array(v.strictObject({ field: v.string(), theirs: v.string(), mine: v.string() })),
  mine: v.nullable(typedCampaign),
  followers: v.array(act),
  at: instant,
});

export type CarriedCard = v.InferOutput<typeof carriedCard>;

/** What is sealed. */
export const carriedWork = v.strictObject({
  commands: v.array(carriedCommand),
  cards: v.array(carriedCard),
});

export type CarriedWork = v.InferOutput<typeof carriedWork>;
