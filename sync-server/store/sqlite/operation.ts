/**
 * How a part of the promise is kept: each asynchronous method of the promise is a synchronous
 * function over an open transaction. The same functions run in the writer's thread in the
 * product and in line in tests and simulations.
 */
import type { Database } from "./database.ts";

type Method = (args: never) => Promise<unknown>;

/** The synchronous form of a part's methods. */
export type Operations<Part> = {
  readonly [M in keyof Part]: Part[M] extends (args: infer A) => Promise<infer R>
    ? (db: Database, args: A) => R
    : never;
};

/** The names of a part's methods that only read: they run beside the writer. */
export type Reads<Part> = readonly (keyof Part & string)[];

export interface PartOperations<Part> {
  readonly operations: Operations<Part>;
  readonly reads: Reads<Part>;
}

/** A call as it travels to the thread. */
export interface Call {
  readonly part: string;
  readonly method: string;
  readonly args: unknown;
}

/** Runs a call somewhere, and answers what its operation answered. */
export type Run = (call: Call, kind: "read" | "write") => Promise<unknown>;

/** Makes the asynchronous part out of its operations and a way to run them. */
export function toPart<Part extends object>(
  part: string,
  { operations, reads }: PartOperations<Part>,
  run: Run,
): Part {
  const made: Record<string, Method> = {};
  for (const method of Object.keys(operations)) {
    const kind = (reads as readonly string[]).includes(method) ? "read" : "write";
    made[method] = (args: never) => run({ part, method, args }, kind);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys are those of `operations`, which the compiler holds against Part
  return made as Part;
}
