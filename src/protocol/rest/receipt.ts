/** Receipts that match no message, as the API lists them. */
import * as v from "valibot";
import { count, id } from "../value.ts";
import { nextPage } from "./page.ts";

const unmatchedItem = v.object({
  accountId: id,
  key: v.string(),
  /** The state that it tells, or what is wrong with it. */
  said: v.string(),
  why: v.picklist(["unknown_key", "malformed", "unknown_value"]),
  /** The provider's code and words, without addresses. */
  words: v.string(),
  /** How often the same was heard. */
  n: count,
  firstAt: v.string(),
  lastAt: v.string(),
  /** When it is tried again; null: it was given up. */
  retryAt: v.nullable(v.string()),
  /** What was told, as JSON without addresses; null when nothing of it can be tried again. */
  body: v.nullable(v.string()),
});

export type UnmatchedItem = v.InferOutput<typeof unmatchedItem>;

export const unmatchedList = v.object({
  items: v.array(unmatchedItem),
  next: nextPage,
  /** How many are still tried again, and how many were ever given up. */
  totals: v.object({ waiting: count, givenUp: count }),
});

/** Those that a person decides on, by what tells each from all others. */
export const unmatchedChoice = v.strictObject({
  chosen: v.pipe(
    v.array(
      v.strictObject({
        accountId: id,
        key: v.pipe(v.string(), v.maxLength(200)),
        said: v.pipe(v.string(), v.maxLength(300)),
      }),
    ),
    v.minLength(1),
    v.maxLength(1_000),
  ),
});

export const unmatchedChanged = v.object({ changed: count });

/** What mails at a bounce address were; `forged`: with no key that this server made. */
export const bounceKinds = [
  "bounce",
  "complaint",
  "delivered",
  "delayed",
  "auto_reply",
  "unrelated",
  "unreadable",
  "forged",
] as const;

export const bounceTaken = v.object({ kind: v.picklist(bounceKinds) });

/** How reading the mails that came back goes. */
export const bounceAnswer = v.object({
  /** When it was last tried; null: never yet. */
  readAt: v.nullable(v.string()),
  okAt: v.nullable(v.string()),
  /** Why the last try failed, in words; null: it did not. */
  problem: v.nullable(v.string()),
  counts: v.record(v.string(), count),
});

export type BounceAnswer = v.InferOutput<typeof bounceAnswer>;
