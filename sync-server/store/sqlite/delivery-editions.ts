/**
 * Edits of a campaign that was launched. Each is a new edition: what is still queued takes it, and
 * so does whatever is sent again under a new key. A key never carries two texts: whose key may
 * already have been used, and may be used again, is noted with the text it carries, in the
 * transaction of the edit. So nothing has to be written for each message as it is sent.
 */
import type { Campaign, Content, Edition } from "#domain/campaign/campaign.ts";
import { contentOfFallback, fallbackOf } from "#domain/campaign/fallback.ts";
import type { Instant } from "#domain/core/time.ts";
import { reasonCode } from "#domain/message/reason.ts";
import { stateCodes } from "#domain/message/state.ts";
import type { Write } from "#domain/sync/decision.ts";
import type { Wording } from "../delivery-store.ts";
import type { Database } from "./database.ts";
import type { Message } from "./delivery-moves.ts";
import type { Place } from "./delivery-place.ts";
import { readTally } from "./delivery-rollup.ts";
import { rowsOfChunk, tellActivity } from "./delivery-rows.ts";

/** The writes as they are stored: a campaign that says something else than its messages do gets a new edition. */
export function withEditions(
  db: Database,
  workspace: string,
  writes: readonly Write[],
  now: Instant,
): readonly Write[] {
  return writes.map((write) => {
    if (write.kind !== "campaign" || write.doc === null) return write;
    return { ...write, doc: amended(db, workspace, write.doc, now) };
  });
}

interface Edited extends Place {
  readonly edition: number;
  readonly content: Content;
  /** The text message that goes out instead from now on; null: it falls back to nothing. */
  readonly fallback: Content | null;
  readonly launchedAt: Instant;
}

function amended(db: Database, workspace: string, campaign: Campaign, now: Instant): Campaign {
  const edited = findEdited(db, workspace, campaign);
  if (edited === null) return campaign;
  const { ws, seq, edition, fallback } = edited;
  keepOldTexts(db, edited);
  const counts = noteOld(db, edited);
  const content = JSON.stringify(campaign.content);
  db.run(
    "insert into edition (ws, distribution, n, content, since, fallback) values (?, ?, ?, ?, ?, ?)",
    ws,
    seq,
    edition + 1,
    content,
    now,
    fallback === null ? null : JSON.stringify(fallback),
  );
  db.run(
    "update distribution set content = ?, edition = ? where seq = ?",
    content,
    edition + 1,
    seq,
  );
  const detail = { edition: edition + 1, ...counts };
  tellActivity(db, workspace, { campaignId: campaign.id, event: "engine.edited", at: now, detail });
  return { ...campaign, editions: editionsAfter(campaign, edited, counts.earlier, now) };
}

/** The distribution of a campaign that says something new now; null when it says what it did. */
function findEdited(db: Database, workspace: string, campaign: Campaign): Edited | null {
  const { id, content } = campaign;
  const row = db.get(
    `select seq, ws, edition, content, created_at from distribution
      where workspace = ? and campaign = ? and stage <> 'done'`,
    workspace,
    id,
  );
  if (row === undefined) return null;
  const known: Content = JSON.parse(String(row["content"]));
  const parts = ["subject", "text", "html"] as const;
  const place = { ws: Number(row["ws"]), seq: Number(row["seq"]) };
  const instead = insteadOf(db, place);
  const wanted = fallbackOf(campaign);
  const fallback = wanted === null || instead === null ? instead : contentOfFallback(wanted);
  const isSame = parts.every((part) => known[part] === content[part]);
  if (isSame && fallback?.text === instead?.text) return null;
  return {
    ...place,
    fallback,
    edition: Number(row["edition"]),
    content: known,
    launchedAt: Number(row["created_at"]),
  };
}

/** The text message that goes out instead until now; null: it falls back to nothing. */
function insteadOf(db: Database, place: Place): Content | null {
  const row = db.get("select 1 from fallback where distribution = ?", place.seq);
  return row === undefined ? null : (wordingsOfFallback(db, place).at(-1)?.content ?? null);
}

/** The first text was never written down beside the distribution. */
function keepOldTexts(db: Database, { ws, seq, content, launchedAt }: Edited): void {
  db.run(
    "insert into edition (ws, distribution, n, content, since) values (?, ?, 1, ?, ?) on conflict do nothing",
    ws,
    seq,
    JSON.stringify(content),
    launchedAt,
  );
}

interface Counts {
  /** Recipients whose message was handed over, or may have been. */
  readonly earlier: number;
  /** Those who are still queued, and take the new text. */
  readonly later: number;
}

/** Notes whose key carries the old text and may be used once more, and counts. */
function noteOld(db: Database, { ws, seq, edition }: Edited): Counts {
  const place = { ws, seq };
  const tally = readTally(db, place);
  const note = (n: number, gen: number): number =>
    db.run(
      "insert into said values (?, ?, ?, ?, ?) on conflict do nothing",
      ws,
      seq,
      n,
      gen,
      edition,
    );
  for (const { n, gen } of inFlight(db, place)) note(n, gen);
  const isInDoubt = tally.some(
    ({ state, reason }) => state === "ambiguous" || reason === "outcome_unknown",
  );
  for (const { n, gen } of isInDoubt ? inDoubt(db, place) : []) note(Number(n), Number(gen));
  let repeated = 0;
  for (const { n, gen } of triedBefore(db, place)) {
    note(Number(n), Number(gen));
    repeated += 1;
  }
  const count = (states: ReadonlySet<string>): number =>
    tally.reduce((sum, row) => sum + (states.has(row.state) ? row.n : 0), 0);
  const total = tally.reduce((sum, { n }) => sum + n, 0);
  const queued = count(new Set(["queued"]));
  const never = count(new Set(["skipped", "canceled"]));
  const unwritten = tally
    .filter(({ reason }) => reason === "render_failed")
    .reduce((sum, { n }) => sum + n, 0);
  return { earlier: total - queued - never - unwritten + repeated, later: queued - repeated };
}

function inFlight(db: Database, place: Place): readonly Message[] {
  return db
    .all(
      "select k from chunk where ws = ? and distribution = ? and sending > 0",
      place.ws,
      place.seq,
    )
    .flatMap(({ k }) => rowsOfChunk(db, place, Number(k), ["sending"]));
}

/** Whose outcome is unknown: a person may have it sent once more, under the same key. */
function inDoubt(db: Database, { ws, seq }: Place) {
  return db.all(
    `select n, gen from message where ws = ? and distribution = ?
      and (state = ? or (state = ? and reason = ?))`,
    ws,
    seq,
    stateCodes.ambiguous,
    stateCodes.unconfirmed,
    reasonCode("outcome_unknown"),
  );
}

/** Queued after a try that the provider did not take: it knows the key already. */
function triedBefore(db: Database, { ws, seq }: Place) {
  return db.all(
    `select m.n, m.gen from timer t join message m on m.ws = t.ws
        and m.distribution = t.distribution and m.n = t.n
      where t.ws = ? and t.distribution = ? and m.state = 0 and exists (select 1 from attempt a
        where a.ws = m.ws and a.distribution = m.distribution and a.n = m.n and a.gen = m.gen)`,
    ws,
    seq,
  );
}

/** What the document tells of its texts. One that nobody was written to with is left out. */
function editionsAfter(
  { editions }: Campaign,
  { edition, launchedAt }: Edited,
  earlier: number,
  now: Instant,
): readonly Edition[] {
  const known = editions ?? [{ n: edition, since: launchedAt, handed: null }];
  const before = known.reduce((sum, { handed }) => sum + (handed ?? 0), 0);
  const handed = Math.max(0, earlier - before);
  const closed = known.map((each) => ({ ...each, handed: each.handed ?? handed }));
  const told = closed.filter((each) => each.handed > 0);
  return [...told, { n: edition + 1, since: now, handed: null }];
}

/** The texts that a message of the distribution may carry, the newest last. */
export function wordingsOf(db: Database, { ws, seq }: Place): readonly Wording[] {
  const kept = db
    .all(
      "select n, content, since from edition where ws = ? and distribution = ? order by n",
      ws,
      seq,
    )
    .map(({ n, content, since }) => ({
      edition: Number(n),
      content: JSON.parse(String(content)),
      since: Number(since),
    }));
  if (kept.length > 0) return kept;
  const row = db.get("select content, created_at from distribution where seq = ?", seq);
  const content = JSON.parse(String(row?.["content"]));
  return [{ edition: 1, content, since: Number(row?.["created_at"]) }];
}

/** The text message that the distribution falls back to, beside each of its texts. */
export function wordingsOfFallback(db: Database, place: Place): readonly Wording[] {
  const row = db.get("select content from fallback where distribution = ?", place.seq);
  const launched: Content = JSON.parse(String(row?.["content"]));
  const changed = new Map(
    db
      .all(
        "select n, fallback from edition where ws = ? and distribution = ? and fallback is not null",
        place.ws,
        place.seq,
      )
      .map(({ n, fallback }) => [Number(n), JSON.parse(String(fallback))]),
  );
  return wordingsOf(db, place).map((wording) => {
    return { ...wording, content: changed.get(wording.edition) ?? launched };
  });
}
