/**
 * Messages that were claimed and not yet handed over, in their order. The first is taken without
 * moving the thousands behind it.
 */
import type { Intended } from "../store/delivery-store.ts";

export interface Held {
  readonly size: number;
  push(messages: readonly Intended[]): void;
  /** The one so many behind the first. */
  at(index: number): Intended | undefined;
  remove(index: number): void;
  /** Takes all. */
  takeAll(): readonly Intended[];
}

export function createHeld(): Held {
  // What was taken leaves a hole until the next are pushed, so that it can be forgotten at once.
  let list: (Intended | undefined)[] = [];
  let first = 0;
  return {
    get size() {
      return list.length - first;
    },
    push: (messages) => {
      list = first === list.length ? [...messages] : [...list.slice(first), ...messages];
      first = 0;
    },
    at: (index) => list[first + index],
    remove: (index) => {
      if (index > 0) list.splice(first + index, 1);
      else {
        list[first] = undefined;
        first += 1;
      }
    },
    takeAll: () => {
      const all = list.slice(first).filter((each) => each !== undefined);
      list = [];
      first = 0;
      return all;
    },
  };
}
