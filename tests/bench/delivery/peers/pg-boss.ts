/** pg-boss: batches are fetched and completed by one statement each; completed jobs stay as rows. */
import { numbersTo, partsOf, postgresUrl, type Peer, type Work } from "./peer.ts";

interface Boss {
  start(): Promise<unknown>;
  stop(options: object): Promise<void>;
  createQueue(name: string): Promise<void>;
  insert(name: string, jobs: readonly object[]): Promise<unknown>;
  fetch(name: string, options: object): Promise<readonly { readonly id: string }[]>;
  complete(name: string, ids: readonly string[]): Promise<unknown>;
}

interface PgBoss {
  readonly PgBoss: new (options: object) => Boss;
}

const name = "messages";
const batchSize = 1_000;
const workers = 4;

export const pgBoss: Peer = {
  name: "pg-boss",
  needs: "postgres",
  how: `${workers} workers, batches of ${batchSize}, PostgreSQL with its own fsync settings`,
  run: async ({ messages, load, port }: Work) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- installed at run time, so that its own types are not here
    const { PgBoss } = load("pg-boss") as PgBoss;
    const options = { connectionString: postgresUrl(port), max: workers + 2, supervise: false };
    const boss = new PgBoss(options);
    await boss.start();
    await boss.createQueue(name);
    for (const part of partsOf(numbersTo(messages), 5_000)) {
      await boss.insert(
        name,
        part.map((n) => ({ data: { n } })),
      );
    }
    let ended = 0;
    const work = async (): Promise<void> => {
      for (;;) {
        const jobs = await boss.fetch(name, { batchSize });
        if (jobs.length === 0) return;
        await Promise.all(jobs.map(async () => undefined));
        await boss.complete(
          name,
          jobs.map(({ id }) => id),
        );
        ended += jobs.length;
      }
    };
    const began = performance.now();
    await Promise.all(Array.from({ length: workers }, work));
    const ms = performance.now() - began;
    if (ended !== messages) throw new Error(`${ended} of ${messages} were completed`);
    await boss.stop({ graceful: false });
    return ms;
  },
};
