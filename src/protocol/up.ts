/** What a device sends: pushes, pulls, and the messages of the live stream. */
import { feeds } from "#domain/sync/document.ts";
import * as v from "valibot";
import { command } from "./command.ts";
import { count, id } from "./value.ts";

/** At most this many commands, and this many bytes, in one push. */
export const maxPushCommands = 100;
export const maxPushBytes = 256 * 1024;

const sender = {
  /** protocolVersion of the sender. */
  v: count,
  /** schemaVersion of the sender. */
  schema: count,
  /** Made with the device's database; one for each browser profile and user. */
  client: id,
  /** The nonce that counts; a stale one tells of a cloned profile. */
  instance: id,
  /** The nonce that shall count from now on: said until an answer came, then it is `instance`. */
  next: v.exactOptional(id),
  /** How many commands wait on this device, those of this message included. */
  unsent: v.exactOptional(count),
  /** The version of the app, for people to read. */
  app: v.exactOptional(v.pipe(v.string(), v.maxLength(40))),
};

export const pushRequest = v.strictObject({
  ...sender,
  commands: v.pipe(v.array(command), v.minLength(1), v.maxLength(maxPushCommands)),
});

export type PushRequest = v.InferOutput<typeof pushRequest>;

/** Where a device stands in a feed. `h0`: the feed's head when this fresh staging began; only while filling from 0. */
export const cursor = v.strictObject({ from: count, h0: v.exactOptional(count) });

export type Cursor = v.InferOutput<typeof cursor>;

const feedName = v.picklist(feeds);

export const pullRequest = v.strictObject({
  ...sender,
  /** The epoch that the cursors belong to; null on a new database. */
  epoch: v.nullable(v.string()),
  /** Chain id: changes with each checkpoint and reset; an answer is accepted only with the same. */
  ch: v.pipe(v.string(), v.maxLength(64)),
  feeds: v.record(feedName, cursor),
});

export type PullRequest = v.InferOutput<typeof pullRequest>;

/** The messages of the live stream from a device. Unknown `t` are ignored by the server. */
export const liveUp = v.variant("t", [
  /** First message: where I stand. The same as a pull; pages follow as heads move. */
  v.strictObject({ t: v.literal("hello"), ...pullRequest.entries }),
  /** After the device committed what it was sent. */
  v.strictObject({
    t: v.literal("ack"),
    ch: v.pipe(v.string(), v.maxLength(64)),
    feeds: v.record(feedName, count),
  }),
  v.strictObject({ t: v.literal("ping"), n: count }),
  /** The app went out of sight, or came back: hidden tabs get one frame a second. */
  v.strictObject({ t: v.literal("pace"), hidden: v.boolean() }),
]);

export type LiveUp = v.InferOutput<typeof liveUp>;
