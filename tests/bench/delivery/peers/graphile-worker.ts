/**
 * graphile-worker with its local queue and batched completion. It deletes what has ended: the
 * state of a message is what the app writes. A task of it handles one message; with full
 * accounting, tasks that end at the same time are recorded in one transaction.
 */
import { createRecorder, openAccounting } from "./accounting.ts";
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
const writers = 4;

interface Setting {
  readonly isAccounted: boolean;
  readonly concurrency: number;
}

async function run(
  { messages, load, port }: Work,
  { isAccounted, concurrency }: Setting,
): Promise<number> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- installed at run time, so that its own types are not here
  const { Logger, makeWorkerUtils, run: start } = load("graphile-worker") as Graphile;
  const connectionString = postgresUrl(port);
  const logger = new Logger(() => () => undefined);
  const utils = await makeWorkerUtils({ connectionString, logger });
  await utils.migrate();
  for (const part of partsOf(numbersTo(messages), 5_000)) {
    await utils.addJobs(part.map((n) => ({ identifier: "send", payload: { n } })));
  }
  await utils.release();
  const size = { messages, connections: writers };
  const accounting = isAccounted ? await openAccounting(load, connectionString, size) : null;
  const record = accounting === null ? async () => undefined : createRecorder(accounting, writers);
  const { next, done } = countdown(messages);
  const send = async ({ n }: { readonly n: number }): Promise<void> => {
    await record(n);
    next();
  };
  const began = performance.now();
  const runner = await start({
    logger,
    noHandleSignals: true,
    taskList: { send },
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
  const ms = performance.now() - began;
  await accounting?.check(messages);
  await accounting?.close();
  return ms;
}

const many = 400;
const few = 48;

export const graphileWorker: Peer = {
  name: "graphile-worker",
  needs: "postgres",
  how: `local queue ${batch}, batched completion, ${many} at once; a row, a reason and counters of each message`,
  run: (work) => run(work, { isAccounted: true, concurrency: many }),
};

export const graphileWorkerBare: Peer = {
  name: "graphile-worker, bare",
  needs: "postgres",
  how: `local queue ${batch}, batched completion, ${few} at once; keeps nothing of what ended`,
  run: (work) => run(work, { isAccounted: false, concurrency: few }),
};
