/**
 * The recipients of one campaign where they are filtered, sorted and written to files: beside the
 * page, in a worker, so that a million rows never hold up the screen. Where a browser starts no
 * worker, the same desk works in the page.
 */
import type { Reason } from "#domain/message/reason.ts";
import type { StateCounts } from "#domain/message/state.ts";
import type { PackedPart } from "../db/packed-part.ts";
import { recipientFile, type FileOrder } from "./recipient-file.ts";
import {
  countCarriers,
  countEditions,
  countReasons,
  countStates,
  fixedColumns,
  movingColumns,
  rowAt,
  select,
  type Block,
  type FixedColumns,
  type MovingColumns,
  type RecipientFilter,
  type RecipientOrder,
  type RecipientRow,
} from "./recipient-table.ts";

/** What the page asks of it, and what each is answered with. */
export interface DeskCalls {
  /** The blocks that the report has; parts of others are forgotten. */
  list(args: { readonly blocks: number }): null;
  put(args: { readonly n: number; readonly part: PackedPart }): null;
  /** Filters and sorts what is here; later answers are about the result. */
  select(args: { readonly filter: RecipientFilter; readonly sort: RecipientOrder }): Selection;
  /** Rows of the result. */
  rows(args: { readonly from: number; readonly to: number }): readonly RecipientRow[];
  /** The result as a file; null: it was stopped. */
  file(order: FileOrder, onProgress: (rows: number) => void): Promise<Blob | null>;
  /** Stops the file that is being written. */
  stop(args: Record<string, never>): null;
}

export interface Selection {
  readonly count: number;
  /** Blocks of which both parts are here. */
  readonly whole: number;
  readonly reasons: readonly { readonly reason: Reason; readonly n: number }[];
  readonly editions: readonly { readonly edition: number; readonly n: number }[];
  readonly carriers: readonly { readonly carrier: string | null; readonly n: number }[];
  /** Of everybody who is here, whatever the filter. */
  readonly states: StateCounts;
}

export interface Desk {
  ask<N extends keyof DeskCalls>(
    name: N,
    args: Parameters<DeskCalls[N]>[0],
    onProgress?: (done: number) => void,
  ): Promise<Awaited<ReturnType<DeskCalls[N]>>>;
  close(): void;
}

export function createDeskCalls(): DeskCalls {
  const fixed = new Map<number, FixedColumns>();
  const moving = new Map<number, MovingColumns>();
  let blocks: readonly Block[] = [];
  let places: Uint32Array = new Uint32Array();
  let listed = 0;
  let stops = 0;
  return {
    list: ({ blocks: count }) => {
      listed = count;
      for (const map of [fixed, moving]) {
        for (const n of map.keys()) if (n >= count) map.delete(n);
      }
      return null;
    },
    put: ({ n, part }) => {
      if (part.part === "static") fixed.set(n, fixedColumns(part));
      else moving.set(n, movingColumns(part));
      return null;
    },
    select: ({ filter, sort }) => {
      blocks = wholeBlocks(listed, fixed, moving);
      places = select(blocks, filter, sort);
      return {
        count: places.length,
        whole: blocks.length,
        reasons: countReasons(blocks),
        carriers: countCarriers(blocks),
        editions: countEditions(blocks),
        states: countStates(blocks),
      };
    },
    rows: ({ from, to }) =>
      Array.from(places.subarray(from, to), (place) => rowAt(blocks, place)).filter(
        (row) => row !== null,
      ),
    // What is chosen meanwhile is for the next file.
    file: (order, onProgress) => {
      const stopsBefore = stops;
      const isStopped = (): boolean => stops > stopsBefore;
      return recipientFile({ blocks, places }, order, { onProgress, isStopped });
    },
    stop: () => {
      stops += 1;
      return null;
    },
  };
}

function wholeBlocks(
  listed: number,
  fixed: ReadonlyMap<number, FixedColumns>,
  moving: ReadonlyMap<number, MovingColumns>,
): readonly Block[] {
  return Array.from({ length: listed }, (_, n) => n).flatMap((n) => {
    const [one, other] = [fixed.get(n), moving.get(n)];
    return one === undefined || other === undefined ? [] : [{ fixed: one, moving: other }];
  });
}

/** Calls by their names, for both sides of the worker's door. */
export function answerCall(
  calls: DeskCalls,
  { name, args }: Pick<Asked, "name" | "args">,
  onProgress: (done: number) => void,
): unknown {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only createWorkerDesk asks, and `Desk` holds its arguments to the call's own
  return (calls[name] as (given: unknown, tell: typeof onProgress) => unknown)(args, onProgress);
}

export interface Asked {
  readonly id: number;
  readonly name: keyof DeskCalls;
  readonly args: unknown;
}

export interface Answered {
  readonly id: number;
  /** How far it is; undefined in the answer itself. */
  readonly progress?: number | undefined;
  readonly answer: unknown;
  /** In words; null when it went well. */
  readonly error: string | null;
}

interface Waiting {
  done(answer: unknown): void;
  fail(error: Error): void;
  tell(progress: number): void;
}

/** Only what of a worker is needed here. */
export type DeskWorker = Pick<Worker, "postMessage" | "addEventListener" | "terminate">;

export function createDesk(start: () => DeskWorker): Desk {
  try {
    return createWorkerDesk(start());
  } catch {
    return createPageDesk();
  }
}

export function createPageDesk(): Desk {
  const calls = createDeskCalls();
  return {
    ask: async (name, args, onProgress = () => undefined) =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-explicit-any -- the call of this name answers so
      answerCall(calls, { name, args }, onProgress) as any,
    close: () => undefined,
  };
}

function createWorkerDesk(worker: DeskWorker): Desk {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<Answered>) => {
    const { id, progress, answer, error } = data;
    const asked = waiting.get(id);
    if (progress !== undefined) {
      asked?.tell(progress);
      return;
    }
    waiting.delete(id);
    if (error === null) asked?.done(answer);
    else asked?.fail(new Error(error));
  });
  worker.addEventListener("error", () => {
    for (const asked of waiting.values()) asked.fail(new Error("the worker did not start"));
    waiting.clear();
  });
  return {
    ask: (name, args, onProgress = () => undefined) =>
      new Promise((resolve, reject) => {
        last += 1;
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-explicit-any -- the call of this name answers so
        const done = (answer: unknown): void => resolve(answer as any);
        waiting.set(last, { done, fail: reject, tell: onProgress });
        worker.postMessage({ id: last, name, args } satisfies Asked);
      }),
    close: () => worker.terminate(),
  };
}
