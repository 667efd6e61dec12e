/** What receipts prove, and looking after those that do not come. */
import { adds } from "#domain/message/merge.ts";
import { reasonOf } from "#domain/message/reason.ts";
import { stateOf } from "#domain/message/state.ts";
import type { Awaiting, DeliveryStore, Proof, Resending, SettleAnswer } from "../delivery-store.ts";
import type { Database } from "./database.ts";
import { addAttempt, evidenceOf, isAwaiting } from "./delivery-evidence.ts";
import { createMover, type Message, type Mover } from "./delivery-moves.ts";
import { chunkRows, type Place } from "./delivery-place.ts";
import { createResender } from "./delivery-resend.ts";
import {
  distributionOf,
  messageOf,
  rowsOfChunk,
  setTimer,
  type Distribution,
} from "./delivery-rows.ts";
import { actOnEvidence } from "./limits-evidence.ts";
import { hear } from "./limits-opt-out.ts";
import type { Operations } from "./operation.ts";

export const proving: Pick<Operations<DeliveryStore>, "prove" | "awaiting" | "lookedAfter"> = {
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
