/**
 * BullMQ: a worker with many jobs at once, which is its documented way to more throughput. Full
 * accounting is what it brings itself: ended jobs are kept with what they returned (the state, and
 * its reason), their number by state is exact, and its metrics count those of each minute.
 */
import { countdown, numbersTo, partsOf, type Peer, type Work } from "./peer.ts";

interface Queue {
  addBulk(jobs: readonly { readonly name: string; readonly data: object }[]): Promise<unknown>;
  getJobCounts(...states: readonly string[]): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

interface Worker {
  on(event: "completed", listener: () => void): void;
  run(): Promise<void>;
  close(): Promise<void>;
}

interface BullMq {
  readonly Queue: new (name: string, options: object) => Queue;
  readonly Worker: new (name: string, task: () => Promise<object>, options: object) => Worker;
}

const concurrency = 300;

async function run({ name, messages, load, port }: Work): Promise<number> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- installed at run time, so that its own types are not here
  const { Queue, Worker } = load("bullmq") as BullMq;
  const connection = { host: "127.0.0.1", port, maxRetriesPerRequest: null };
  const queue = new Queue(name, { connection });
  for (const part of partsOf(numbersTo(messages), 2_000)) {
    await queue.addBulk(part.map((n) => ({ name: "send", data: { n } })));
  }
  const { next, done } = countdown(messages);
  const worker = new Worker(name, async () => ({ state: "delivered", reason: "none" }), {
    connection,
    concurrency,
    autorun: false,
    metrics: { maxDataPoints: 1_440 },
  });
  worker.on("completed", next);
  const began = performance.now();
  void worker.run();
  await done;
  const ms = performance.now() - began;
  const { completed } = await queue.getJobCounts("completed");
  if (completed !== messages) throw new Error(`${completed} of ${messages} were completed`);
  await worker.close();
  await queue.close();
  return ms;
}

const how = `concurrency ${concurrency}, ended jobs kept with their state and reason`;

export const bullMqAlways: Peer = {
  name: "BullMQ, fsync always",
  needs: "redis",
  how: `${how}, appendfsync always`,
  run,
};
