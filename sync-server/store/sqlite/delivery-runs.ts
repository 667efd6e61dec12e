/**
 * Neighbours that stand alike and become the same are written by one statement, at a fifth of
 * the cost.
 */
import type { Message } from "./delivery-moves.ts";

/** Messages of one chunk in order of n, neighbours that stand alike in one list. */
export function alike(messages: readonly Message[]): readonly (readonly Message[])[] {
  const runs: Message[][] = [];
  for (const message of messages) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const isNext = last?.n === message.n - 1 && last.state === message.state;
    if (run !== undefined && last !== undefined && isNext && standAlike(last, message)) {
      run.push(message);
    } else runs.push([message]);
  }
  return runs;
}

function standAlike(a: Message, b: Message): boolean {
  return (
    a.gen === b.gen &&
    a.try === b.try &&
    a.reason === b.reason &&
    a.segments === b.segments &&
    a.marks === b.marks
  );
}
