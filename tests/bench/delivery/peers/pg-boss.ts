/**
 * pg-boss: batches are fetched and completed by one statement each; completed jobs stay as rows.
 * With full accounting, a batch is completed in the transaction that writes what became of its
 * messages, which is what the library's option `db` is for.
 */
import { openAccounting, type Accounting, type Client } from "./accounting.ts";
import { numbersTo, partsOf, postgresUrl, type Peer, type Work } from "./peer.ts";

interface Job {
  readonly id: string;
  readonly data: { readonly n: number };
}

interface Boss {
  start(): Promise<unknown>;
  stop(options: object): Promise<void>;
  createQueue(name: string): Promise<void>;
  insert(name: string, jobs: readonly object[]): Promise<unknown>;
  fetch(name: string, options: object): Promise<readonly Job[]>;
  complete(
    name: string,
    ids: readonly string[],
    data?: object | null,
    options?: object,
  ): Promise<unknown>;
}

interface PgBoss {
  readonly PgBoss: new (options: object) => Boss;
}

const batchSize = 1_000;
const workers = 4;

async function run({ name, messages, load, port }: Work, isAccounted: boolean): Promise<number> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- installed at run time, so that its own types are not here
  const { PgBoss } = load("pg-boss") as PgBoss;
  const connectionString = postgresUrl(port);
  const boss = new PgBoss({ connectionString, max: workers + 2, supervise: false });
  await boss.start();
  await boss.createQueue(name);
  for (const part of partsOf(numbersTo(messages), 5_000)) {
    await boss.insert(
      name,
      part.map((n) => ({ data: { n } })),
    );
  }
  const size = { messages, connections: workers };
  const accounting = isAccounted ? await openAccounting(load, connectionString, size) : null;
  let ended = 0;
  const work = async (slot: number): Promise<void> => {
    for (;;) {
      const jobs = await boss.fetch(name, { batchSize });
      if (jobs.length === 0) return;
      await Promise.all(jobs.map(async () => undefined));
      await end(boss, { name, accounting, jobs, slot });
      ended += jobs.length;
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: workers }, (_, slot) => work(slot)));
  const ms = performance.now() - began;
  if (ended !== messages) throw new Error(`${ended} of ${messages} were completed`);
  await accounting?.check(messages);
  await accounting?.close();
  await boss.stop({ graceful: false });
  return ms;
}

interface Ended {
  readonly name: string;
  readonly accounting: Accounting | null;
  readonly jobs: readonly Job[];
  readonly slot: number;
}

async function end(boss: Boss, { name, accounting, jobs, slot }: Ended): Promise<void> {
  const ids = jobs.map(({ id }) => id);
  if (accounting === null) {
    await boss.complete(name, ids);
    return;
  }
  const ns = jobs.map(({ data }) => data.n);
  await accounting.record(ns, slot, (client: Client) => {
    const executeSql: Client["query"] = (sql, values) => client.query(sql, values);
    return boss.complete(name, ids, null, { db: { executeSql } });
  });
}

const how = `${workers} workers, batches of ${batchSize}, PostgreSQL with its own fsync settings`;

export const pgBoss: Peer = {
  name: "pg-boss",
  needs: "postgres",
  how: `${how}; a row, a reason and counters of each message`,
  run: (work) => run(work, true),
};

export const pgBossBare: Peer = {
  name: "pg-boss, bare",
  needs: "postgres",
  how: `${how}; its own jobs only: no reasons, no counters`,
  run: (work) => run(work, false),
};
