/** From a person's wish to send again to messages that wait for their turn, in parts. */
import type { Campaign } from "#domain/campaign/campaign.ts";
import { runOf } from "#domain/campaign/retry.ts";
import type { Instant } from "#domain/core/time.ts";
import { mayPick, type Picked } from "#domain/message/again.ts";
import { reasonCode, reasonOf } from "#domain/message/reason.ts";
import { stateCodes } from "#domain/message/state.ts";
import type { Write } from "#domain/sync/decision.ts";
import type { DeliveryStore } from "../delivery-store.ts";
import type { Database } from "./database.ts";
import {
  createMover,
  messageColumns,
  toMessage,
  type Change,
  type Message,
} from "./delivery-moves.ts";
import {
  campaignOf,
  distributionOf,
  phaseOf,
  setTimer,
  type Distribution,
} from "./delivery-rows.ts";
import type { Operations } from "./operation.ts";

export const retrying: Pick<Operations<DeliveryStore>, "reopen" | "requeue"> = {
  reopen: (db, { workspace, campaignId }) => {
    const row = db.get(
      "select seq from distribution where workspace = ? and campaign = ?",
      workspace,
      campaignId,
    );
    const campaign = campaignOf(db, workspace, campaignId);
    if (row !== undefined) reopenFor(db, distributionOf(db, Number(row["seq"])), campaign);
  },

  requeue: (db, { distribution: seq, batch, now }) => {
    const distribution = distributionOf(db, seq);
    if (distribution.stage !== "retrying") return "requeued";
    if (phaseOf(db, distribution) !== "active") return "stopped";
    const last = distribution.cursor + batch;
    const mover = createMover(db, distribution);
    for (const message of pickedOf(db, distribution, { after: distribution.cursor, last })) {
      if (mover.move(message, backAt(message, now)) === null) continue;
      setTimer(db, distribution, message.n, now);
    }
    mover.finish();
    const isOver = last >= distribution.total;
    db.run(
      "update distribution set cursor = ?, stage = ?, ver = ver + 1 where seq = ?",
      last,
      isOver ? "sending" : "retrying",
      seq,
    );
    return isOver ? "requeued" : "more";
  },
};

/** The writes as they are stored: who sends again twice before the first time was begun has both go out. */
export function withEarlierPicks(
  db: Database,
  workspace: string,
  writes: readonly Write[],
): readonly Write[] {
  return writes.map((write) => {
    if (write.kind !== "campaign" || write.doc === null || runOf(write.doc) < 3) return write;
    const { doc } = write;
    const known = campaignOf(db, workspace, doc.id);
    if (known === null || runOf(doc) === runOf(known)) return write;
    const isBegun = runOf(known) <= begunRun(db, workspace, doc.id);
    return isBegun ? write : { ...write, doc: withPicksOf(known, doc) };
  });
}

function withPicksOf({ retry: earlier = null }: Campaign, doc: Campaign): Campaign {
  const { retry = null } = doc;
  if (earlier === null || retry === null) return doc;
  const isNew = (pick: Picked): boolean => !earlier.picks.some((each) => isSame(each, pick));
  const picks = [...earlier.picks, ...retry.picks.filter(isNew)];
  // Who asks for the same twice is counted once.
  const n = retry.picks.every(isNew) ? earlier.n + retry.n : Math.max(earlier.n, retry.n);
  return { ...doc, retry: { ...retry, picks, n } };
}

function begunRun(db: Database, workspace: string, campaign: string): number {
  const row = db.get(
    "select run from distribution where workspace = ? and campaign = ?",
    workspace,
    campaign,
  );
  return Number(row?.["run"] ?? 0);
}

function isSame(a: Picked, b: Picked): boolean {
  return a.state === b.state && a.reason === b.reason;
}

/** Whether the campaign asks for a run that was not begun; then it is. */
export function reopenFor(
  db: Database,
  distribution: Distribution,
  campaign: Campaign | null,
): boolean {
  if (campaign === null) return false;
  const run = runOf(campaign);
  const isNew = campaign.phase === "active" && run > distribution.run;
  const isReady = distribution.stage === "sending" || distribution.stage === "done";
  if (!isNew || !isReady) return false;
  db.run(
    "update distribution set stage = 'retrying', cursor = 0, run = ?, picks = ? where seq = ?",
    run,
    JSON.stringify(campaign.retry?.picks ?? []),
    distribution.seq,
  );
  return true;
}

/** As a state and a reason are one number in a select. */
export function kindsOf(picks: readonly Picked[]): string {
  const kinds = picks.filter(mayPick);
  return JSON.stringify(
    kinds.map(({ state, reason }) => stateCodes[state] * 1_000 + reasonCode(reason)),
  );
}

/** Rows of a part whose state and reason were picked; consent is looked at when their turn comes. */
function pickedOf(
  db: Database,
  { ws, seq }: Distribution,
  { after, last }: { readonly after: number; readonly last: number },
): readonly Message[] {
  const row = db.get("select picks from distribution where seq = ?", seq);
  const picks: readonly Picked[] = JSON.parse(String(row?.["picks"]));
  return db
    .all(
      `select ${messageColumns} from standing where ws = ? and distribution = ? and n > ? and n <= ?
        and state * 1000 + reason in (select value from json_each(?)) order by n`,
      ws,
      seq,
      after,
      last,
      kindsOf(picks),
    )
    .map(toMessage);
}

/**
 * What failed for certain goes out under a new key. What may have arrived keeps its key and its
 * doubt: where keys are honoured, nobody gets it twice.
 */
export function backAt({ state, reason, gen }: Message, now: Instant): Change {
  const back = { by: "engine", at: now, try: 0 } as const;
  if (state === "unconfirmed") return { ...back, state: "ambiguous", reason: "outcome_unknown" };
  const isSent = state === "failed" || state === "undelivered";
  if (!isSent) return { ...back, state: "queued", reason: "none", gen: gen + 1 };
  return { ...back, state: "queued", reason: reasonOf(reason), gen: gen + 1, isResend: true };
}
