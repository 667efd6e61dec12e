/** What happened by the channel that a campaign falls back to: gathered, and written once. */
import type { Instant } from "#domain/core/time.ts";
import { bucketOf, fineMs } from "#domain/report/series.ts";
import type { Database } from "./database.ts";
import { launchOf } from "./delivery-notes.ts";
import type { Place } from "./delivery-place.ts";

/** In the spans in which all of the campaign is kept. `what`: the number of a state, or a mark. */
export interface Course {
  /** What is noted of the message from now on belongs to its next move. */
  begin(n: number): void;
  note(n: number, what: string, at: Instant): void;
  add(what: string, at: Instant, by: number): void;
  /** What the message's last move was noted with did not happen by this way. */
  takeBack(n: number): void;
  write(db: Database, place: Place): void;
}

export function createCourse(): Course {
  const noted = new Map<string, { readonly what: string; readonly at: Instant; n: number }>();
  const lastOf = new Map<number, { readonly what: string; readonly at: Instant }[]>();
  const add = (what: string, moment: Instant, by: number): void => {
    const at = Math.floor(moment / fineMs) * fineMs;
    const known = noted.get(`${at} ${what}`) ?? { what, at, n: 0 };
    noted.set(`${at} ${what}`, known);
    known.n += by;
  };
  return {
    add,
    begin: (n) => void lastOf.set(n, []),
    note: (n, what, at) => {
      add(what, at, 1);
      lastOf.get(n)?.push({ what, at });
    },
    takeBack: (n) => {
      for (const { what, at } of lastOf.get(n) ?? []) add(what, at, -1);
      lastOf.delete(n);
    },
    write: (db, place) => {
      if (noted.size === 0) return;
      const launchedAt = launchOf(db, place);
      for (const { what, at, n } of noted.values()) {
        if (n !== 0) writeBucket(db, place, { what, at: bucketOf(at, launchedAt), n });
      }
    },
  };
}

function writeBucket(
  db: Database,
  { ws, seq }: Place,
  { what, at, n }: { readonly what: string; readonly at: Instant; readonly n: number },
): void {
  db.run(
    `insert into fallback_bucket (ws, distribution, span, at, what, n) values (?, ?, 0, ?, ?, ?)
     on conflict do update set n = n + excluded.n`,
    ws,
    seq,
    at,
    what,
    n,
  );
}
