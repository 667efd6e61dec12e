/** Whether everything that waits is waited for, and nothing waits for nothing. */
import type { Finding } from "../admin-store.ts";
import type { Database, Value } from "./database.ts";
import type { Distribution } from "./delivery-rows.ts";
import { goesBy } from "./fallen.ts";

interface Check {
  readonly check: string;
  /** Answers how many are wrong, of one distribution. */
  readonly sql: string;
  readonly words: (n: number) => string;
}

const checks: readonly Check[] = [
  {
    check: "timer",
    sql: `select count(*) as n from timer t left join standing m on m.ws = t.ws
        and m.distribution = t.distribution and m.n = t.n
      where t.ws = ? and t.distribution = ? and (m.state_now is null or m.state_now not in (0, 2))`,
    words: (n) => `${n} timers wait for messages that are neither queued nor in doubt`,
  },
  {
    check: "timer",
    sql: `select count(*) as n from timer t
      where t.ws = ? and t.distribution = ? and t.way <> ${goesBy("fallback", "t")}`,
    words: (n) => `${n} timers wait for the other way than their message goes`,
  },
  {
    check: "lease",
    sql: `select count(*) as n from chunk where ws = ? and distribution = ?
        and (next > last + 1 or (sending > 0 and owner is null))`,
    words: (n) => `${n} chunks are in flight for nobody, or past their end`,
  },
  {
    check: "receipts",
    sql: `select count(*) as n from chunk where ws = ? and distribution = ?
        and waiting > 0 and look_at is null`,
    words: (n) => `${n} chunks await receipts that nobody looks after`,
  },
];

export function workFindings(db: Database, { ws, seq }: Distribution): readonly Finding[] {
  const place: readonly Value[] = [ws, seq];
  return checks.flatMap(({ check, sql, words }) => {
    const n = Number(db.get(sql, ...place)?.["n"]);
    return n === 0 ? [] : [{ check, detail: words(n) }];
  });
}
