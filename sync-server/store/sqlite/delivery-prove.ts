/** What receipts prove, and looking after those that do not come. */
import { adds } from "#domain/message/merge.ts";
import { reasonOf } from "#domain/message/reason.ts";
import { kindOf, stateOf } from "#domain/message/state.ts";
import type { Awaiting, DeliveryStore, Proof, ProveAnswer, Resending } from "../delivery-store.ts";
import type { Database } from "./database.ts";
import { addAttempt, evidenceOf, isAwaiting } from "./delivery-evidence.ts";
import { noteUnmeasured } from "./delivery-lengths.ts";
import { createMover, type Message, type Mover } from "./delivery-moves.ts";
import { chunkRows, type Place } from "./delivery-place.ts";
import { createResender, type Resender } from "./delivery-resend.ts";
import {
  bySecondWay,
  distributionOf,
  messageOf,
  rowsOfChunk,
  setTimer,
  type Distribution,
} from "./delivery-rows.ts";
import { movingAlike } from "./delivery-spans.ts";
import { fallenOf, goesBy, isBy } from "./fallen.ts";
import { actOnEvidence } from "./limits-evidence.ts";
import { hear } from "./limits-opt-out.ts";
import type { Operations } from "./operation.ts";
import { createDelayNotes, type DelayNotes } from "./receipt-delays.ts";

export const proving: Pick<Operations<DeliveryStore>, "prove" | "awaiting" | "lookedAfter"> = {
  prove: (db, { distribution: seq, proofs, resend = null, heard = null, now }) => {
    const place = distributionOf(db, seq);
    const mover = createMover(db, place);
    const delays = heard === null ? null : createDelayNotes(db, place, { heard, now });
    const answer = proveAll(db, place, mover, { proofs, resend, delays, now });
    mover.finish();
    delays?.finish();
    lookAfterHeard(db, place, proofs, now);
    return answer;
  },

  awaiting: (db, { distribution: seq, now }) => {
    const place = distributionOf(db, seq);
    const chunk = db.get(
      `select k, ver from chunk where ws = ? and distribution = ? and look_at is not null and look_at <= ? order by look_at limit 1`,
      place.ws,
      seq,
      now,
    );
    if (chunk === undefined) return null;
    const k = Number(chunk["k"]);
    return { k, ver: Number(chunk["ver"]), messages: awaitingOfChunk(db, place, k) };
  },

  lookedAfter: (
    db,
    {
      distribution: seq,
      way,
      k,
      ver,
      proofs,
      heard = [],
      unconfirmedBefore,
      nextAt,
      soonAt,
      resend = null,
      now,
    },
  ) => {
    const place = distributionOf(db, seq, way);
    const nextLookAt =
      versionOf(db, place, k) === ver ? nextAt : Math.min(nextAt ?? soonAt, soonAt);
    const mover = createMover(db, place);
    // They came when we asked: that says nothing of how long they take.
    const answer = proveAll(db, place, mover, { proofs, resend, delays: null, now });
    for (const found of rowsOfChunk(db, place, k, ["submitted", "sent"])) {
      // Accepted under a clock that ran ahead: its time for proof begins now.
      const message = found.at > now ? redate(mover, found, now) : found;
      if (message.at > unconfirmedBefore || !isBy(db, place, message.n)) continue;
      mover.move(message, { by: "receipt", state: "unconfirmed", reason: "none", at: now });
    }
    mover.finish();
    const { channel, isSimulated, workspace } = place;
    if (!isSimulated && (channel === "email" || channel === "sms")) {
      hear(db, { workspace, channel, heard, now });
    }
    db.run(
      `update chunk set look_at = case when waiting > 0 then ? end
        where ws = ? and distribution = ? and k = ?`,
      nextLookAt,
      place.ws,
      seq,
      k,
    );
    return answer;
  },
};

interface Hearing {
  readonly proofs: readonly Proof[];
  readonly resend: Resending | null;
  /** null: nothing is learned from them. */
  readonly delays: DelayNotes | null;
  readonly now: number;
}

function proveAll(
  db: Database,
  place: Distribution,
  mover: Mover,
  { proofs, resend, delays, now }: Hearing,
): ProveAnswer {
  const sendAgain = createResender(db, place, mover, { resend, now });
  const prover = { db, place, mover, delays, sendAgain, now };
  const news: number[] = [];
  for (let at = 0; at < proofs.length;) {
    const run = runFrom(proofs, at);
    const isRun = run.length > 1 && proveRun(prover, run);
    for (const proof of run) {
      if (isRun || proveOne(prover, proof)) news.push(at);
      at += 1;
    }
  }
  return { applied: news.length, ignored: proofs.length - news.length, news };
}

interface Prover {
  readonly db: Database;
  readonly place: Distribution;
  readonly mover: Mover;
  readonly delays: DelayNotes | null;
  readonly sendAgain: Resender;
  readonly now: number;
}

/** Proofs from `at` on that say of neighbours of one chunk that they arrived, at one moment; else that one alone. */
function runFrom(proofs: readonly Proof[], at: number): readonly Proof[] {
  const run = proofs.slice(at, at + 1);
  const [first] = run;
  if (first === undefined || !isGood(first)) return run;
  for (const next of proofs.slice(at + 1, at + chunkRows)) {
    const n = first.n + run.length;
    if (next.n !== n || chunkOf(n) !== chunkOf(first.n) || !saysTheSame(first, next)) break;
    run.push(next);
  }
  return run;
}

/** Nothing follows from it for the address, and nothing has to be kept of its words. */
function isGood({ carrier, reason, state }: Proof): boolean {
  if (carrier !== undefined) return false;
  return reason === "none" && (state === "sent" || state === "delivered" || state === "read");
}

function saysTheSame(a: Proof, b: Proof): boolean {
  return (
    b.carrier === undefined &&
    a.state === b.state &&
    a.reason === b.reason &&
    a.gen === b.gen &&
    a.at === b.at
  );
}

/** Whether it was written at once, which it is where all stand alike. */
function proveRun({ db, place, mover, delays, now }: Prover, run: readonly Proof[]): boolean {
  const [proof] = run;
  if (proof === undefined) return false;
  const span = { first: proof.n, last: proof.n + run.length - 1 };
  const alike = movingAlike(db, place, span);
  if (alike === null || !adds(evidenceOf(alike.first), proof)) return false;
  if (place.fallsBack && alike.first.gen > 1) return false;
  const { state, reason, at } = proof;
  if (!mover.moveRun(alike, { by: "receipt", state, reason, at })) return false;
  delays?.note(alike.first, proof, run.length);
  for (const { n } of run) noteUnmeasured(db, place, { ...alike.first, n }, now);
  db.run(
    "delete from timer where ws = ? and distribution = ? and n between ? and ?",
    place.ws,
    place.seq,
    span.first,
    span.last,
  );
  return true;
}

/** Whoever has the message tells that it takes longer, and why. */
function isDelay({ state, reason }: Proof): boolean {
  return state === "submitted" && reason !== "none";
}

/** That it was taken is all that a delay proves. */
function withoutDelay(proof: Proof): Pick<Proof, "state" | "reason" | "at"> {
  return isDelay(proof) ? { ...proof, reason: "none" } : proof;
}

/** Whether it was news. */
function proveOne({ db, place, mover, delays, sendAgain, now }: Prover, proof: Proof): boolean {
  const found = messageOf(db, place, proof.n);
  if (found === null) return false;
  const message = proof.carrier === undefined ? found : mover.correct(found, proof.carrier);
  const { state, reason, at } = withoutDelay(proof);
  // Why it takes so long is kept of whoever waits for it still, and changes no state.
  if (isDelay(proof)) addAttempt(db, place, { ...proof, try: message.try }, proof);
  if (!adds(evidenceOf(message), { ...proof, state, reason })) {
    mover.hear(message, { state, reason, at });
    return false;
  }
  const isBack = isOfFirstWay(db, place, proof);
  const moved = mover.move(message, { by: "receipt", state, reason, at });
  if (moved === null) return false;
  noteUnmeasured(db, place, message, now);
  if (isBack) mover.giveBack(moved);
  delays?.note(message, proof);
  setTimer(db, place, proof.n, null);
  actOnEvidence(db, evidencePlace(db, place, proof), proof);
  if (reason !== "none") addAttempt(db, place, { ...proof, try: message.try }, proof);
  sendAgain(moved);
  return true;
}

/** Whether it proves that the first way reached somebody for whom the second one was begun. */
function isOfFirstWay(db: Database, place: Distribution, { n, gen, state }: Proof): boolean {
  if (!place.fallsBack || kindOf[state] !== "positive") return false;
  const fallen = fallenOf(db, place, n);
  return fallen !== null && gen < fallen.gen && !fallen.isReturned;
}

/** Whose channel the address is of that a failure says something of. */
function evidencePlace(db: Database, place: Distribution, { n, gen }: Proof): Distribution {
  if (!place.fallsBack || place.way === "fallback") return place;
  const fallen = fallenOf(db, place, n);
  return fallen !== null && gen >= fallen.gen ? bySecondWay(db, place) : place;
}

function chunkOf(n: number): number {
  return Math.floor((n - 1) / chunkRows);
}

function redate(mover: Mover, message: Message, at: number): Message {
  const { state } = message;
  const change = { by: "receipt", state, reason: reasonOf(message.reason), at } as const;
  return mover.move(message, change) ?? message;
}

/**
 * Who was in doubt, or never sent as far as we know, may now be known as sent: from here on
 * somebody has to look after their last word, as the settling of a call would have arranged.
 */
function lookAfterHeard(
  db: Database,
  { ws, seq }: Place,
  proofs: readonly Proof[],
  now: number,
): void {
  const awaited = proofs.filter(({ state }) => isAwaiting(state));
  for (const k of new Set(awaited.map(({ n }) => chunkOf(n)))) {
    db.run(
      `update chunk set look_at = ? where ws = ? and distribution = ? and k = ?
        and waiting > 0 and look_at is null`,
      now,
      ws,
      seq,
      k,
    );
  }
}

function versionOf(db: Database, { ws, seq }: Place, k: number): number {
  const chunk = db.get(
    "select ver from chunk where ws = ? and distribution = ? and k = ?",
    ws,
    seq,
    k,
  );
  return Number(chunk?.["ver"]);
}

function awaitingOfChunk(
  db: Database,
  { ws, seq, fallsBack }: Distribution,
  k: number,
): readonly Awaiting[] {
  const isOwn = fallsBack ? goesBy("own", "m") : "1";
  return db
    .all(
      `select m.n, m.gen, m.address, m.state, m.at, ${isOwn} as own from message m
        where ws = ? and distribution = ? and n between ? and ? and state in (3, 4)`,
      ws,
      seq,
      k * chunkRows + 1,
      (k + 1) * chunkRows,
    )
    .map((row) => ({
      n: Number(row["n"]),
      gen: Number(row["gen"]),
      address: String(row["address"]),
      state: stateOf(Number(row["state"])),
      at: Number(row["at"]),
      way: row["own"] === 1 ? "own" : "fallback",
    }));
}
