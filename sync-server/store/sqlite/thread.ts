/** The thread that owns a connection: takes calls, groups writes into one commit, answers. */
import { flushCompileCache } from "node:module";
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { StoreError } from "../store.ts";
import { pack, unpack } from "./columns.ts";
import { isEngineError, openDatabase, toStoreError, type Connection } from "./database.ts";
import { perform } from "./parts.ts";
import type { FromThread, PackedCall, ThreadData, ThreadError, ToThread } from "./threaded.ts";

/** At most this many calls share a commit: more would make the first wait for the last. */
const maxGroup = 200;

const port = parentPort;
if (port === null) throw new Error("thread.ts runs in a worker thread only");

const { path, readOnly, isHeld }: ThreadData = workerData;

const db = openOrTell();

function openOrTell(): Connection | null {
  try {
    const opened = openDatabase({ path, readOnly });
    if (isHeld) opened.hold();
    say({ t: "open" });
    // A server that is killed would keep nothing.
    flushCompileCache();
    return opened;
  } catch (error) {
    say({ t: "failed", n: 0, error: describe(error) });
    return null;
  }
}

port.on("message", (first: ToThread) => {
  if (db !== null) takeAll(db, first);
});

function takeAll(open: Connection, first: ToThread): void {
  let next: ToThread | undefined = first;
  while (next !== undefined) next = takeGroup(open, next);
}

/** Works off what is waiting, up to a group's size; answers the message that did not fit in. */
function takeGroup(open: Connection, first: ToThread): ToThread | undefined {
  const calls: Extract<ToThread, { t: "call" }>[] = [];
  let message: ToThread | undefined = first;
  while (message?.t === "call" && calls.length < maxGroup) {
    calls.push(message);
    message = nextMessage();
  }
  work(open, calls);
  if (message?.t !== "close") return message;
  open.close();
  port?.close();
  return undefined;
}

function nextMessage(): ToThread | undefined {
  if (port === null) return undefined;
  const waiting: { readonly message: ToThread } | undefined = receiveMessageOnPort(port);
  return waiting?.message;
}

function work(open: Connection, calls: readonly Extract<ToThread, { t: "call" }>[]): void {
  if (calls.length === 0) return;
  try {
    const attempts = readOnly
      ? calls.map(({ call }) => open.snapshot(() => take(open, call)))
      : open.transact(
          calls.map(
            ({ call }) =>
              () =>
                take(open, call),
          ),
        );
    // First, so that nobody who has the answer is judged by what was remembered before.
    const moved = open.takeMoved();
    if (moved.length > 0) say({ t: "moved", moved });
    for (const [index, attempt] of attempts.entries()) {
      const n = calls[index]?.n ?? 0;
      if (attempt.ok) say({ t: "done", n, value: pack(attempt.value) });
      else say({ t: "failed", n, error: describe(attempt.error) });
    }
  } catch (error) {
    for (const { n } of calls) say({ t: "failed", n, error: describe(error) });
  }
}

function take(open: Connection, { part, method, args }: PackedCall): unknown {
  return perform(open, { part, method, args: unpack(args) });
}

function describe(error: unknown): ThreadError {
  const known = isEngineError(error) ? toStoreError(error, "the database refused") : error;
  const failure = known instanceof StoreError ? known.failure : null;
  const plain = known instanceof Error ? known : new Error(String(known));
  return { failure, message: plain.message, stack: plain.stack ?? "" };
}

function say(message: FromThread): void {
  port?.postMessage(message);
}
