/** What becomes of messages after their call: results, receipts, doubts, crashes. */
import { adds, type Evidence } from "#domain/message/merge.ts";
import { reasonCode, reasonOf } from "#domain/message/reason.ts";
import { stateCodes, stateOf } from "#domain/message/state.ts";
import type {
  Awaiting,
  DeliveryStore,
  Proof,
  Resending,
  SettleAnswer,
  Settlement,
} from "../delivery-store.ts";
import type { Database } from "./database.ts";
import { forgetUnsaid } from "./delivery-editions.ts";
import { createMover, type Change, type Message, type Mover } from "./delivery-moves.ts";
import { chunkRows, type Place } from "./delivery-place.ts";
import { keepWithResults } from "./delivery-guards.ts";
import { createResender } from "./delivery-resend.ts";
import { runsOf } from "./delivery-runs.ts";
import {
  distributionOf,
  messageOf,
  rowsOfChunk,
  setTimer,
  type Distribution,
} from "./delivery-rows.ts";
import { messagesOf } from "./delivery-spans.ts";
import { actOnEvidence } from "./limits-evidence.ts";
import { hear } from "./limits-opt-out.ts";
import type { Operations } from "./operation.ts";

type Settling = Pick<
  Operations<DeliveryStore>,
  "recover" | "pullIn" | "settle" | "prove" | "awaiting" | "lookedAfter"
>;

export const settling: Settling = {
  recover: (db, { boot, resolveAt, now }) => {
    const dead = db.all(
      "select ws, distribution, k from chunk where sending > 0 and owner is not ?",
      boot,
    );
    let found = 0;
    for (const chunk of dead) {
      const place = { ws: Number(chunk["ws"]), seq: Number(chunk["distribution"]) };
      const { isKeyed } = distributionOf(db, place.seq);
      const mover = createMover(db, place);
      for (const message of rowsOfChunk(db, place, Number(chunk["k"]), ["sending"])) {
        const tries = isKeyed ? message.try - 1 : message.try;
        // What it was doing when it died nobody knows: the provider may have taken it.
        mover.move(message, {
          by: "engine",
          state: "ambiguous",
          reason: "outcome_unknown",
          at: now,
          try: tries,
        });
        setTimer(db, place, message.n, isKeyed ? now : resolveAt);
        found += 1;
      }
      mover.finish();
    }
    db.run("update chunk set owner = null where owner is not null and owner <> ?", boot);
    return found;
  },

  pullIn: (db, { latest, to }) => {
    const open = db.all("select seq, ws from distribution where stage <> 'done'");
    for (const { seq, ws } of open) {
      const place = [Number(ws), Number(seq), latest] as const;
      db.run("update timer set at = ? where ws = ? and distribution = ? and at > ?", to, ...place);
      db.run(
        "update chunk set look_at = ? where ws = ? and distribution = ? and look_at > ?",
        to,
        ...place,
      );
    }
  },

  settle: (db, { distribution: seq, settlements, lookAt, resend = null, ...kept }) => {
    const place = distributionOf(db, seq);
    const mover = createMover(db, place);
    const ns = settlements.map(({ n }) => n);
    const known = new Map(messagesOf(db, place, ns));
    const sendAgain = createResender(db, place, mover, { resend, now: kept.now });
    const touched = new Set<number>();
    let applied = 0;
    const settle = (settlement: Settlement): boolean => {
      const message = known.get(settlement.n) ?? messageOf(db, place, settlement.n);
      // A second result of the same message must see what the first one did.
      known.delete(settlement.n);
      const settled =
        message === null ? null : settleOne(db, place, mover, { message, settlement });
      if (settlement.attempt !== null) addAttempt(db, place, settlement, settlement.attempt);
      if (settled !== null) sendAgain(settled);
      return settled !== null;
    };
    for (const run of runsOf(settlements, known)) {
      const settled = settleRun(mover, run, known) ? run : run.filter(settle);
      applied += settled.length;
      for (const { n, state } of settled) {
        if (isAwaiting(state)) touched.add(Math.floor((n - 1) / chunkRows));
      }
    }
    mover.finish();
    forgetUnsaid(db, place, settlements);
    keepWithResults(db, place, kept);
    for (const k of lookAt === null ? [] : touched) {
      db.run(
        `update chunk set look_at = min(coalesce(look_at, ?), ?) where ws = ? and distribution = ? and k = ?`,
        lookAt,
        lookAt,
        place.ws,
        seq,
        k,
      );
    }
    return { applied, ignored: settlements.length - applied };
  },

  prove: (db, { distribution: seq, proofs, resend = null, now }) => {
    const place = distributionOf(db, seq);
    const mover = createMover(db, place);
    const answer = proveAll(db, place, mover, { proofs, resend, now });
    mover.finish();
    lookAfterHeard(db, place, proofs, now);
    return answer;
  },

  awaiting: (db, { distribution: seq, now }) => {
    const place = distributionOf(db, seq);
    const chunk = db.get(
      `select k from chunk where ws = ? and distribution = ? and look_at is not null and look_at <= ? order by look_at limit 1`,
      place.ws,
      seq,
      now,
    );
    if (chunk === undefined) return null;
    const k = Number(chunk["k"]);
    return { k, messages: awaitingOfChunk(db, place, k) };
  },

  lookedAfter: (
    db,
    { distribution: seq, k, proofs, heard = [], unconfirmedBefore, nextAt, resend = null, now },
  ) => {
    const place = distributionOf(db, seq);
    const mover = createMover(db, place);
    const answer = proveAll(db, place, mover, { proofs, resend, now });
    for (const found of rowsOfChunk(db, place, k, ["submitted", "sent"])) {
      // Accepted under a clock that ran ahead: its time for proof begins now.
      const message = found.at > now ? redate(mover, found, now) : found;
      if (message.at > unconfirmedBefore) continue;
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
      nextAt,
      place.ws,
      seq,
      k,
    );
    return answer;
  },
};

/** Whether it was written at once: a result that stands alone is not a run. */
function settleRun(
  mover: Mover,
  run: readonly Settlement[],
  known: ReadonlyMap<number, Message>,
): boolean {
  const [to] = run;
  const messages = run.flatMap(({ n }) => known.get(n) ?? []);
  const [first] = messages;
  if (to === undefined || first === undefined || run.length < 2) return false;
  return mover.moveRun(messages, { ...changeOf(first, to), by: "response" });
}

/** The message as the result leaves it; null when it said nothing new. */
function settleOne(
  db: Database,
  place: Distribution,
  mover: Mover,
  { message, settlement: to }: { readonly message: Message; readonly settlement: Settlement },
): Message | null {
  const isOurCall = message.gen === to.gen && message.try === to.try && message.state === "sending";
  const isProof = stateCodes[to.state] >= stateCodes.submitted;
  if (!isOurCall && !(isProof && adds(evidenceOf(message), to))) return null;
  const moved = mover.move(message, {
    ...changeOf(message, to),
    by: isOurCall ? "response" : "receipt",
  });
  if (moved === null) return null;
  // What is in flight has no timer to take away.
  const dueAt = isOurCall && !isProof ? to.dueAt : null;
  if (!isOurCall || dueAt !== null) setTimer(db, place, to.n, dueAt);
  actOnEvidence(db, place, to);
  return moved;
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

interface Hearing {
  readonly proofs: readonly Proof[];
  readonly resend: Resending | null;
  readonly now: number;
}

function proveAll(
  db: Database,
  place: Distribution,
  mover: Mover,
  { proofs, resend, now }: Hearing,
): SettleAnswer {
  const sendAgain = createResender(db, place, mover, { resend, now });
  let applied = 0;
  for (const proof of proofs) {
    const message = messageOf(db, place, proof.n);
    if (message === null) continue;
    if (!adds(evidenceOf(message), proof)) {
      mover.hear(message, proof);
      continue;
    }
    const { state, reason, at } = proof;
    const moved = mover.move(message, { by: "receipt", state, reason, at });
    if (moved === null) continue;
    setTimer(db, place, proof.n, null);
    actOnEvidence(db, place, proof);
    if (proof.reason !== "none") addAttempt(db, place, { ...proof, try: message.try }, proof);
    sendAgain(moved);
    applied += 1;
  }
  return { applied, ignored: proofs.length - applied };
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
  for (const k of new Set(awaited.map(({ n }) => Math.floor((n - 1) / chunkRows)))) {
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

function evidenceOf({ gen, state, at, reason }: Message): Evidence {
  return { gen, state, at, reason: reasonOf(reason) };
}

function addAttempt(
  db: Database,
  { ws, seq }: Place,
  of: Pick<Settlement, "n" | "gen" | "try" | "at" | "state" | "reason">,
  { code, words }: { readonly code: string; readonly words: string },
): void {
  db.run(
    `insert into attempt (ws, distribution, n, gen, try, at, state, reason, code, words)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    ws,
    seq,
    of.n,
    of.gen,
    of.try,
    of.at,
    stateCodes[of.state],
    reasonCode(of.reason),
    code.slice(0, 100),
    words.slice(0, 500),
  );
}

function awaitingOfChunk(db: Database, { ws, seq }: Place, k: number): readonly Awaiting[] {
  return db
    .all(
      `select n, gen, address, state, at from message
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
    }));
}

function isAwaiting(state: Settlement["state"]): boolean {
  return state === "submitted" || state === "sent";
}
