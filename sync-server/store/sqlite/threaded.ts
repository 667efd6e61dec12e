/**
 * The SQLite store as the product runs it: one writer in a thread of its own, which groups
 * what waits into one commit (one fsync), and one reader beside it. The event loop that
 * serves people never waits for the disk.
 */
import { once } from "node:events";
import { getCompileCacheDir } from "node:module";
import { Worker } from "node:worker_threads";
import { StoreError, type Moved, type Store, type StoreFailure } from "../store.ts";
import { assemble, createListeners } from "./assemble.ts";
import { pack, unpack, type Packed } from "./columns.ts";
import type { Call } from "./operation.ts";

/** From the thread: it is open, or why not; an answer; feeds that moved. */
export type FromThread =
  | { readonly t: "open" }
  | { readonly t: "done"; readonly n: number; readonly value: Packed }
  | { readonly t: "failed"; readonly n: number; readonly error: ThreadError }
  | { readonly t: "moved"; readonly moved: readonly Moved[] };

/** To the thread: do this; close. */
export type ToThread =
  { readonly t: "call"; readonly n: number; readonly call: PackedCall } | { readonly t: "close" };

export interface PackedCall extends Pick<Call, "part" | "method"> {
  readonly args: Packed;
}

export interface ThreadError {
  /** null: a defect, not a failure of storage. */
  readonly failure: StoreFailure | null;
  readonly message: string;
  readonly stack: string;
}

export interface ThreadData {
  readonly path: string;
  readonly readOnly: boolean;
  /** Whether every read sees the moment of its opening. */
  readonly isHeld: boolean;
}

/** Rows live for one call: more room for the young would only be filled, in both threads. */
const youngMb = 12;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly run: (call: Call) => Promise<unknown>;
  /** Calls that were not answered yet. */
  readonly waiting: () => number;
  readonly close: () => Promise<void>;
}

/** Opens the database file in its threads, migrating it first. Rejects with StoreError. */
export async function openThreadedStore(path: string): Promise<Store> {
  const { onMove, tell } = createListeners();
  const writer = await openThread({ path, readOnly: false, isHeld: false }, tell);
  const reader = await openThread({ path, readOnly: true, isHeld: false }, tell);
  return assemble({
    run: (call, kind) => (kind === "write" ? writer : reader).run(call),
    onMove,
    load: () => ({ writes: writer.waiting(), reads: reader.waiting() }),
    hold: () => openHeld(path),
    close: async () => {
      await reader.close();
      await writer.close();
    },
  });
}

/** One more reader beside a running store, for what would keep its own reader too long. */
export async function openThreadedReader(path: string): Promise<Store> {
  return openReader({ path, readOnly: true, isHeld: false });
}

function openHeld(path: string): Promise<Store> {
  return openReader({ path, readOnly: true, isHeld: true });
}

async function openReader(data: ThreadData): Promise<Store> {
  const reader = await openThread(data, () => undefined);
  return assemble({
    run: (call) => reader.run(call),
    onMove: () => () => false,
    load: () => ({ writes: 0, reads: reader.waiting() }),
    hold: () => openHeld(data.path),
    close: () => reader.close(),
  });
}

async function openThread(
  data: ThreadData,
  tell: (moved: readonly Moved[]) => void,
): Promise<Thread> {
  const worker = new Worker(new URL("./thread.ts", import.meta.url), {
    workerData: data,
    env: threadEnv(),
    resourceLimits: { maxYoungGenerationSizeMb: youngMb },
  });
  const waiting = new Map<number, Waiting>();
  let last = 0;
  const opened = new Promise<void>((resolve, reject) => {
    waiting.set(0, { resolve: () => resolve(), reject });
  });
  worker.on("message", (message: FromThread) => {
    if (message.t === "moved") tell(message.moved);
    else settle(waiting, message);
  });
  const fail = (error: Error): void => {
    for (const each of waiting.values()) each.reject(error);
    waiting.clear();
  };
  worker.on("error", fail);
  worker.on("exit", () => fail(new StoreError("other", "the database's thread has ended")));
  await opened;
  return {
    waiting: () => waiting.size,
    run: ({ part, method, args }) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        const call = { part, method, args: pack(args) };
        worker.postMessage({ t: "call", n: last, call } satisfies ToThread);
      }),
    close: async () => {
      const ended = once(worker, "exit");
      worker.postMessage({ t: "close" } satisfies ToThread);
      await ended;
    },
  };
}

/** A thread does not inherit that compiled modules are kept; loading them is most of its start. */
function threadEnv(): NodeJS.ProcessEnv {
  const kept = getCompileCacheDir();
  return kept === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: kept };
}

function settle(
  waiting: Map<number, Waiting>,
  message: Exclude<FromThread, { readonly t: "moved" }>,
): void {
  const n = message.t === "open" ? 0 : message.n;
  const each = waiting.get(n);
  waiting.delete(n);
  if (message.t === "failed") each?.reject(toError(message.error));
  else each?.resolve(message.t === "done" ? unpack(message.value) : undefined);
}

function toError({ failure, message, stack }: ThreadError): Error {
  const error = failure === null ? new Error(message) : new StoreError(failure, message);
  error.stack = stack;
  return error;
}
