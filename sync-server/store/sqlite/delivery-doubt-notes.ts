/** Notes since when nobody knows about a message, for delivery-doubts.ts. */
import type { Instant } from "#domain/core/time.ts";
import type { MessageState } from "#domain/message/state.ts";
import type { Database } from "./database.ts";
import type { Place } from "./delivery-place.ts";

interface Doubted {
  readonly n: number;
  readonly gen: number;
  readonly state: MessageState;
}

interface Doubt {
  readonly at: Instant;
  /** When the call began; `at` when left out. */
  readonly since?: Instant;
  readonly gen?: number;
}

/** The first use of a key counts: it is from then on that the provider remembers it. */
export function noteDoubt(
  db: Database,
  { ws, seq }: Place,
  from: Doubted,
  { at, since = at, gen = from.gen }: Doubt,
): void {
  if (from.state === "unconfirmed") {
    db.run(
      "update doubt set wanted = 1 where ws = ? and distribution = ? and n = ?",
      ws,
      seq,
      from.n,
    );
    return;
  }
  db.run(
    `insert into doubt (ws, distribution, n, gen, since) values (?, ?, ?, ?, ?)
     on conflict (ws, distribution, n) do update set wanted = 0, gen = excluded.gen,
       since = case when gen = excluded.gen then since else excluded.since end`,
    ws,
    seq,
    from.n,
    gen,
    since,
  );
}
