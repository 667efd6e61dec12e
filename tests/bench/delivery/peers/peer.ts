/** What a peer has to do here: the same messages, a task that does nothing, the end of each on disk. */

/** Loads a package of the folder into which the peers were installed. */
export type Load = (name: string) => unknown;

export interface Work {
  /** Of its queue: each run has its own. */
  readonly name: string;
  readonly messages: number;
  readonly load: Load;
  /** Where the server of the peer listens. */
  readonly port: number;
}

export interface Peer {
  readonly name: string;
  readonly needs: "redis" | "postgres";
  /** What durability and which batch settings it runs with, for the table. */
  readonly how: string;
  /** Hands the messages over, then works them off; answers how long the second took, in ms. */
  readonly run: (work: Work) => Promise<number>;
}

export const database = "bench";

export function postgresUrl(port: number): string {
  return `postgres://postgres@127.0.0.1:${port}/${database}`;
}

/** Resolves when `next` was called so many times. */
export function countdown(times: number): {
  readonly next: () => void;
  readonly done: Promise<void>;
} {
  let left = times;
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const next = (): void => {
    left -= 1;
    if (left === 0) resolve();
  };
  return { next, done };
}

export function numbersTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

export function partsOf<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  const parts: (readonly T[])[] = [];
  for (let from = 0; from < list.length; from += size) parts.push(list.slice(from, from + size));
  return parts;
}
