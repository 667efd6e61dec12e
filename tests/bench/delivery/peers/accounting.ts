/**
 * What an app around a job library keeps beside the library's own rows, as a campaign's sender
 * has to: a row a message with its state and reason, and exact counters by state, reason and
 * minute that change in the same transaction. It is written in whole batches, by one statement a
 * table, so that it costs as little as it can.
 *
 * The durable intent before a call is the library's own: a job is fetched, or locked, by a
 * committed transaction. So the app writes each message once, when its call has ended.
 */
import type { Load } from "./peer.ts";

export interface Client {
  query(sql: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
  release(): void;
}

export interface Pool {
  connect(): Promise<Client>;
  query: Client["query"];
  end(): Promise<void>;
}

interface Pg {
  readonly Pool: new (options: object) => Pool;
}

/** The numbers of states and reasons are the app's own. */
const queued = 0;
const delivered = 10;
const noReason = 0;
const minuteMs = 60_000;

export interface Accounting {
  /**
   * Writes that these messages were delivered, with their counters; `also` is done in the same
   * transaction. `slot`: who writes; each has counters of its own, which readers add up, so that
   * nobody waits for another one's.
   */
  record(
    ns: readonly number[],
    slot: number,
    also?: (client: Client) => Promise<unknown>,
  ): Promise<void>;
  /** Throws where rows or counters are not what was sent. */
  check(messages: number): Promise<void>;
  close(): Promise<void>;
}

export async function openAccounting(
  load: Load,
  connectionString: string,
  { messages, connections }: { readonly messages: number; readonly connections: number },
): Promise<Accounting> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- installed at run time, so that its own types are not here
  const { Pool } = load("pg") as Pg;
  const pool = new Pool({ connectionString, max: connections });
  await prepare(pool, messages);
  return {
    record: async (ns, slot, also) => {
      const client = await pool.connect();
      try {
        await client.query("begin");
        await client.query(moveSql, [ns, ns.map(() => delivered), ns.map(() => noReason)]);
        await client.query(tallySql, [slot, delivered, noReason, ns.length]);
        const minute = Math.floor(Date.now() / minuteMs) * minuteMs;
        await client.query(bucketSql, [slot, minute, delivered, ns.length]);
        await also?.(client);
        await client.query("commit");
      } catch (error) {
        await client.query("rollback");
        throw error;
      } finally {
        client.release();
      }
    },
    check: async (wanted) => {
      for (const sql of checks) {
        const { rows } = await pool.query(sql, [delivered]);
        const [row] = rows;
        const isObject = typeof row === "object" && row !== null;
        const n = isObject && "n" in row ? Number(row.n) : 0;
        if (n !== wanted) throw new Error(`Error: ${n} of ${wanted} messages are counted`);
      }
    },
    close: () => pool.end(),
  };
}

const moveSql = `update message m set state = o.state, reason = o.reason, changed_at = now()
  from unnest($1::int[], $2::smallint[], $3::smallint[]) as o(n, state, reason)
  where m.n = o.n and m.state = ${queued}`;
const tallySql = `insert into tally (slot, state, reason, n)
  values ($1, ${queued}, 0, -$4::int), ($1, $2, $3, $4)
  on conflict (slot, state, reason) do update set n = tally.n + excluded.n`;
const bucketSql = `insert into bucket (slot, minute, state, n) values ($1, $2, $3, $4)
  on conflict (slot, minute, state) do update set n = bucket.n + excluded.n`;
const checks = [
  "select count(*) as n from message where state = $1",
  "select sum(n) as n from tally where state = $1",
  "select sum(n) as n from bucket where state = $1",
];

async function prepare(pool: Pool, messages: number): Promise<void> {
  await pool.query("drop table if exists message, tally, bucket");
  await pool.query(`create table message (n int primary key, address text not null,
    state smallint not null, reason smallint not null, provider_id text,
    changed_at timestamptz not null default now()) with (fillfactor = 70)`);
  await pool.query(
    "create table tally (slot int, state smallint, reason smallint, n bigint, primary key (slot, state, reason))",
  );
  await pool.query(
    "create table bucket (slot int, minute bigint, state smallint, n bigint, primary key (slot, minute, state))",
  );
  await pool.query(
    `insert into message (n, address, state, reason)
     select n, 'person' || n || '@example.org', ${queued}, 0 from generate_series(1, $1::int) n`,
    [messages],
  );
  await pool.query("insert into tally values (0, $1, 0, $2)", [queued, messages]);
  await pool.query("vacuum analyze message");
}

/**
 * Jobs that end one by one, recorded together: what ends while a batch is written goes into the
 * next one. Each is told when its own batch is on disk.
 */
export function createRecorder(
  accounting: Accounting,
  writers: number,
): (n: number) => Promise<void> {
  let waiting: {
    readonly n: number;
    readonly resolve: () => void;
    readonly reject: (error: unknown) => void;
  }[] = [];
  const free = Array.from({ length: writers }, (_, slot) => slot);
  const write = async (): Promise<void> => {
    const slot = free.pop();
    if (slot === undefined) return;
    // What else ends in this turn of the event loop comes along.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) {
      const ns = batch.map(({ n }) => n);
      await accounting.record(ns, slot).then(
        () => batch.forEach((each) => each.resolve()),
        (error: unknown) => batch.forEach((each) => each.reject(error)),
      );
    }
    free.push(slot);
    if (waiting.length > 0) void write();
  };
  return (n) =>
    new Promise((resolve, reject) => {
      waiting.push({ n, resolve, reject });
      void write();
    });
}
