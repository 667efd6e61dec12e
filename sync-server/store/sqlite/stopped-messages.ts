/**
 * The messages of a distribution that were not sent or did not arrive, by the index of them
 * (migration 42): of each reason the first ones, and of these the first ones together. So a few
 * among a million are found without reading the others.
 */
import { reasonCode, type Reason } from "#domain/message/reason.ts";
import { stateCodes, type MessageState } from "#domain/message/state.ts";
import type { TallyRow } from "../report-store.ts";
import type { Database, Row, Value } from "./database.ts";
import type { Place } from "./delivery-place.ts";
import { isStopped } from "./indexed.ts";

const indexed = new Set<MessageState>(["skipped", "failed", "undelivered"]);

/** Whether all of these messages are in the index; where there are none, too. */
export function areIndexed(tally: readonly Pick<TallyRow, "state">[]): boolean {
  return tally.every(({ state }) => indexed.has(state));
}

export interface StoppedQuery {
  readonly states: readonly MessageState[];
  /** Those that there are: each is looked up by itself. */
  readonly reasons: readonly Reason[];
  readonly after: number;
  readonly limit: number;
  /** What is read of `message m`; `n` is among it. */
  readonly columns: string;
  readonly join?: string;
  /** Begins with `and`. */
  readonly where?: string;
  readonly values?: readonly Value[];
}

/** In order of n. */
export function stoppedRows(db: Database, { ws, seq }: Place, query: StoppedQuery): readonly Row[] {
  const { states, reasons, after, limit, columns, join = "", where = "", values = [] } = query;
  const codes = JSON.stringify(states.map((state) => stateCodes[state]));
  return [...new Set(reasons)]
    .flatMap((reason) =>
      db.all(
        `select ${columns} from message m indexed by message_stopped ${join}
          where m.ws = ? and m.distribution = ? and m.reason = ? and ${isStopped} and m.n > ?
            and m.state in (select value from json_each(?)) ${where}
          order by m.n limit ?`,
        ws,
        seq,
        reasonCode(reason),
        after,
        codes,
        ...values,
        limit,
      ),
    )
    .toSorted((a, b) => Number(a["n"]) - Number(b["n"]))
    .slice(0, limit);
}
