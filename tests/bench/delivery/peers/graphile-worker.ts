/**
 * graphile-worker with its local queue and batched completion. It deletes what has ended, so it
 * does less than the others: no state of a message is kept.
 */
import { countdown, numbersTo, partsOf, postgresUrl, type Peer, type Work } from "./peer.ts";

interface Graphile {
  readonly makeWorkerUtils: (options: object) => Promise<{
    readonly migrate: () => Promise<void>;
    readonly addJobs: (jobs: readonly object[]) => Promise<unknown>;
    readonly release: () => Promise<void>;
  }>;
  readonly run: (options: object) => Promise<{ readonly stop: () => Promise<void> }>;
  readonly Logger: new (factory: () => () => void) => object;
}

const batch = 500;
const concurrency = 48;

export const graphileWorker: Peer = {
  name: "graphile-worker",
  needs: "postgres",
  how: `local queue ${batch}, batched completion, ${concurrency} at once; keeps no state of what ended`,
  run: async ({ messages, load, port }: Work) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- installed at run time, so that its own types are not here
    const { Logger, makeWorkerUtils, run } = load("graphile-worker") as Graphile;
    const connectionString = postgresUrl(port);
    const logger = new Logger(() => () => undefined);
    const utils = await makeWorkerUtils({ connectionString, logger });
    await utils.migrate();
    for (const part of partsOf(numbersTo(messages), 5_000)) {
      await utils.addJobs(part.map((n) => ({ identifier: "send", payload: { n } })));
    }
    await utils.release();
    const { next, done } = countdown(messages);
    const began = performance.now();
    const runner = await run({
      logger,
      noHandleSignals: true,
      taskList: { send: async () => next() },
      preset: {
        worker: {
          connectionString,
          concurrentJobs: concurrency,
          maxPoolSize: 12,
          pollInterval: 100,
          localQueue: { size: batch },
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
    });
    await done;
    // What was completed last is written by then: it ends with nothing in flight.
    await runner.stop();
    return performance.now() - began;
  },
};
