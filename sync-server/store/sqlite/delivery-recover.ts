/** What a start finds: messages that an engine had in flight when it died, and waits under a wrong clock. */
import { resolveWindowOf } from "#domain/campaign/account.ts";
import type { DeliveryStore } from "../delivery-store.ts";
import { isForgotten } from "./delivery-doubts.ts";
import { createMover } from "./delivery-moves.ts";
import { accountOf, distributionOf, rowsOfChunk, setTimer } from "./delivery-rows.ts";
import type { Operations } from "./operation.ts";

export const recovering: Pick<Operations<DeliveryStore>, "recover" | "pullIn"> = {
  recover: (db, { boot, now }) => {
    const dead = db.all(
      "select distribution, k, claimed_at from chunk where sending > 0 and owner is not ?",
      boot,
    );
    let found = 0;
    for (const chunk of dead) {
      const place = distributionOf(db, Number(chunk["distribution"]));
      const since = chunk["claimed_at"] === null ? now : Number(chunk["claimed_at"]);
      const isKeyed = place.isKeyed && !isForgotten(place, since, now);
      const resolveAt = now + resolveWindowOf(accountOf(db, place));
      const mover = createMover(db, place);
      for (const message of rowsOfChunk(db, place, Number(chunk["k"]), ["sending"])) {
        const tries = isKeyed ? message.try - 1 : message.try;
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
};
