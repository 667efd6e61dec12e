/**
 * What settled campaigns were for their recipients. A campaign's rows are noted once nothing of
 * it is open any more, chunk by chunk, and a chunk again whenever its rows changed since: a late
 * receipt flips an outcome as if it had come in time. All of it is a function of the rows.
 */
import { addressKindOf } from "#domain/campaign/channel.ts";
import type { Instant } from "#domain/core/time.ts";
import type { PeopleLimits } from "#domain/limits/people-limits.ts";
import { missReasons } from "#domain/limits/suppression.ts";
import {
  nextState,
  standingOf,
  type Outcome,
  type UnreachableState,
} from "#domain/limits/unreachable.ts";
import { reasonCode } from "#domain/message/reason.ts";
import { stateCodes } from "#domain/message/state.ts";
import type { LimitsStore } from "../limits-store.ts";
import type { Database, Value } from "./database.ts";
import { chunkRows } from "./delivery-place.ts";
import { bySecondWay, distributionOf, type Distribution } from "./delivery-rows.ts";
import { standsBySecond } from "./fallen.ts";
import { prunePressure, readLimits } from "./limits-settings.ts";
import { liftUnreachable, listUnreachable, suppressUnreachable } from "./limits-standing.ts";

const missCodes = missReasons.map(reasonCode).join(", ");
/** Failed or undelivered, for a reason of the recipient's. */
const isMissed = `m.state in (8, 9) and m.reason in (${missCodes}) and m.address <> ''`;
const isReached = "m.state in (10, 11)";

export function noteOutcomes(
  db: Database,
  { distribution: seq, chunks, now }: Parameters<LimitsStore["noteOutcomes"]>[0],
): "more" | "done" {
  const distribution = distributionOf(db, seq);
  const { fallsBack, ws, ver } = distribution;
  const all = fallsBack ? [distribution, bySecondWay(db, distribution)] : [distribution];
  const ways = all.filter(({ isSimulated }) => !isSimulated);
  const stale =
    ways.length === 0
      ? []
      : db.all(
          "select k, ver from chunk where ws = ? and distribution = ? and noted <> ver order by k limit ?",
          ws,
          seq,
          chunks,
        );
  const limits = readLimits(db, distribution.workspace);
  for (const { k, ver: chunkVer } of stale) {
    for (const way of ways) noteChunk({ db, distribution: way, limits, now }, Number(k));
    db.run(
      "update chunk set noted = ? where ws = ? and distribution = ? and k = ?",
      Number(chunkVer),
      ws,
      seq,
      Number(k),
    );
  }
  if (stale.length === chunks) return "more";
  for (const way of all) prunePressure(db, way, now);
  db.run("update distribution set noted = ? where seq = ?", ver, seq);
  return "done";
}

interface Noter {
  readonly db: Database;
  readonly distribution: Distribution;
  readonly limits: PeopleLimits;
  readonly now: Instant;
}

function noteChunk(noter: Noter, k: number): void {
  const { db, distribution } = noter;
  const { ws, seq, channel } = distribution;
  const range: readonly Value[] = [ws, seq, k * chunkRows + 1, (k + 1) * chunkRows];
  const rows = `from ${rowsOf(distribution)} m where m.ws = ? and m.distribution = ? and m.n between ? and ?`;
  db.run(
    `insert into reached (ws, channel, address, distribution, at)
     select m.ws, ?, m.address, m.distribution, m.at ${rows} and ${isReached}
     on conflict (ws, channel, address) do update
       set distribution = excluded.distribution, at = excluded.at
       where excluded.distribution > reached.distribution`,
    channel,
    ...range,
  );
  db.run(
    `delete from outcome where ws = ? and channel = ? and distribution = ? and address in
      (select m.address ${rows} and not (${isMissed}))`,
    ws,
    channel,
    seq,
    ...range,
  );
  db.run(
    `insert into outcome (ws, channel, address, distribution, what, segments, at)
     select m.ws, ?, m.address, m.distribution, 'missed', m.segments, m.at ${rows} and ${isMissed}
     on conflict (ws, channel, address, distribution) do update
       set what = excluded.what, segments = excluded.segments, at = excluded.at`,
    channel,
    ...range,
  );
  noteSpared(noter, rows, range);
  judgeChunk(noter, rows, range);
}

const columns = "ws, distribution, n, address, state, reason, segments, at";

/**
 * Messages as they stand by the channel of this way. Who went on by the second one failed by the
 * first; of the address by which it did not go in the end nothing is told but that.
 */
function rowsOf({ fallsBack, way }: Distribution): string {
  if (!fallsBack) return "message";
  const isHere = way === "own" ? `not ${standsBySecond("o")}` : standsBySecond("o");
  const [returned, state, reason] = way === "own" ? [0, stateCodes.failed, "f.reason"] : [1, 0, 0];
  return `(select ${columns} from message o where ${isHere}
    union all
    select f.ws, f.distribution, f.n, f.address, ${state}, ${reason}, 1, o.at from fallen f
      join message o on o.ws = f.ws and o.distribution = f.distribution and o.n = f.n
     where f.returned = ${returned})`;
}

/** Who was not written to, as nothing reaches them: at what a message of this campaign came to. */
function noteSpared({ db, distribution }: Noter, rows: string, range: readonly Value[]): void {
  const { ws, seq, channel } = distribution;
  db.run(
    `insert into outcome (ws, channel, address, distribution, what, segments, at)
     select m.ws, ?, m.address, m.distribution, 'spared', coalesce((
         select max(1, round(1.0 * sum(t.segments) / sum(t.n))) from tally t
          where t.ws = ? and t.distribution = ? and t.n > 0 and t.state in (3, 4, 5, 8, 9, 10, 11)
       ), 1), m.at ${rows} and m.state = 6 and m.reason = ${reasonCode("suppressed")}
        and exists (select 1 from unreachable u where u.ws = m.ws and u.channel = ?
          and u.address = m.address and u.state = 'suppressed')
     on conflict do nothing`,
    channel,
    ws,
    seq,
    ...range,
    channel,
  );
}

/** Looks again at who has missed enough, and at who was counted as unreachable. */
function judgeChunk(noter: Noter, rows: string, range: readonly Value[]): void {
  const { db, distribution, limits } = noter;
  const { ws, channel } = distribution;
  const inChunk = `in (select m.address ${rows})`;
  const due = db.all(
    `select address from outcome where ws = ? and channel = ? and what = 'missed' and address ${inChunk}
      group by address having count(*) >= ?
     union
     select address from unreachable where ws = ? and channel = ? and state <> 'none' and address ${inChunk}`,
    ws,
    channel,
    ...range,
    limits.unreachable.threshold,
    ws,
    channel,
    ...range,
  );
  for (const { address } of due) judge(noter, String(address));
}

function judge({ db, distribution, limits, now }: Noter, address: string): void {
  const { workspace, ws, channel, campaign } = distribution;
  if (channel !== "email" && channel !== "sms") return;
  const known = db.get(
    "select state, reset from unreachable where ws = ? and channel = ? and address = ?",
    ws,
    channel,
    address,
  );
  const { threshold, isAutomatic } = limits.unreachable;
  const rule = { threshold, after: Number(known?.["reset"] ?? 0) };
  const standing = standingOf(outcomesOf(db, { ws, channel, address }), rule);
  const was = toState(known?.["state"]);
  const next = nextState(was, standing, isAutomatic);
  if (next === "none" && was === "none") return;
  const kind = addressKindOf[channel];
  const of = { workspace, ws, channel, kind, address, campaignId: campaign, now };
  if (next === "none") liftUnreachable(db, of, was);
  else if (next === "listed") listUnreachable(db, { ...of, ...standing, isNew: was === "none" });
  else if (was !== "suppressed") suppressUnreachable(db, { ...of, ...standing, by: null });
}

function outcomesOf(
  db: Database,
  of: { readonly ws: number; readonly channel: string; readonly address: string },
): readonly Outcome[] {
  return db
    .all(
      `select distribution, 'missed' as sign, at from outcome
        where ws = ? and channel = ? and address = ? and what = 'missed'
       union all
       select distribution, 'reached', at from reached where ws = ? and channel = ? and address = ?`,
      of.ws,
      of.channel,
      of.address,
      of.ws,
      of.channel,
      of.address,
    )
    .map((row) => ({
      order: Number(row["distribution"]),
      sign: row["sign"] === "reached" ? "reached" : "missed",
      at: Number(row["at"]),
    }));
}

export function toState(value: unknown): UnreachableState {
  return (["listed", "suppressed"] as const).find((state) => state === value) ?? "none";
}
