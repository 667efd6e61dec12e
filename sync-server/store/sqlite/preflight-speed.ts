/** What an account has to do besides, and how fast it went of late. */
import { dayMs, minuteMs, secondMs } from "#domain/core/time.ts";
import { stateCodes } from "#domain/message/state.ts";
import type { PreflightStore } from "../preflight-store.ts";
import type { Operations } from "./operation.ts";

type SpeedOperations = Pick<Operations<PreflightStore>, "atWork" | "reached">;

/** Campaigns of an account that are looked at for its speed. */
const lastCampaigns = 10;

export const speedOperations: SpeedOperations = {
  atWork: (db, { workspace, except }) =>
    db
      .all(
        `select d.account, (select coalesce(sum(t.n), 0) from tally t where t.ws = d.ws
            and t.distribution = d.seq and t.state in (?, ?, ?)) as n
          from document c join distribution d on d.workspace = c.workspace and d.campaign = c.id
         where c.workspace = ? and c.kind = 'campaign' and c.dead = 0 and c.id <> ?
           and c.phase in ('preparing', 'active')`,
        stateCodes.queued,
        stateCodes.sending,
        stateCodes.ambiguous,
        workspace,
        except,
      )
      .map((row) => ({ accountId: String(row["account"]), left: Number(row["n"]) }))
      .filter(({ left }) => left > 0),

  // A minute with others before and after it was sent through.
  reached: (db, { workspace, accountId, now }) => {
    const row = db.get(
      `with entered as (
         select b.distribution, b.minute, b.n from bucket b
           join (select ws, seq from distribution where workspace = ? and account = ?
             order by seq desc limit ?) d on d.ws = b.ws and d.seq = b.distribution
          where b.minute > ? and b.state = ?)
       select max(e.n) as n from entered e
        where exists (select 1 from entered x where x.distribution = e.distribution and x.minute = e.minute - ?)
          and exists (select 1 from entered x where x.distribution = e.distribution and x.minute = e.minute + ?)`,
      workspace,
      accountId,
      lastCampaigns,
      now - 2 * dayMs,
      stateCodes.submitted,
      minuteMs,
      minuteMs,
    );
    const n = row?.["n"] ?? null;
    return n === null ? null : (Number(n) * secondMs) / minuteMs;
  },
};
