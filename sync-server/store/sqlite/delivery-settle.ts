/** What becomes of messages when their calls have ended. */
import { adds } from "#domain/message/merge.ts";
import { isAccepted } from "#domain/report/series.ts";
import { stateCodes } from "#domain/message/state.ts";
import type { DeliveryStore, Settlement } from "../delivery-store.ts";
import { eachOf, isPlain, timesOf } from "../settlement-runs.ts";
import type { Database } from "./database.ts";
import { forgetUnsaid } from "./delivery-said.ts";
import { addAttempt, evidenceOf, isAwaiting } from "./delivery-evidence.ts";
import { keepWithResults } from "./delivery-guards.ts";
import { openLengths, remeasure, type Lengths } from "./delivery-lengths.ts";
import { createMover, type Change, type Message, type Mover } from "./delivery-moves.ts";
import { chunkRows, type Place } from "./delivery-place.ts";
import { createResender, type Resender } from "./delivery-resend.ts";
import { distributionOf, messageOf, setTimer, type Distribution } from "./delivery-rows.ts";
import { messagesOf, movingAlike } from "./delivery-spans.ts";
import { actOnEvidence } from "./limits-evidence.ts";
import type { Operations } from "./operation.ts";

export const settling: Pick<Operations<DeliveryStore>, "settle"> = {
  settle: (db, { distribution: seq, way, settlements, lookAt, resend = null, ...kept }) => {
    const place = distributionOf(db, seq, way);
    const mover = createMover(db, place);
    const sendAgain = createResender(db, place, mover, { resend, now: kept.now });
    const lengths = openLengths(db, place, mover);
    const settler: Settler = { db, place, mover, lengths, sendAgain, touched: new Set() };
    let applied = 0;
    let given = 0;
    for (const part of partsOf(settlements)) {
      const [run] = part;
      if (run !== undefined && settleRun(settler, run)) applied += timesOf(run);
      else applied += settleEach(settler, eachOf(part));
      for (const settlement of part) given += timesOf(settlement);
    }
    mover.finish();
    lengths?.finish();
    forgetUnsaid(db, place, settlements);
    keepWithResults(db, place, kept);
    if (lookAt !== null) lookAfter(db, place, settler.touched, lookAt);
    return { applied, ignored: given - applied };
  },
};

interface Settler {
  readonly db: Database;
  readonly place: Distribution;
  readonly mover: Mover;
  /** null: of none of its messages it has to be found out how long it was. */
  readonly lengths: Lengths | null;
  readonly sendAgain: Resender;
  /** Chunks that somebody has to look after. */
  readonly touched: Set<number>;
}

/** Each run alone, cut where a chunk ends; what stands between runs together. In their order. */
function partsOf(settlements: readonly Settlement[]): readonly (readonly Settlement[])[] {
  const parts: Settlement[][] = [];
  let singles: Settlement[] | null = null;
  for (const settlement of settlements) {
    if (timesOf(settlement) === 1) {
      if (singles === null) parts.push((singles = []));
      singles.push(settlement);
    } else {
      singles = null;
      for (const inChunk of byChunk(settlement)) parts.push([inChunk]);
    }
  }
  return parts;
}

function byChunk(settlement: Settlement): readonly Settlement[] {
  const parts: Settlement[] = [];
  const end = settlement.n + timesOf(settlement);
  for (let n = settlement.n; n < end;) {
    const next = Math.min(end, (chunkOf(n) + 1) * chunkRows + 1);
    parts.push({ ...settlement, n, times: next - n });
    n = next;
  }
  return parts;
}

/** Whether it was written at once: results of calls that are in flight and were taken. */
function settleRun({ db, place, mover, lengths, touched }: Settler, run: Settlement): boolean {
  const { n, state } = run;
  const times = timesOf(run);
  if (times < 2 || !isPlain(run) || !isAccepted(state) || state === "undelivered") return false;
  const alike = movingAlike(db, place, { first: n, last: n + times - 1 });
  if (alike === null || !isOurs(alike.first, run)) return false;
  if (!mover.moveRun(alike, { ...changeOf(alike.first, run), by: "response" })) return false;
  lengths?.forget(run, times);
  if (isAwaiting(state)) touched.add(chunkOf(n));
  return true;
}

/** Answers how many said something new. */
function settleEach(settler: Settler, settlements: readonly Settlement[]): number {
  const { db, place, sendAgain, touched } = settler;
  const known = new Map(
    messagesOf(
      db,
      place,
      settlements.map(({ n }) => n),
    ),
  );
  let applied = 0;
  for (const settlement of settlements) {
    const { attempt, n, state } = settlement;
    const message = known.get(n) ?? messageOf(db, place, n);
    // A second result of the same message must see what the first one did.
    known.delete(n);
    const settled = message === null ? null : settleOne(settler, message, settlement);
    if (attempt !== null) addAttempt(db, place, settlement, attempt);
    if (settled === null) continue;
    sendAgain(settled);
    if (isAwaiting(state)) touched.add(chunkOf(n));
    applied += 1;
  }
  return applied;
}

/** The message as the result leaves it; null when it said nothing new. */
function settleOne(settler: Settler, message: Message, to: Settlement): Message | null {
  const { db, place, mover, lengths } = settler;
  const isOurCall = isOurs(message, to);
  const isProof = stateCodes[to.state] >= stateCodes.submitted;
  if (!isOurCall && !(isProof && adds(evidenceOf(message), to))) {
    measure(settler, message, to);
    return null;
  }
  const moved = mover.move(message, {
    ...changeOf(message, to),
    by: isOurCall ? "response" : "receipt",
  });
  if (moved === null) return null;
  if (to.segments !== null) lengths?.tell(moved, to);
  // What is in flight has no timer to take away.
  const dueAt = isOurCall && !isProof ? to.dueAt : null;
  if (!isOurCall || dueAt !== null) setTimer(db, place, to.n, dueAt);
  actOnEvidence(db, place, to);
  return moved;
}

/** A receipt came before the answer to the call: what that knows of the message is news all the same. */
function measure({ mover, lengths }: Settler, message: Message, to: Settlement): void {
  const { segments, providerId } = to;
  if (segments === null) return;
  const isOfItsCall = message.gen === to.gen && message.try === to.try;
  if (isOfItsCall) remeasure(mover, message, segments, providerId);
  lengths?.tell(isOfItsCall ? { ...message, segments } : message, to);
}

function changeOf(message: Message, to: Settlement): Omit<Change, "by"> {
  const { state, reason, at, segments, providerId } = to;
  return {
    state,
    reason,
    at,
    gen: to.renews ? message.gen + 1 : message.gen,
    try: triesAfter(message, to),
    ...(segments === null ? {} : { segments }),
    providerId,
  };
}

function triesAfter(message: Message, to: Settlement): number {
  if (to.renews) return 0;
  return to.counts ? message.try : message.try - 1;
}

/** Whether it is the result of the call that is in flight. */
function isOurs({ gen, state, try: attempt }: Message, to: Settlement): boolean {
  return gen === to.gen && attempt === to.try && state === "sending";
}

function lookAfter(
  db: Database,
  { ws, seq }: Place,
  chunks: ReadonlySet<number>,
  at: number,
): void {
  for (const k of chunks) {
    db.run(
      `update chunk set look_at = min(coalesce(look_at, ?), ?) where ws = ? and distribution = ? and k = ?`,
      at,
      at,
      ws,
      seq,
      k,
    );
  }
}

function chunkOf(n: number): number {
  return Math.floor((n - 1) / chunkRows);
}
