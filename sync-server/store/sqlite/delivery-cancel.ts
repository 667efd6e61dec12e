/** The end of a campaign that a person stopped: what was not handed over is canceled, in parts. */
import { reasonOf, type Reason } from "#domain/message/reason.ts";
import type { DeliveryStore } from "../delivery-store.ts";
import type { Database } from "./database.ts";
import { returnCodes } from "./delivery-codes.ts";
import { createMover, messageColumns, toMessage, type Mover } from "./delivery-moves.ts";
import { chunkRows, type Place } from "./delivery-place.ts";
import { alike } from "./delivery-runs.ts";
import {
  distributionOf,
  phaseOf,
  rowsOfChunk,
  setTimer,
  type Distribution,
} from "./delivery-rows.ts";
import type { Operations } from "./operation.ts";

export const canceling: Pick<Operations<DeliveryStore>, "cancel"> = {
  cancel: (db, { distribution: seq, limit, now }) => {
    const place = distributionOf(db, seq);
    const phase = phaseOf(db, place);
    if (phase !== "canceled" && phase !== null) return "done";
    if (place.stage !== "canceling" && place.stage !== "done") {
      db.run("delete from taken where ws = ? and distribution = ?", place.ws, seq);
      db.run("update distribution set stage = 'canceling' where seq = ?", seq);
    }
    const mover = createMover(db, place);
    const part: Part = { limit, reason: reasonFor(db, place), now };
    const left = cancelFresh(db, place, mover, part) + endTimers(db, place, mover, part);
    mover.finish();
    if (left > 0) return "more";
    const { unsubmitted, all } = openRows(db, place);
    // No counter changes any more, and still its end is to be shown and written.
    if (all === 0)
      db.run("update distribution set ver = ver + 1 where seq = ? and ver = flushed", seq);
    return unsubmitted > 0 ? "waiting" : "done";
  },
};

interface Part {
  readonly limit: number;
  /** Why they do not go out. */
  readonly reason: Reason;
  readonly now: number;
}

/** What an unpaid or locked account kept back was not sent for that, whoever ends the campaign then (S4-10). */
function reasonFor(db: Database, { workspace, account }: Distribution): Reason {
  const row = db.get(
    "select reason from account_state where workspace = ? and account = ? and breaker <> 'closed'",
    workspace,
    account,
  );
  const isUnpaid =
    row?.["reason"] === "payment_required" || row?.["reason"] === "account_suspended";
  return isUnpaid ? "subscription_inactive" : "campaign_canceled";
}

/** Cancels rows that nobody looked at. Answers how many of the part were used up: 0 when none are left. */
function cancelFresh(
  db: Database,
  place: Distribution,
  mover: Mover,
  { limit, reason, now }: Part,
): number {
  let used = 0;
  while (used < limit) {
    const chunk = db.get(
      "select k, next, last from chunk indexed by chunk_fresh where ws = ? and distribution = ? and next <= last order by due_at, k limit 1",
      place.ws,
      place.seq,
    );
    if (chunk === undefined) return used;
    const k = Number(chunk["k"]);
    for (const run of alike(rowsOfChunk(db, place, k, ["queued"]))) {
      const [first] = run;
      if (first === undefined) continue;
      mover.moveRun(
        { first, carriers: run.map(({ carrier }) => carrier) },
        {
          by: "engine",
          state: "canceled",
          reason,
          at: now,
        },
      );
      db.run(
        "delete from timer where ws = ? and distribution = ? and n between ? and ?",
        place.ws,
        place.seq,
        first.n,
        first.n + run.length - 1,
      );
    }
    // No intent happened behind `next`, but of what goes by the second way: nobody can know these codes.
    for (const span of unlookedAt(db, place, Number(chunk["next"]), Number(chunk["last"])))
      returnCodes(db, place, { ...span, now });
    db.run(
      "update chunk set next = last + 1 where ws = ? and distribution = ? and k = ?",
      place.ws,
      place.seq,
      k,
    );
    used += chunkRows;
  }
  return used;
}

/** The spans between those that went by the second way, which waits for no chunk. */
function unlookedAt(
  db: Database,
  { ws, seq, fallsBack }: Distribution,
  from: number,
  last: number,
): readonly { readonly from: number; readonly to: number }[] {
  if (!fallsBack) return [{ from, to: last }];
  const fallen = db.all(
    "select n from fallen where ws = ? and distribution = ? and n between ? and ? order by n",
    ws,
    seq,
    from,
    last,
  );
  const ends = [...fallen.map(({ n }) => Number(n)), last + 1];
  const begins = [from, ...fallen.map(({ n }) => Number(n) + 1)];
  return begins
    .map((begin, index) => ({ from: begin, to: (ends[index] ?? begin) - 1 }))
    .filter((span) => span.from <= span.to);
}

/** Queued repeats are canceled; doubt ends when its time is over, as nothing will be tried again. */
function endTimers(db: Database, place: Distribution, mover: Mover, { reason, now }: Part): number {
  const rows = db
    .all(
      `select ${messageColumns} from standing where ws = ? and distribution = ? and n in
        (select n from timer where ws = ? and distribution = ?) limit 2000`,
      place.ws,
      place.seq,
      place.ws,
      place.seq,
    )
    .map(toMessage);
  let ended = 0;
  for (const message of rows) {
    if (message.state === "queued") {
      mover.move(message, {
        by: "engine",
        state: "canceled",
        reason,
        at: now,
      });
    } else if (message.state === "ambiguous" && isTimerDue(db, place, message.n, now)) {
      mover.move(message, {
        by: "engine",
        state: "unconfirmed",
        reason: reasonOf(message.reason),
        at: now,
      });
    } else continue;
    setTimer(db, place, message.n, null);
    ended += 1;
  }
  return ended;
}

function isTimerDue(db: Database, { ws, seq }: Place, n: number, now: number): boolean {
  return (
    db.get(
      "select 1 from timer where ws = ? and distribution = ? and n = ? and at <= ?",
      ws,
      seq,
      n,
      now,
    ) !== undefined
  );
}

/** Messages that are queued, in flight or in doubt; and all that are not settled. */
function openRows(db: Database, { ws, seq }: Place): { unsubmitted: number; all: number } {
  const row = db.get(
    `select coalesce(sum(n) filter (where state < 3), 0) as unsubmitted, coalesce(sum(n), 0) as n
      from tally where ws = ? and distribution = ? and state < 5`,
    ws,
    seq,
  );
  return { unsubmitted: Number(row?.["unsubmitted"]), all: Number(row?.["n"]) };
}
