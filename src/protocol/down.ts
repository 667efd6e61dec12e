/** What the server answers: verdicts, pages, resets, and the messages of the live stream. */
import { kinds, feeds } from "#domain/sync/document.ts";
import { refusalTypes } from "#domain/sync/refusal.ts";
import * as v from "valibot";
import { columns, fromColumns, toColumns } from "./columns.ts";
import { count, instant } from "./value.ts";

/** At most this many rows, or about this many bytes, in one page. */
export const maxPageRows = 2_000;
export const maxPageBytes = 1024 * 1024;

const feedName = v.picklist(feeds);

const plain = v.union([v.string(), v.number(), v.boolean(), v.null()]);

export const refusal = v.object({
  type: v.picklist(refusalTypes),
  field: v.nullable(v.string()),
  detail: v.record(v.string(), plain),
});

export const lost = v.object({ field: v.string(), theirs: v.string(), mine: v.string() });

/** The server's answer to one command: final, and the same however often it is asked. */
export const verdict = v.object({
  mid: count,
  outcome: v.picklist(["ok", "merged", "rejected"]),
  /** Only when rejected. */
  refusal: v.nullable(refusal),
  /** Only when merged. */
  lost: v.array(lost),
  /** The feed versions that carry its effect: the device keeps its overlay until its cursors cover them. */
  seqs: v.record(feedName, count),
  /** What the author should know of an accepted command: plain values, by name. */
  note: v.exactOptional(v.record(v.string(), plain)),
});

export type Verdict = v.InferOutput<typeof verdict>;

export const pushReply = v.object({
  verdicts: v.array(verdict),
  /** Set when the first command was not the next one: the mid that the server expects. */
  expected: v.nullable(count),
  time: instant,
  epoch: v.string(),
});

export type PushReply = v.InferOutput<typeof pushReply>;

/** What a server understands; a device that is newer asks for it, and keeps to it. */
export const announcement = v.object({
  protocol: count,
  schema: count,
  /** By name, the newest version of a command's arguments. A command without a line is not known. */
  commands: v.record(v.string(), count),
});

export type Announcement = v.InferOutput<typeof announcement>;

/** Each list by column, as it travels ([S53]). */
const packedRows = v.object({ ver: columns, kind: columns, id: columns, doc: columns });

/** Rows, in rising version; `doc: null` is a tombstone. */
export const rows = v.pipe(
  packedRows,
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
    try {
      return Object.fromEntries(
        Object.entries(value).map(([name, each]) => [name, fromColumns(each)]),
      );
    } catch (error) {
      addIssue({ message: String(error) });
      return NEVER;
    }
  }),
  v.object({
    ver: v.array(count),
    kind: v.array(v.picklist(kinds)),
    id: v.array(v.string()),
    doc: v.array(v.nullable(v.record(v.string(), v.unknown()))),
  }),
);

export type Rows = v.InferOutput<typeof rows>;

export const feedPage = v.object({
  from: count,
  to: count,
  /** More rows follow: nothing may be revealed yet. */
  more: v.boolean(),
  rows,
});

export type FeedPage = v.InferOutput<typeof feedPage>;

/** Until when the device may keep what it holds; in the answers to a pull, a hello and a ping. */
const lease = v.exactOptional(instant);

/** One consistent cut of every feed that was asked for. */
export const page = v.object({
  t: v.literal("page"),
  epoch: v.string(),
  ch: v.string(),
  feeds: v.record(feedName, feedPage),
  time: instant,
  lease,
});

export type Page = v.InferOutput<typeof page>;

/** Start these feeds again from 0, with `h0` as the head at the beginning. Outbox and cards stay. */
export const reset = v.object({
  t: v.literal("reset"),
  epoch: v.string(),
  feeds: v.record(feedName, v.object({ h0: count })),
  time: instant,
  lease,
});

export type Reset = v.InferOutput<typeof reset>;

export const pullReply = v.variant("t", [page, reset]);

export type PullReply = v.InferOutput<typeof pullReply>;

/** The reply as it travels: its rows by column. */
export function packed(reply: PullReply): v.InferInput<typeof pullReply> {
  if (reply.t !== "page") return reply;
  const pages = Object.entries(reply.feeds).map(([feed, part]) => [
    feed,
    { ...part, rows: packedOf(part.rows) },
  ]);
  return { ...reply, feeds: Object.fromEntries(pages) };
}

function packedOf({ ver, kind, id, doc }: Rows): v.InferInput<typeof rows> {
  return { ver: toColumns(ver), kind: toColumns(kind), id: toColumns(id), doc: toColumns(doc) };
}

/** A page on a live connection is of the history and chain that were named last on it, unless it names others. */
const livePage = v.object({
  ...page.entries,
  epoch: v.exactOptional(page.entries.epoch),
  ch: v.exactOptional(page.entries.ch),
});

/** The messages of the live stream from the server. Unknown `t` are ignored by the device. */
export const liveDown = v.variant("t", [
  livePage,
  reset,
  v.object({ t: v.literal("pong"), n: count, time: instant, lease }),
  /**
   * The session ended: `signed_out` (sign in again), `revoked` (wipe; `detail` says why),
   * `upgrade_required`, `fork` (take a new client id).
   */
  v.object({
    t: v.literal("bye"),
    why: v.picklist(["signed_out", "revoked", "upgrade_required", "fork"]),
    detail: v.exactOptional(v.string()),
  }),
]);

export type LiveDown = v.InferOutput<typeof liveDown>;

/** The same as it travels. */
export type LiveSaid = v.InferInput<typeof liveDown>;
