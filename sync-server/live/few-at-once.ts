/**
 * Work of which only so much is under way at a time; whoever came first begins first. When thousands
 * of devices come back at once, each page that is read and packed takes a megabyte for a moment:
 * more of them at once would take more memory and be no sooner done.
 */
export type FewAtOnce = <T>(work: () => Promise<T>) => Promise<T>;

export function fewAtOnce(most: number): FewAtOnce {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // The place goes from hand to hand: who comes in between waits behind the others.
      if (next === undefined) free += 1;
      else next();
    }
  };
}
