/** What a start finds: messages that an engine had in flight when it died, and waits under a wrong clock. */
import { resolveWindowOf } from "#domain/campaign/account.ts";
import type { Instant } from "#domain/core/time.ts";
import type { DeliveryStore } from "../delivery-store.ts";
import type { Database, Row } from "./database.ts";
import { isForgotten } from "./delivery-doubts.ts";
import { dueAllUnmeasured, noteUnmeasured } from "./delivery-lengths.ts";
import { createMover } from "./delivery-moves.ts";
import {
  accountOf,
  bySecondWay,
  distributionOf,
  rowsOfChunk,
  setTimer,
  type Distribution,
} from "./delivery-rows.ts";
import { isBy } from "./fallen.ts";
import type { Operations } from "./operation.ts";

export const recovering: Pick<Operations<DeliveryStore>, "recover" | "pullIn"> = {
  recover: (db, { boot, now }) => {
    const dead = db.all(
      "select distribution, k, claimed_at from chunk where sending > 0 and owner is not ?",
      boot,
    );
    let found = 0;
    for (const chunk of dead) {
      const own = distributionOf(db, Number(chunk["distribution"]));
      for (const place of own.fallsBack ? [own, bySecondWay(db, own)] : [own]) {
        found += recoverChunk(db, place, chunk, now);
      }
    }
    dueAllUnmeasured(db);
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
};

/** What was in flight by this way. Answers how many. */
function recoverChunk(db: Database, place: Distribution, chunk: Row, now: Instant): number {
  const since = chunk["claimed_at"] === null ? now : Number(chunk["claimed_at"]);
  const isKeyed = place.isKeyed && !isForgotten(place, since, now);
  const resolveAt = now + resolveWindowOf(accountOf(db, place));
  const mover = createMover(db, place);
  let found = 0;
  for (const message of rowsOfChunk(db, place, Number(chunk["k"]), ["sending"])) {
    if (!isBy(db, place, message.n)) continue;
    const tries = isKeyed ? message.try - 1 : message.try;
    noteUnmeasured(db, place, message, null);
    // What it was doing when it died nobody knows: the provider may have taken it.
    mover.move(message, {
      by: "engine",
      state: "ambiguous",
      reason: "outcome_unknown",
      at: now,
      since,
      try: tries,
    });
    setTimer(db, place, message.n, isKeyed ? now : resolveAt);
    found += 1;
  }
  mover.finish();
  return found;
}
