/** Who waits for the end of quiet hours, when the hours change. */
import type { Instant } from "#domain/core/time.ts";
import { reasonCode } from "#domain/message/reason.ts";
import { stateCodes } from "#domain/message/state.ts";
import type { Database } from "./database.ts";

/** Their turn is now: whoever still has to wait by the new hours is held again. */
export function lookAgainAtQuiet(db: Database, workspace: string, now: Instant): void {
  const held = [stateCodes.queued, reasonCode("quiet_hours")] as const;
  const distributions = db.all(
    `select t.ws, t.distribution from tally t join distribution d on d.seq = t.distribution
      where d.workspace = ? and t.state = ? and t.reason = ? and t.n > 0`,
    workspace,
    ...held,
  );
  for (const { ws, distribution } of distributions) {
    db.run(
      `update timer set at = ? where ws = ? and distribution = ? and at > ? and n in
        (select n from message where ws = timer.ws and distribution = timer.distribution
           and state = ? and reason = ?)`,
      now,
      Number(ws),
      Number(distribution),
      now,
      ...held,
    );
  }
}
