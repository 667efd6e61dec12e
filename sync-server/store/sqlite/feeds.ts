/**
 * Writing documents: the only way to change one. Each touched feed's head is raised last, and
 * the rows take the versions below it, so versions have no gaps and rise in commit order.
 */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { dueAt } from "#domain/campaign/launch.ts";
import { isLive } from "#domain/campaign/live.ts";
import type { Trigger } from "#domain/campaign/trigger.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Write } from "#domain/sync/decision.ts";
import {
  feedOf,
  type Documents,
  type Feed,
  type Kind,
  type SyncedKind,
} from "#domain/sync/document.ts";
import type { Database } from "./database.ts";

/** A feed as it is stored: everybody has an own one of those that are a person's. */
export type StoredFeed = Exclude<Feed, "user"> | `user:${string}`;

export function storedFeed(feed: Feed, user: string): StoredFeed {
  return feed === "user" ? `user:${user}` : feed;
}

function namesOf(stored: StoredFeed): { readonly feed: Feed; readonly user: string | null } {
  if (stored === "org" || stored === "team" || stored === "roll") {
    return { feed: stored, user: null };
  }
  return { feed: "user", user: stored.slice("user:".length) };
}

/** Whose own feed a document lives in does not change: a removal goes where the document was. */
function feedOfWrite(
  db: Database,
  workspace: string,
  write: Extract<Write, { readonly kind: SyncedKind }>,
): StoredFeed {
  const feed = feedOf[write.kind];
  const isOwn = write.kind === "pin" || write.kind === "erasedSignUp";
  if (feed !== "user" || !isOwn) return storedFeed(feed, "");
  if (write.doc !== null) return storedFeed(feed, write.doc.user);
  const row = db.get(
    "select feed from document where workspace = ? and kind = ? and id = ?",
    workspace,
    write.kind,
    write.id,
  );
  const known = row === undefined ? "" : String(row["feed"]);
  return storedFeed(feed, known.slice("user:".length));
}

/** Stores the documents and answers the version that each touched feed reached. */
export function publish(
  db: Database,
  workspace: string,
  writes: readonly Write[],
  now: Instant,
): Partial<Record<Feed, number>> {
  const byFeed = new Map<StoredFeed, Write[]>();
  for (const write of writes) {
    // Kept as a contact, by the effect of its command.
    if (write.kind === "signUp") continue;
    const feed = feedOfWrite(db, workspace, write);
    const list = byFeed.get(feed);
    if (list === undefined) byFeed.set(feed, [write]);
    else list.push(write);
  }
  const reached: Partial<Record<Feed, number>> = {};
  for (const feed of [...byFeed.keys()].toSorted()) {
    const list = byFeed.get(feed) ?? [];
    const head = raise(db, workspace, feed, list.length);
    for (const [index, write] of list.entries()) {
      store(db, { workspace, feed, ver: head - list.length + 1 + index, now }, write);
    }
    const { feed: name, user } = namesOf(feed);
    reached[name] = head;
    db.moved({ workspace, feed: name, user });
  }
  return reached;
}

function raise(db: Database, workspace: string, feed: StoredFeed, by: number): number {
  const row = db.get(
    `insert into feed (workspace, feed, head) values (?, ?, ?)
     on conflict (workspace, feed) do update set head = head + excluded.head returning head`,
    workspace,
    feed,
    by,
  );
  return Number(row?.["head"]);
}

interface Place {
  readonly workspace: string;
  readonly feed: StoredFeed;
  readonly ver: number;
  readonly now: Instant;
}

function store(db: Database, place: Place, write: Write): void {
  const { workspace, feed, ver, now } = place;
  if (write.doc === null) {
    remove(db, place, write);
    return;
  }
  const doc = withNumber(db, workspace, write);
  const campaign = doc.kind === "campaign" ? doc.doc : null;
  db.run(
    `insert into document (workspace, kind, id, feed, ver, rev, dead, doc, phase, due_at, series, awaits, at)
     values (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)
     on conflict (workspace, kind, id) do update set ver = excluded.ver, rev = excluded.rev,
       dead = 0, doc = excluded.doc, phase = excluded.phase, due_at = excluded.due_at,
       series = excluded.series, awaits = excluded.awaits, at = excluded.at`,
    workspace,
    doc.kind,
    doc.id,
    feed,
    ver,
    "rev" in doc.doc ? doc.doc.rev : 1,
    JSON.stringify(doc.doc),
    campaign?.phase ?? null,
    campaign === null ? null : dueOf(campaign),
    campaign?.firing?.of ?? null,
    campaign === null ? null : awaitedBy(campaign),
    now,
  );
}

/** What stands for a trigger in the column `awaits`; no event has such a name. */
export const awaitsCode = ":redeemed";
const awaitsDate = ":date";
const awaitsEntry = ":entry";

/** What brings people into it now: the name of an event, or one of the above; null: nothing does. */
function awaitedBy(campaign: Campaign): string | null {
  const { phase, trigger = null } = campaign;
  if (trigger === null || !isLive(campaign)) return null;
  // Contacts are watched from before the first look at all of them: none can slip through between.
  const isWatching = trigger.kind === "date" || trigger.kind === "entry";
  const isOpen = phase === "active" || phase === "paused" || (isWatching && phase === "preparing");
  return isOpen ? awaitedOf(trigger) : null;
}

function awaitedOf(trigger: Trigger): string {
  switch (trigger.kind) {
    case "event":
      return trigger.event;
    case "redeemed":
      return awaitsCode;
    case "date":
      return awaitsDate;
    case "entry":
      return awaitsEntry;
  }
}

/** When the engine has to look at it: its planned time, or the next of one that is live. */
export function dueOf(campaign: Campaign): Instant | null {
  const { phase, schedule } = campaign;
  const isPlanned = phase === "scheduled" || (phase === "active" && isLive(campaign));
  return isPlanned && schedule !== null ? dueAt(schedule) : null;
}

function remove(db: Database, { workspace, ver, now }: Place, write: Write): void {
  db.run(
    `insert into deleted_document (workspace, kind, id, doc, at)
     select workspace, kind, id, doc, ? from document
      where workspace = ? and kind = ? and id = ? and dead = 0
     on conflict (workspace, kind, id) do update set doc = excluded.doc, at = excluded.at`,
    now,
    workspace,
    write.kind,
    write.id,
  );
  db.run(
    `update document set ver = ?, rev = rev + 1, dead = 1, doc = null, phase = null, due_at = null, awaits = null, at = ?
      where workspace = ? and kind = ? and id = ?`,
    ver,
    now,
    workspace,
    write.kind,
    write.id,
  );
}

type Living = {
  readonly [K in Kind]: { readonly kind: K; readonly id: string; readonly doc: Documents[K] };
}[Kind];

/** Gives a campaign its short number when it is stored for the first time. */
function withNumber(db: Database, workspace: string, write: Write): Living {
  if (!isLiving(write)) throw new Error("a removal has no document");
  if (write.kind !== "campaign" || write.doc.number !== null) return write;
  const row = db.get(
    `insert into meta (key, value) values (?, '1001')
     on conflict (key) do update set value = cast(cast(value as integer) + 1 as text) returning value`,
    `campaign_number:${workspace}`,
  );
  return { ...write, doc: { ...write.doc, number: Number(row?.["value"]) } };
}

function isLiving(write: Write): write is Living {
  return write.doc !== null;
}
