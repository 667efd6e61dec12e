/** The syncing part of the promise over SQLite. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import type { Write } from "#domain/sync/decision.ts";
import {
  feeds,
  kinds,
  type Documents,
  type Feed,
  type Key,
  type Kind,
  type SyncedKind,
} from "#domain/sync/document.ts";
import type { Rows, Verdict } from "#protocol/down.ts";
import type {
  CommitCommand,
  CommitOutcome,
  Expectation,
  Found,
  Head,
  SyncStore,
} from "../sync-store.ts";
import { addActivity } from "./activity-lines.ts";
import type { Database, Row } from "./database.ts";
import { withEditions } from "./delivery-editions.ts";
import { withEarlierPicks } from "./delivery-retry.ts";
import { publish, storedFeed, type StoredFeed } from "./feeds.ts";
import { epochOf, restoredAt } from "./history-mark.ts";
import { noteAsked } from "./notice-intents.ts";
import type { PartOperations } from "./operation.ts";
import { noteOfLate } from "./late-notes.ts";
import { withRemains } from "./remains.ts";
import { withRuns } from "./series.ts";
import { applyAtStand, type Note } from "./sign-up-effect.ts";
import { readSignUp } from "./sign-up-rows.ts";

export const syncOperations: PartOperations<SyncStore> = {
  reads: [
    "read",
    "list",
    "deletedCampaign",
    "verdictOf",
    "lastMid",
    "wasRefused",
    "launchedBy",
    "heads",
    "pages",
    "restoredAt",
  ],
  operations: {
    epoch: (db) => epochOf(db),
    restoredAt: (db) => restoredAt(db),
    read: (db, { workspace, keys }) => keys.flatMap((key) => found(db, workspace, key)),
    list: (db, { workspace, kind }) => listDocuments(db, workspace, kind),
    deletedCampaign: (db, { workspace, id }) => deletedCampaign(db, workspace, id),
    verdictOf: (db, { workspace, uid }) => verdictOf(db, workspace, uid),
    lastMid: (db, { workspace, client }) => lastMid(db, workspace, client),
    wasRefused: (db, { workspace, user, subject }) =>
      db.get(
        `select 1 from client c join verdict v on v.workspace = c.workspace and v.client = c.client
         where c.workspace = ? and c.user = ? and v.subject = ? and v.outcome = 'rejected'`,
        workspace,
        user,
        keyText(subject),
      ) !== undefined,
    launchedBy: (db, { workspace, campaign }) => launchedBy(db, workspace, campaign),
    commitCommand: (db, args) => commitCommand(db, args),
    commitWrites: (db, { workspace, expect, writes, activity, now }) => {
      if (!holds(db, workspace, expect)) return "conflict";
      noteAsked(db, workspace, { writes, now });
      publish(db, workspace, followed(db, workspace, writes, now), now);
      if (activity !== null) addActivity(db, workspace, activity);
      return "committed";
    },
    heads: (db, { workspace, user, feeds: wanted }) =>
      Object.fromEntries(
        wanted.map((feed) => [feed, headOf(db, workspace, storedFeed(feed, user))]),
      ),
    pages: (db, { workspace, user, from, maxRows, maxBytes }) => {
      const pages: Partial<Record<Feed, ReturnType<typeof pageOf>>> = {};
      for (const feed of feeds) {
        const start = from[feed];
        if (start === undefined) continue;
        const limits = { from: start, maxRows, maxBytes };
        pages[feed] = pageOf(db, workspace, storedFeed(feed, user), limits);
      }
      return pages;
    },
    purge: (db, { before }) => purge(db, before),
  },
};

/** A document as a living one of its kind. What the database holds was written by `publish` alone. */
function found(db: Database, workspace: string, [kind, id]: Key): Found[] {
  if (kind === "signUp") {
    const doc = readSignUp(db, workspace, id);
    return doc === null ? [] : [{ kind, id, doc }];
  }
  const row = db.get(
    "select doc from document where workspace = ? and kind = ? and id = ? and dead = 0",
    workspace,
    kind,
    id,
  );
  return row === undefined
    ? []
    : [{ kind, id, doc: JSON.parse(String(row["doc"])) } satisfies Found];
}

function deletedCampaign(db: Database, workspace: string, id: string): Campaign | null {
  const row = db.get(
    "select doc from deleted_document where workspace = ? and kind = 'campaign' and id = ?",
    workspace,
    id,
  );
  return row === undefined ? null : JSON.parse(String(row["doc"]));
}

/** Those that are there, in the order of their ids. */
export function listDocuments<K extends Kind>(
  db: Database,
  workspace: string,
  kind: K,
): Documents[K][] {
  return db
    .all(
      "select doc from document where workspace = ? and kind = ? and dead = 0 order by id",
      workspace,
      kind,
    )
    .map((row): Documents[K] => JSON.parse(String(row["doc"])));
}

function lastMid(db: Database, workspace: string, client: string): number {
  const row = db.get(
    "select lmid from client where workspace = ? and client = ?",
    workspace,
    client,
  );
  return Number(row?.["lmid"] ?? 0);
}

/**
 * A command is known by its uid alone. A number that was used for another command tells of a
 * cloned profile: its twin pushed first, and this one must number again, or it would be told the
 * verdict of something that it never did.
 */
function commitCommand(db: Database, args: CommitCommand): CommitOutcome {
  const { workspace, origin, now } = args;
  const last = lastMid(db, workspace, origin.client);
  const known = verdictOf(db, workspace, origin.uid);
  if (origin.mid > last + 1) return { outcome: "gap", expected: last + 1 };
  if (known !== null) {
    if (origin.mid === last + 1) raiseClient(db, args);
    return { outcome: "known", verdict: { ...known, mid: origin.mid } };
  }
  if (origin.mid <= last) return { outcome: "gap", expected: last + 1 };
  if (!holds(db, workspace, args.expect)) return { outcome: "conflict" };
  if (args.activity !== null) addActivity(db, workspace, args.activity);
  raiseClient(db, args);
  const writes = followed(db, workspace, args.writes, now);
  noteAsked(db, workspace, args);
  const note = noteOf(db, args);
  const seqs = publish(db, workspace, writes, now);
  const verdict: Verdict = { ...args.verdict, seqs, ...(note === undefined ? {} : { note }) };
  db.run(
    `insert into verdict (workspace, client, mid, uid, outcome, subject, verdict, at)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
    workspace,
    origin.client,
    origin.mid,
    origin.uid,
    verdict.outcome,
    origin.subject === null ? null : keyText(origin.subject),
    JSON.stringify(verdict),
    now,
  );
  return { outcome: "committed", verdict };
}

/** Does what a contact of the stand asked for; answers what its author should know. */
function noteOf(
  db: Database,
  { workspace, now, atStand = null, late = null }: CommitCommand,
): Note | undefined {
  const said = atStand === null ? undefined : applyAtStand(db, { workspace, effect: atStand, now });
  const gone = late === null ? undefined : noteOfLate(db, workspace, late);
  return said === undefined && gone === undefined ? undefined : { ...said, ...gone };
}

function launchedBy(db: Database, workspace: string, campaign: string): string | null {
  const row = db.get(
    `select m.doc from activity a join document m on m.workspace = a.workspace and m.kind = 'member' and m.id = a.by
      where a.workspace = ? and a.campaign = ? and a.event in ('campaign.send', 'campaign.schedule', 'campaign.setLive', 'campaign.approve')
      order by a.at desc, a.seq desc limit 1`,
    workspace,
    campaign,
  );
  if (row === undefined) return null;
  const doc: Partial<Documents["member"]> | null = JSON.parse(String(row["doc"]));
  return doc?.name ?? null;
}

/** The writes with what follows from them, in the same transaction. */
function followed(
  db: Database,
  workspace: string,
  writes: readonly Write[],
  now: number,
): readonly Write[] {
  const known = withEditions(db, workspace, withRuns(db, workspace, writes, now), now);
  return withRemains(db, workspace, withEarlierPicks(db, workspace, known), now);
}

function verdictOf(db: Database, workspace: string, uid: string): Verdict | null {
  const row = db.get("select verdict from verdict where workspace = ? and uid = ?", workspace, uid);
  return row === undefined ? null : parseVerdict(row);
}

function raiseClient(db: Database, { workspace, origin, now }: CommitCommand): void {
  db.run(
    `insert into client (workspace, client, user, lmid, instance, schema, seen_at)
     values (?, ?, ?, ?, ?, ?, ?)
     on conflict (workspace, client) do update set lmid = excluded.lmid, user = excluded.user,
       instance = excluded.instance, schema = excluded.schema, seen_at = excluded.seen_at`,
    workspace,
    origin.client,
    origin.user,
    origin.mid,
    origin.instance,
    origin.schema,
    now,
  );
}

function holds(db: Database, workspace: string, expect: readonly Expectation[]): boolean {
  return expect.every(({ key: [kind, id], rev }) => {
    if (kind === "signUp") return (readSignUp(db, workspace, id)?.rev ?? null) === rev;
    const row = db.get(
      "select rev from document where workspace = ? and kind = ? and id = ? and dead = 0",
      workspace,
      kind,
      id,
    );
    return row === undefined ? rev === null : Number(row["rev"]) === rev;
  });
}

function headOf(db: Database, workspace: string, feed: StoredFeed): Head {
  const row = db.get(
    "select head, floor from feed where workspace = ? and feed = ?",
    workspace,
    feed,
  );
  return { head: Number(row?.["head"] ?? 0), floor: Number(row?.["floor"] ?? 0) };
}

function pageOf(
  db: Database,
  workspace: string,
  feed: StoredFeed,
  {
    from,
    maxRows,
    maxBytes,
  }: { readonly from: number; readonly maxRows: number; readonly maxBytes: number },
) {
  const rows: { -readonly [C in keyof Rows]: Rows[C] } = { ver: [], kind: [], id: [], doc: [] };
  const { head } = headOf(db, workspace, feed);
  let bytes = 0;
  let more = false;
  const scan = db.each(
    "select ver, kind, id, doc from document where workspace = ? and feed = ? and ver > ? order by ver limit ?",
    workspace,
    feed,
    from,
    maxRows + 1,
  );
  for (const row of scan) {
    const text = typeof row["doc"] === "string" ? row["doc"] : null;
    if (rows.ver.length === maxRows || (bytes > maxBytes && rows.ver.length > 0)) {
      more = true;
      break;
    }
    bytes += (text?.length ?? 0) + 60;
    rows.ver.push(Number(row["ver"]));
    rows.kind.push(kindOfRow(row));
    rows.id.push(String(row["id"]));
    rows.doc.push(text === null ? null : JSON.parse(text));
  }
  return { from, to: more ? (rows.ver.at(-1) ?? from) : head, more, rows };
}

function kindOfRow(row: Row): SyncedKind {
  const kind = kinds.find((each) => each === row["kind"]);
  if (kind === undefined)
    throw new Error(`the database holds a document of the unknown kind ${String(row["kind"])}`);
  return kind;
}

function purge(db: Database, before: number): number {
  const rows = db.all(
    "select workspace, feed, max(ver) as ver, count(*) as n from document where dead = 1 and at < ? group by workspace, feed",
    before,
  );
  let purged = 0;
  for (const row of rows) {
    const workspace = String(row["workspace"]);
    const feed = String(row["feed"]);
    db.run(
      "update feed set floor = max(floor, ?) where workspace = ? and feed = ?",
      Number(row["ver"]),
      workspace,
      feed,
    );
    purged += db.run(
      "delete from document where workspace = ? and feed = ? and dead = 1 and at < ?",
      workspace,
      feed,
      before,
    );
  }
  return purged;
}

function parseVerdict(row: Row): Verdict {
  return JSON.parse(String(row["verdict"]));
}

function keyText([kind, id]: Key): string {
  return `${kind}:${id}`;
}
