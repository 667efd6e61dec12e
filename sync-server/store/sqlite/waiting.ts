/**
 * What waits, for operators. Only campaigns that are not over are looked at, by their indexes and
 * counters: it is cheap enough for a scrape every few seconds.
 */
import { messageStates, stateCodes } from "#domain/message/state.ts";
import type { Instant } from "#domain/core/time.ts";
import type { Counted, Waiting } from "../admin-store.ts";
import type { Database, Row } from "./database.ts";
import { dueWatches } from "./delivery-watch.ts";
import { wayCodes } from "./fallen.ts";
import { isAtWork, isUntold } from "./indexed.ts";
import { inboxWaiting } from "./receipt-inbox.ts";
import { unmatchedCounts } from "./unmatched.ts";

/** Timers beyond so many are not counted one by one. */
const maxCounted = 100_000;

const open = "select ws, seq from distribution indexed by distribution_open where stage <> 'done'";

export function waiting(db: Database, now: Instant): Waiting {
  const distributions = db.all(open).map(({ ws, seq }) => [Number(ws), Number(seq)] as const);
  return {
    campaigns: campaigns(db),
    messages: messages(db),
    oldestLaunchAt: instantOf(
      db.get(
        `select min(d.created_at) as at from distribution d
          where d.seq in (select seq from (${open})) and exists (select 1 from tally t
            where t.ws = d.ws and t.distribution = d.seq and t.state < ? and t.n > 0)`,
        stateCodes.submitted,
      ),
    ),
    timers: timers(db, distributions, now),
    chunks: chunks(db, distributions),
    receipts: receipts(db, distributions, now),
    unflushed: numberOf(
      db.get(
        "select count(*) as n from distribution indexed by distribution_stale where ver <> flushed",
      ),
    ),
    unmatched: unmatchedCounts(db),
    inbox: inboxWaiting(db),
    notices: notices(db, now),
    watches: watches(db, now),
    unnoted: numberOf(
      db.get(
        "select count(*) as n from distribution indexed by distribution_unnoted where stage = 'done' and noted <> ver",
      ),
    ),
    mailboxes: mailboxes(db),
    reports: reports(db, now),
    illegalEvidence: numberOf(db.get("select coalesce(sum(n), 0) as n from illegal_evidence")),
  };
}

function campaigns(db: Database): readonly Counted[] {
  const launched = db.all(
    `select coalesce(c.phase, 'deleted') as phase, json_extract(c.doc, '$.pauseReason') as reason,
        count(*) as n
       from (${open}) o join distribution d on d.seq = o.seq
       left join document c on c.workspace = d.workspace and c.kind = 'campaign'
        and c.id = d.campaign and c.dead = 0
      group by 1, 2 order by 1, 2`,
  );
  const planned = db.all(
    `select phase, count(*) as n from document indexed by document_work
      where ${isAtWork} and phase = 'scheduled' group by 1`,
  );
  return [...planned, ...launched].map((row) => {
    const reason = row["reason"];
    const isPaused = row["phase"] === "paused" && typeof reason === "string";
    return {
      what: isPaused ? `paused_${reason}` : String(row["phase"]),
      n: Number(row["n"]),
    };
  });
}

function messages(db: Database): readonly Counted[] {
  const rows = db.all(
    `select t.state, sum(t.n) as n from (${open}) o
       join tally t on t.ws = o.ws and t.distribution = o.seq and t.state < ?
      group by t.state`,
    stateCodes.unconfirmed,
  );
  const counts = new Map(rows.map((row) => [Number(row["state"]), Number(row["n"])]));
  return messageStates
    .filter((state) => stateCodes[state] < stateCodes.unconfirmed)
    .map((state) => ({ what: state, n: counts.get(stateCodes[state]) ?? 0 }));
}

type Places = readonly (readonly [ws: number, seq: number])[];

function timers(db: Database, places: Places, now: Instant): Waiting["timers"] {
  const counted = { all: 0, due: 0, firstAt: null as Instant | null };
  const still = standingStill(db);
  for (const [ws, seq] of places) {
    const key = [ws, seq] as const;
    const from = "from timer where ws = ? and distribution = ?";
    counted.all += numberOf(
      db.get(`select count(*) as n from (select 1 ${from} limit ${maxCounted})`, ...key),
    );
    // Nobody comes to them while their campaign is paused.
    if (still.has(seq)) continue;
    for (const way of Object.values(wayCodes)) {
      const of = `${from} and way = ${way}`;
      counted.due += numberOf(
        db.get(
          `select count(*) as n from (select 1 ${of} and at <= ? limit ${maxCounted})`,
          ...key,
          now,
        ),
      );
      const first = instantOf(db.get(`select min(at) as at ${of}`, ...key));
      counted.firstAt = earlier(counted.firstAt, first);
    }
  }
  return { ...counted, firstAt: past(counted.firstAt, now) };
}

function standingStill(db: Database): ReadonlySet<number> {
  const paused = db.all(
    `select o.seq from (${open}) o join distribution d on d.seq = o.seq
       join document c on c.workspace = d.workspace and c.kind = 'campaign' and c.id = d.campaign
      where c.phase = 'paused' and c.dead = 0`,
  );
  return new Set(paused.map(({ seq }) => Number(seq)));
}

function chunks(db: Database, places: Places): Waiting["chunks"] {
  const counted = { leased: 0, fresh: 0 };
  for (const [ws, seq] of places) {
    const row = db.get(
      `select count(*) filter (where sending > 0) as leased,
          count(*) filter (where next <= last) as fresh
         from chunk where ws = ? and distribution = ?`,
      ws,
      seq,
    );
    counted.leased += Number(row?.["leased"]);
    counted.fresh += Number(row?.["fresh"]);
  }
  return counted;
}

function receipts(db: Database, places: Places, now: Instant): Waiting["receipts"] {
  const counted = { due: 0, firstAt: null as Instant | null };
  for (const [ws, seq] of places) {
    const row = db.get(
      `select count(*) as n, min(look_at) as at from chunk indexed by chunk_look
        where ws = ? and distribution = ? and look_at is not null and look_at <= ?`,
      ws,
      seq,
      now,
    );
    counted.due += numberOf(row);
    counted.firstAt = earlier(counted.firstAt, instantOf(row));
  }
  return counted;
}

/** What people are to be told outside of the app: noted and not spread yet, and not told yet. */
function notices(db: Database, now: Instant): Waiting["notices"] {
  const noted = numberOf(db.get("select count(*) as n from notice where bundle is null"));
  const row = db.get(
    `select count(*) as n, min(due_at) as at from telling indexed by telling_due
      where ${isUntold}`,
  );
  const firstAt = past(instantOf(row), now);
  return { waiting: noted + numberOf(row), firstAt };
}

function watches(db: Database, now: Instant): Waiting["watches"] {
  const all = dueWatches(db, now);
  const due = all.flatMap(({ dueAt }) => (dueAt !== null && dueAt <= now ? [dueAt] : []));
  return { all: all.length, due: due.length, firstAt: due.length === 0 ? null : Math.min(...due) };
}

/** Of accounts that are still there: what came back to the others concerns nobody. */
function mailboxes(db: Database): Waiting["mailboxes"] {
  const row = db.get(
    `select count(*) as n, min(coalesce(b.ok_at, b.read_at)) as at from bounce_reading b
       join document a on a.workspace = b.workspace and a.kind = 'account' and a.id = b.account
        and a.dead = 0
      where b.problem is not null`,
  );
  return { failing: numberOf(row), firstAt: instantOf(row) };
}

function reports(db: Database, now: Instant): Waiting["reports"] {
  const row = db.get(
    `select count(*) as n, min(next_at) as at from report_subscription where next_at <= ?`,
    now,
  );
  return { due: numberOf(row), firstAt: instantOf(row) };
}

function numberOf(row: Row | undefined): number {
  return Number(row?.["n"] ?? 0);
}

function instantOf(row: Row | undefined): Instant | null {
  const at = row?.["at"];
  return at === null || at === undefined ? null : Number(at);
}

function earlier(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}

function past(at: Instant | null, now: Instant): Instant | null {
  return at !== null && at <= now ? at : null;
}
