/**
 * turns  whoever has something to send through an account waits for no more calls of another
 *        campaign than fit into a few rounds of its slots
 *
 * Looked at where nothing else may keep a campaign waiting: no night, no own clocks, no full disk
 * and no jump of the clock.
 */
import type { Connection } from "#server/store/sqlite/database.ts";
import type { Plan } from "./plan.ts";

export interface Shares {
  /** The engine looked at everything. */
  looked(now: number): void;
  /** A call began; answers the broken promise, null when all are kept. */
  called(distribution: number): string | null;
  /** Everybody begins anew: the engine died, or the account is another one. */
  begin(): void;
}

export interface SharesDeps {
  readonly db: Connection;
  readonly plan: Plan;
  /** Calls that the account allows at once. */
  readonly width: () => number;
}

const ready = `select d.seq from distribution d
    join document c on c.workspace = d.workspace and c.kind = 'campaign' and c.id = d.campaign
  where c.phase = 'active' and d.stage = 'sending' and exists (
    select 1 from standing s
      left join timer t on t.ws = s.ws and t.distribution = s.distribution and t.n = s.n
     where s.ws = d.ws and s.distribution = d.seq and s.state_now = 0 and coalesce(t.at, 0) <= ?)`;

const hasQueued = "select 1 as yes from standing where distribution = ? and state_now = 0 limit 1";

export function createShares({ db, plan, width }: SharesDeps): Shares {
  const { campaigns, fills, jumps, rules } = plan;
  const isPlain = rules.quietHours === null && !rules.isLocal && rules.cap === null;
  const isLooked = campaigns > 1 && isPlain && !fills && !jumps;
  /** Ready when the engine looked last, and since when: calls of others since. */
  let waited = new Map<number, number>();
  let seen: ReadonlySet<number> = new Set();
  const begin = (): void => {
    waited = new Map();
    seen = new Set();
  };
  return {
    looked: (now) => {
      if (!isLooked) return;
      const found = new Set(db.all(ready, now).map(({ seq }) => Number(seq)));
      const still = [...found].filter((seq) => seen.has(seq));
      waited = new Map(still.map((seq) => [seq, waited.get(seq) ?? 0]));
      seen = found;
    },
    called: (distribution) => {
      waited.delete(distribution);
      if (seen.has(distribution)) waited.set(distribution, 0);
      for (const [seq, calls] of waited) {
        if (seq === distribution) continue;
        if (db.get(hasQueued, seq) === undefined) waited.delete(seq);
        else if (calls < 3 * width() + 8) waited.set(seq, calls + 1);
        else return `turns: ${seq} waited while ${distribution} began ${calls} calls`;
      }
      return null;
    },
    begin,
  };
}
